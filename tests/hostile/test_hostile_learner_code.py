"""Functions and servers that a learner writes with no good in mind: a check of them ends in time, with a sentence."""

from __future__ import annotations

import builtins
import gc
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from tests.helpers.learners import FUNCTIONS, check_solutions, server_of, shorten
from tests.helpers.showing import obeyed_in_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosmtpd.smtp import SMTP

    from tests.helpers.amount import Amount, Figures

# a server that is cut off while a connection is made may leave a coroutine that never began
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="without an alarm not all of it can be stopped"),
]
LONGEST = 120.0
"""Seconds in which a check must be over, where the learner's code has a third of one: a busy machine has its time."""


class Liar:
    """Is equal to everything and to nothing, long and short, true and false, and raises where it is shown."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return 10**9

    def __bool__(self) -> bool:
        raise LookupError("true")

    def __iter__(self) -> Iterator[int]:
        return iter(int, 1)

    def __repr__(self) -> str:
        raise LookupError("repr")

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_given: Any, **_options: Any) -> Any:
        return self


class Text(str):
    """A text that lies about all that it is."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "\x1b[2J<script>"


class Odd(BaseException):
    """An error that no `except Exception` catches, and whose text raises too."""

    def __str__(self) -> str:
        raise SystemExit


def spins(*_given: Any) -> None:
    while True: pass  # noqa: E701  # fmt: skip


def swallows(*_given: Any) -> None:
    while True:
        try:
            while True:
                time.monotonic()
        except BaseException:
            pass


def suppresses(*_given: Any) -> None:
    while True:
        with suppress(BaseException):
            spins()


def finally_again(*_given: Any) -> None:
    try:
        spins()
    finally:
        finally_again()


def recurses(*given: Any) -> Any:
    return recurses(*given)


def recurses_and_catches(*given: Any) -> Any:
    try:
        return recurses_and_catches(*given)
    except RecursionError:
        return recurses_and_catches(*given)


def raises(error: Any) -> Callable[..., Any]:
    """Return a function that raises this."""

    def body(*_given: Any) -> Any:
        raise error

    return body


def returns(value: Any) -> Callable[..., Any]:
    """Return a function that returns this."""
    return lambda *_given: value


def starts_threads(*_given: Any) -> None:
    for _ in range(20):
        threading.Thread(target=int, daemon=True).start()
    raise KeyError("thread")


def patches(*_given: Any) -> Any:
    builtins.print = builtins.open = builtins.input = lambda *_given, **_options: (_ for _ in ()).throw(SystemExit)
    return "patched"


def traces(*_given: Any) -> Any:
    sys.settrace(None)
    sys.setrecursionlimit(1000)
    threading.settrace(None)
    return True


def changes_what_it_gets(*given: Any) -> Any:
    for each in given:
        with suppress(Exception):
            each.__dict__.clear()
        with suppress(Exception):
            each.clear()
    return given


def generator(*_given: Any) -> Any:
    while True:
        yield b"250 OK\r\n"


async def coroutine(*_given: Any) -> None:
    return None


BODIES: dict[str, Callable[..., Any]] = {
    "spins": spins, "swallows": swallows, "suppresses": suppresses, "finally, again": finally_again,
    "sleeps": lambda *_given: time.sleep(3600), "waits": lambda *_given: threading.Event().wait(),
    "backtracks": lambda *_given: re.fullmatch("(a+)+b", "a" * 64), "computes": lambda *_given: 10**10**8,
    "sorts": lambda *_given: sorted(Liar() for _ in range(100)), "recurses": recurses,
    "recurses and catches": recurses_and_catches, "exits": lambda *_given: sys.exit("bye"),
    "SystemExit": raises(SystemExit), "GeneratorExit": raises(GeneratorExit), "Odd": raises(Odd()),
    "StopIteration": raises(StopIteration("x")), "MemoryError": raises(MemoryError), "no error": raises(3),
    "an error that is hostile": raises(LookupError("\x1b[2J</script><script>alert(1)</script>\u202e")),
    "a group": raises(BaseExceptionGroup("x", [SystemExit(), KeyError()])),
    "a liar": returns(Liar()), "a text that lies": returns(Text("250")),
    "its class": returns(Liar), "nothing": returns(None),
    "huge text": returns("x" * 10**7), "huge lines": returns(["x\r\n" * 10**5] * 10),
    "a huge number": returns(10**5000),
    "a number": returns(float("nan")), "itself": returns(spins), "endless": returns(iter(int, 1)),
    "a generator": generator,
    "a coroutine": coroutine, "half a character": returns("\ud800"), "deep": returns(eval("[" * 80 + "]" * 80)),
    "threads": starts_threads, "patches": patches, "traces": traces, "changes what it gets": changes_what_it_gets,
    "takes nothing": lambda: 3, "takes too much": lambda _a, _b, _c, _d, _e: 3,
}  # fmt: skip


FOUND = [
    ("GeneratorExit", "04.status"), ("Odd", "05.client"), ("a text that lies", "07.read_reply"),
    ("huge lines", "02.end"),
]  # fmt: skip
"""What has broken a check before: it is tried each time."""


def server(body: Callable[..., Any]) -> type[SMTP]:
    """Make a server whose HELP and status verb do what a function does."""

    async def smtp(self: Any, _arg: str | None) -> None:
        await self.push(body(self))

    return server_of(smtp)


@pytest.fixture(autouse=True, scope="module")
def _all_is_imported() -> None:
    """Let nothing be left for an import."""
    check_solutions()


@pytest.fixture(autouse=True)
def _left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Shorten the time that code has, and undo what it may have changed."""
    limit = sys.getrecursionlimit()
    shorten(monkeypatch)
    yield
    sys.setrecursionlimit(limit)
    gc.collect()


def test_each_ends_with_a_sentence(amount: Amount, figures: Figures) -> None:
    """Whatever a function does, its check ends in time, with a sentence; the learner's lab is untouched."""
    pairs = [(body, name) for body in BODIES for name in FUNCTIONS]
    draw = amount.draw("learners")
    few = [*FOUND, *((body, draw.choice(FUNCTIONS)) for body in draw.sample(list(BODIES), amount.of(12, 12)))]
    with smtplab.start(carrier="memory") as lab:
        lab.send("EHLO me")
        for number, (body, name) in enumerate(pairs if amount.long else few):
            answer: Any = server(BODIES[body]) if name.startswith("08.") else BODIES[body]
            began = time.monotonic()
            own = {each: getattr(builtins, each) for each in ("print", "open", "input")}
            try:
                feedback = smtplab.check(name, answer, lab)
            finally:
                vars(builtins).update(own)
            seconds = time.monotonic() - began
            figures.took(seconds)
            assert seconds < LONGEST, (body, name)
            assert not feedback.right or body in ("traces", "patches"), (body, name)
            for shown in (str(feedback), repr(feedback)):
                assert 10 < len(shown) < 4000, (body, name, shown)
                assert obeyed_in_text(shown) == "", (body, name)
            assert "<script" not in feedback._repr_html_()
            assert len(lab.transcript) == 2 + number, (body, name)
            assert lab.send("NOOP").code == 250
            assert sys.gettrace() is None or "pytest" in repr(sys.gettrace())


UNSTOPPABLE = (
    "lambda *_: sum(iter(int, 1))", "lambda *_: list(iter(int, 1))",
    "lambda *_: any(__import__('itertools').repeat(0))",
    "lambda *_: max(__import__('itertools').count())", "lambda *_: ''.join(iter(str, 'x'))",
    "lambda *_: dict.fromkeys(__import__('itertools').cycle('ab')) or set(__import__('itertools').cycle('ab'))",
)  # fmt: skip


def test_what_cannot_be_stopped_is_told_first(amount: Amount, figures: Figures) -> None:
    """Of what runs in none of Python's own code, the learner is told before it runs."""
    for code in UNSTOPPABLE[: amount.of(2, 100)]:
        program = f"import smtplab\nsmtplab.check('05.client', {code}, lang='en')"
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            process.kill()
        assert "restart the kernel" in line, code
        figures.took(0)
