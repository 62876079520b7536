"""A lab among others: twenty at once, in threads and running loops, interrupted, dropped, and as Python ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

import psutil
import pytest

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable

Start: TypeAlias = "Callable[..., smtplab.Lab]"


def test_twenty_labs_and_no_trace(carrier: str) -> None:
    """Twenty labs answer side by side; when they are stopped no thread and no descriptor is left."""
    me = psutil.Process()
    before = (threading.active_count(), me.num_fds())
    labs = [smtplab.start(carrier=carrier) for _ in range(20)]
    assert {lab.send("HELP").code for lab in labs} == {214}
    for lab in labs:
        lab.stop()
    assert (threading.active_count(), me.num_fds()) == before


def test_a_dropped_lab_stops_itself(carrier: str) -> None:
    """A lab that nobody holds any more, as after running a cell again, takes its server with it."""
    me = psutil.Process()
    before = (threading.active_count(), me.num_fds())
    for _ in range(5):
        lab = smtplab.start(carrier=carrier)
        lab.send("HELP")
    del lab
    gc.collect()
    assert (threading.active_count(), me.num_fds()) == before


def test_inside_a_running_loop(start: Start) -> None:
    """A lab answers inside a running event loop, as in a notebook's cell, and leaves that loop as it was."""

    async def cell() -> tuple[int, bool]:
        task = asyncio.current_task()
        code = start().send("HELP").code
        await asyncio.sleep(0)
        return code, asyncio.current_task() is task

    assert asyncio.run(cell()) == (214, True)


def test_many_threads_take_turns(lab: smtplab.Lab) -> None:
    """Commands from several threads each get their own reply."""
    wrong: list[object] = []

    def talk(verb: str, code: int) -> None:
        wrong.extend(reply for reply in (lab.send(verb) for _ in range(50)) if reply.code != code)

    threads = [
        threading.Thread(target=talk, args=pair) for pair in [("HELP", 214), ("XSTATUS", 211), ("NOOP", 250)] * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals to oneself are POSIX's")
def test_an_interrupt_in_mid_wait() -> None:
    """Interrupting a wait raises KeyboardInterrupt, and the next command gets its own reply, not the late one."""

    class Slow:
        waiting = threading.Event()

        async def handle_NOOP(self, *_args: object) -> str:
            self.waiting.set()
            await asyncio.sleep(30)
            return "250 late"

    handler = Slow()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        _interrupted(handler)
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupted(handler: Any) -> None:
    with smtplab.start(carrier="tcp", handler=handler) as lab:
        threading.Thread(target=lambda: handler.waiting.wait() and os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            lab.send("NOOP")
        assert lab.send("HELP").code == 214
        assert [exchange.command for exchange in lab.transcript] == [None, "NOOP", None, "HELP"]


def test_python_ends_with_labs_running() -> None:
    """A process that stops no lab still ends at once, silently and with status 0."""
    code = (
        "import smtplab; labs = [smtplab.start(carrier=c) for c in ('tcp', 'memory')];"
        "print([lab.send('HELP').code for lab in labs])"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[214, 214]\n", "")


def test_importing_loads_no_server_and_no_widget() -> None:
    """`import smtplab` alone loads neither asyncio nor aiosmtpd nor a widget library."""
    code = (
        "import sys, smtplab; "
        "print([name for name in ('asyncio', 'aiosmtpd', 'ipywidgets', 'anywidget', 'tomllib') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "[]\n"


def test_every_public_name_is_there() -> None:
    """Each name in `__all__` can be had, and no other."""
    for name in smtplab.__all__:
        assert getattr(smtplab, name) is not None
    with pytest.raises(AttributeError, match="nosuch"):
        _ = smtplab.nosuch
