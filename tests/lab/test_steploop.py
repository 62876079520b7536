"""The stepped loop: real asyncio on a clock that moves only when told to, with or without a loop around it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING, Any

import pytest

from smtplab.errors import LabError
from smtplab.lab.steploop import StepLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator


def plain(run: Callable[[], Any]) -> Any:
    """Run with no loop around."""
    return run()


def in_task(run: Callable[[], Any]) -> Any:
    """Run inside a task of another loop, as a notebook's cell is."""

    async def cell() -> Any:
        before = asyncio.current_task()
        result = run()
        assert asyncio.current_task() is before
        assert asyncio.get_running_loop() is not None
        await asyncio.sleep(0)
        return result

    return asyncio.run(cell())


def in_callback(run: Callable[[], Any]) -> Any:
    """Run inside a callback of another loop, where there is no current task, as a widget's callback may be."""

    async def cell() -> Any:
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(run()))
        return await done

    return asyncio.run(cell())


@pytest.fixture(params=[plain, in_task, in_callback], ids=lambda around: around.__name__)
def around(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], Any]:
    """Return each of the places where a lab is used."""
    return request.param


@pytest.fixture
def loop() -> Iterator[StepLoop]:
    """Return a stepped loop."""
    loop = StepLoop()
    yield loop
    loop.close()


def finish(loop: StepLoop, work: Coroutine[Any, Any, Any]) -> Any:
    """Step a coroutine to its end."""
    task = loop.create_task(work)
    loop.advance(1000)
    return task.result()


def test_tasks_sleep_and_gather(loop: StepLoop, around: Callable[..., Any]) -> None:
    """Sleeps, gather, timeouts and task groups work, and take virtual time only."""

    async def work() -> list[float]:
        times = []
        await asyncio.gather(asyncio.sleep(5), asyncio.sleep(3))
        times.append(loop.time())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(7):
                await asyncio.Event().wait()
        times.append(loop.time())
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(1), name="one")
            group.create_task(asyncio.sleep(2))
        times.append(loop.time())
        assert asyncio.current_task() is not None
        assert asyncio.get_running_loop() is loop
        return times

    assert around(lambda: finish(loop, work())) == [5, 12, 14]


def test_a_loop_inside_a_loop(loop: StepLoop, around: Callable[..., Any]) -> None:
    """A stepped loop may be stepped inside another stepped loop's task."""
    inner = StepLoop()

    async def outer_work() -> tuple[float, float]:
        mine = asyncio.current_task()
        finish(inner, asyncio.sleep(10))
        assert asyncio.current_task() is mine
        await asyncio.sleep(1)
        return loop.time(), inner.time()

    assert around(lambda: finish(loop, outer_work())) == (1, 1000)
    inner.close()


def test_a_five_minute_timer(loop: StepLoop) -> None:
    """Timers fire in order, each at its moment; a cancelled one does not."""
    fired: list[tuple[str, float]] = []
    loop.call_later(300, lambda: fired.append(("late", loop.time())))
    loop.call_later(10, lambda: fired.append(("early", loop.time())))
    loop.call_later(20, fired.append, ("never", 0.0)).cancel()
    loop.advance(299)
    assert fired == [("early", 10)]
    loop.advance(1)
    assert fired == [("early", 10), ("late", 300)]


def test_an_interrupt_leaves_the_rest(loop: StepLoop) -> None:
    """After an interrupt in one callback, the others still run at the next step."""
    ran: list[int] = []

    def interrupt() -> None:
        raise KeyboardInterrupt

    loop.call_soon(ran.append, 1)
    loop.call_soon(interrupt)
    loop.call_soon(ran.append, 2)
    with pytest.raises(KeyboardInterrupt):
        loop.step()
    assert (ran, loop.is_running()) == ([1], False)
    loop.step()
    assert ran == [1, 2]


def test_a_failing_callback_is_logged(loop: StepLoop, caplog: pytest.LogCaptureFixture) -> None:
    """An exception in a callback is logged as asyncio logs it, and the loop goes on."""
    loop.call_soon(lambda: 1 / 0)
    loop.step()
    assert "ZeroDivisionError" in caplog.text


def test_what_the_loop_cannot_do(loop: StepLoop) -> None:
    """Running it, threads and stepping it from inside are refused by name; a closed loop takes no task."""
    with pytest.raises(LabError, match="stepped"):
        loop.run_forever()
    with pytest.raises(LabError, match="no threads"):
        loop.run_in_executor(None, print)

    async def reenter() -> None:
        loop.call_soon(print)
        loop.step()

    with pytest.raises(LabError, match="inside"):
        finish(loop, reenter())
    loop.close()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.create_task(asyncio.sleep(0))


def test_work_without_end(loop: StepLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks that keep scheduling themselves are stopped with an error, not run for ever."""
    monkeypatch.setattr("smtplab.lab.steploop._MAX_STEPS", 1000)

    def again() -> None:
        loop.call_soon(again)

    loop.call_soon(again)
    with pytest.raises(LabError, match="never comes to rest"):
        loop.step()


def test_closing_cancels_tasks(loop: StepLoop) -> None:
    """Closing the loop cancels its tasks, which may clean up."""
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")

    loop.create_task(wait())
    loop.step()
    loop.close()
    assert ended == ["cleaned up"]


@pytest.mark.parametrize("first", ["is interrupted", "never rests"])
def test_closing_leaves_nothing_pending(
    loop: StepLoop, first: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where an interrupt or a restless task keeps others from ending, or beginning, nothing of it is told later."""
    monkeypatch.setattr("smtplab.lab.steploop._MAX_STEPS", 1000)

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def restless() -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0)

    async def never_begun() -> None:
        await asyncio.sleep(1)

    interrupts = first == "is interrupted"
    if interrupts:
        loop.call_soon(interrupt)
    else:
        loop.create_task(restless())
    loop.create_task(never_begun())
    with pytest.raises(KeyboardInterrupt) if interrupts else contextlib.nullcontext():
        loop.close()
    gc.collect()
    assert caplog.text == ""
