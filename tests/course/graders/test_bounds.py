"""A check takes its time and no more, whatever the learner's code does; an interrupt gets out of everything."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab.course.graders import bounds
from smtplab.course.graders.bounds import bounded, unstoppable
from smtplab.course.graders.sandbox import Endless
from smtplab.text.language import LANGUAGES
from tests.helpers.learners import FUNCTIONS, check_solutions, server_of, shorten
from tests.helpers.servers import Counting, Helpful

if TYPE_CHECKING:
    from collections.abc import Callable

# a server that is cut off while a connection is made may leave a coroutine that never began
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


def spins(_given: Any) -> None:
    """Loop on one line."""
    while True: pass  # noqa: E701  # fmt: skip


def swallows(_given: Any) -> None:
    """Loop and catch everything, in every place."""
    while True:
        try:
            while True:
                time.monotonic()
        except BaseException:
            pass


def suppresses(_given: Any) -> None:
    """Loop and catch everything by a with statement."""
    while True:
        with suppress(BaseException):
            spins(_given)


def sleeps(_given: Any) -> None:
    """Sleep for an hour."""
    time.sleep(3600)


def backtracks(_given: Any) -> None:
    """Match a regular expression whose time is exponential."""
    re.fullmatch("(a+)+b", "a" * 64)


def computes(_given: Any) -> int:
    """Compute a number of a hundred million digits."""
    return 10**10**8


LOOPS = (spins, swallows, suppresses)
SHAPES = (*LOOPS, sleeps, backtracks, computes)


def server(body: Callable[[Any], Any]) -> type[SMTP]:
    """Make a server whose HELP and status verb do what a function does."""

    async def smtp(self: Any, _arg: str | None) -> None:
        body(self)

    return server_of(smtp)


@pytest.fixture(autouse=True, scope="module")
def _all_is_imported() -> None:
    """Let nothing be left for an import."""
    check_solutions()


@pytest.fixture(autouse=True)
def _left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Any:
    """See that handlers, timer and trace function are the old ones again; and shorten the time."""
    shorten(monkeypatch)
    numbers = (signal.SIGINT, signal.SIGALRM)
    at_first = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    before = [signal.getsignal(number) for number in numbers], sys.gettrace(), threading.active_count()
    yield
    assert ([signal.getsignal(number) for number in numbers], sys.gettrace(), threading.active_count()) == before
    gc.collect()
    signal.signal(signal.SIGINT, at_first)


@pytest.mark.parametrize("body", SHAPES)
def test_what_does_not_end_is_ended(body: Callable[[Any], Any]) -> None:
    """Loops, whatever they catch, a sleep, a bad regular expression and long arithmetic: all are stopped in time."""
    began = time.monotonic()
    with pytest.raises(Endless, match=r"0\.3 seconds"):
        bounded(body, None)
    assert sys.exc_info() == (None, None, None)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("body", [spins, swallows, sleeps])
def test_every_function_exercise_has_a_bound(name: str, body: Callable[[Any], Any]) -> None:
    """No function exercise waits for ever, and each says what happened, in both languages."""
    answer = server(body) if name.startswith("08.") else lambda *given: body(given)
    for lang in LANGUAGES:
        feedback = smtplab.check(name, answer, lang=lang)
        assert not feedback.right
        assert re.search("0.3|20000|end|fin", feedback.text)


def test_a_check_that_ends_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is right passes and has the time that it needs."""
    monkeypatch.setattr(bounds, "SECONDS", 60.0)
    assert smtplab.check("05.client", lambda reply: reply.code // 100 == 2).right


@pytest.mark.parametrize("body", SHAPES)
def test_an_interrupt_gets_through(body: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Jupyter's interrupt reaches the caller, from a function and from a server, out of any loop."""
    monkeypatch.setattr(bounds, "SECONDS", 60.0)

    def begun(given: Any) -> None:
        # a process of its own, since some bodies let no thread run
        started.append(subprocess.Popen(["/bin/sh", "-c", f"sleep 0.2; kill -INT {os.getpid()}"]))
        body(given)

    for name, answer in (("05.client", begun), ("08.help", server(begun))):
        started: list[subprocess.Popen[bytes]] = []
        with pytest.raises(KeyboardInterrupt) as caught:
            smtplab.check(name, answer)
        assert sys.exc_info() == (None, None, None)
        assert caught.type is KeyboardInterrupt
        assert [process.wait() for process in started] == [0]


@pytest.mark.parametrize("body", [spins, sleeps])
def test_a_loop_in_another_thread(body: Callable[[Any], Any]) -> None:
    """Where there is no alarm, as in a widget's thread, loops are stopped all the same, and other threads are not."""
    found: list[Any] = []
    short = (lambda _given: time.sleep(1)) if body is sleeps else body
    worker = threading.Thread(target=lambda: found.append(smtplab.check("05.client", short)))
    worker.start()
    worker.join(30)
    assert not worker.is_alive()
    assert "0.3 seconds" in found[0].text


def test_what_a_function_raises_or_returns() -> None:
    """It comes through as it is: StopIteration too, which a generator would turn into something else."""
    assert bounded(divmod, 7, 2) == (3, 1)
    with pytest.raises(StopIteration):
        bounded(next, iter(()))
    assert "StopIteration" in smtplab.check("05.client", lambda _reply: next(iter(()))).text


def test_another_alarm_goes_on() -> None:
    """A timer that was set before is running again afterwards."""
    before = signal.setitimer(signal.ITIMER_REAL, 500, 7)
    bounded(int)
    after = signal.setitimer(signal.ITIMER_REAL, *before)
    assert (round(after[0]), after[1]) == (500, 7)


def test_what_cannot_be_stopped() -> None:
    """It is named where the code has it, in a class's methods and inner functions too, and nowhere else."""
    assert unstoppable(lambda _reply: sum(iter(int, 1))) == "iter"

    def inner(_reply: Any) -> Any:
        return lambda: list(iter(int, 1))

    assert unstoppable(inner) == "iter"
    assert unstoppable(server(lambda _self: sum(iter(int, 1)))) == ""  # what it calls in turn is not looked through

    async def smtp(_self: Any, _arg: str | None) -> None:
        sum(iter(int, 1))

    assert unstoppable(type("MyServer", (SMTP,), {"smtp_HELP": smtp})) == "iter"
    for answer in (*SHAPES, Helpful, Counting, len, None, 3, lambda reply: sum(reply.lines)):
        assert unstoppable(answer) == "", answer


def test_what_cannot_be_stopped_is_told_first() -> None:
    """The learner reads it before the call that holds everything up; the process must then be killed."""
    code = "import smtplab\nsmtplab.check('05.client', lambda _reply: sum(iter(int, 1)), lang='en')"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
    assert "uses iter" in line
    assert "restart the kernel" in line
