"""Whose lab a widget's is: a widget that is closed, replaced or forgotten lets go of it, one that is shown does not."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import start_new_kernel

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_client.blocking import BlockingKernelClient

VIEW = "application/vnd.jupyter.widget-view+json"
SHOWN = ("execute_result", "display_data")
SERVERS = "sum(thread.name == 'smtplab server' for thread in __import__('threading').enumerate())"
MAKERS: dict[str, Callable[[smtplab.Lab], Any]] = {
    "console": smtplab.console,
    "side_by_side": lambda lab: smtplab.side_by_side(lab, "HELP", "XSTATUS"),
    "exercise": lambda lab: smtplab.exercise("01.rcpt", lab),
    "sequence": smtplab.sequence,
    "status": smtplab.status,
}
"""The widgets that have a lab."""


def servers(expected: int) -> int:
    """Return how many labs run over tcp in this process; where others are expected, after ten seconds at most.

    A collection may be under way in a server's own thread, which waits for the servers that it stops: one of ours does
    nothing meanwhile.
    """
    end, pause = time.monotonic() + 10, threading.Event()
    while True:
        gc.collect()
        count = sum(thread.name == "smtplab server" for thread in threading.enumerate())
        if count == expected or time.monotonic() > end:
            return count
        pause.wait(0.05)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_widget_that_nobody_holds(kind: str) -> None:
    """Fifty widgets that were made and forgotten leave no server, without being closed."""
    for _ in range(50):
        MAKERS[kind](smtplab.start(carrier="tcp"))
    assert servers(0) == 0


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("kind", MAKERS)
def test_a_widget_that_is_closed(kind: str, shown: bool) -> None:
    """A closed widget lets go of its lab, though it was shown and a variable still holds the widget."""
    widget = MAKERS[kind](smtplab.start(carrier="tcp"))
    if shown:
        assert VIEW in widget._repr_mimebundle_()[0]
    assert servers(1) == 1
    widget.close()
    assert servers(0) == 0
    assert len(repr(widget)) < 90
    assert widget.plain()


def test_a_closed_widget_leaves_a_lab_that_is_held() -> None:
    """Closing a widget stops no lab that somebody else holds."""
    with smtplab.start(carrier="tcp") as lab:
        widget = smtplab.console(lab)
        widget._repr_mimebundle_()
        widget.close()
        assert servers(1) == 1
        assert lab.send("HELP").code == 214


@pytest.mark.parametrize(
    ("kind", "message", "answer"),
    [
        ("console", {"type": "command", "line": "HELP"}, lambda widget, sent: sent[0]["error"]),
        ("side_by_side", {"type": "compare", "first": "A", "second": "B"}, lambda widget, sent: widget.error),
    ],
)
def test_a_widget_whose_lab_is_gone(kind: str, message: dict[str, str], answer: Callable[[Any, Any], str]) -> None:
    """A widget whose lab is gone says that it is stopped, keeps what it showed, and raises nothing."""
    widget = MAKERS[kind](smtplab.start(carrier="memory"))
    widget.presenter.lab.send("NOOP")
    html = widget.plain()
    widget.presenter.release()
    sent: list[dict[str, Any]] = []
    widget.send = sent.append
    widget._handle_custom_msg(message, [])
    assert answer(widget, sent).startswith("The lab is stopped")
    assert widget.plain() == html


@dataclass
class Kernel:
    """A kernel, as a front end talks to it."""

    client: BlockingKernelClient

    def ask(self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Send a message, wait until the kernel is idle again, and return what it published, in order."""
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        published = []
        while True:
            reply = self.client.get_iopub_msg(timeout=30)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "error":
                raise AssertionError("\n".join(reply["content"]["traceback"]))
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                return published
            published.append(reply)

    def run(self, code: str, cell: str | None = None) -> str | None:
        """Run a cell; return the model's id of the widget that it shows, or the text of its result."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        published = self.ask("execute_request", content, {"cellId": cell} if cell else {})
        data = [message["content"]["data"] for message in published if message["msg_type"] in SHOWN]
        return (data[-1][VIEW]["model_id"] if VIEW in data[-1] else data[-1]["text/plain"]) if data else None

    def command(self, model: str | None, line: str) -> dict[str, Any]:
        """Type a command into a console of the page; return its answer."""
        data = {"method": "custom", "content": {"type": "command", "line": line}}
        published = self.ask("comm_msg", {"comm_id": model, "data": data})
        answers = [message["content"]["data"] for message in published if message["msg_type"] == "comm_msg"]
        return next(answer["content"] for answer in answers if answer["method"] == "custom")


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """Run a kernel."""
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(client: BlockingKernelClient) -> Kernel:
    """Return the kernel, with nothing left of the test before."""
    kernel = Kernel(client)
    kernel.run("import ipywidgets; ipywidgets.Widget.close_all(); get_ipython().reset(); import gc; gc.collect()")
    kernel.run("import smtplab")
    assert kernel.run(SERVERS) == "0"
    return kernel


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["a-cell", None])
@pytest.mark.parametrize(
    "code",
    [
        "smtplab.console(smtplab.start())",
        "lab = smtplab.start(); smtplab.console(lab)",
        "lab = smtplab.start(); display(smtplab.console(lab), smtplab.exercise('01.rcpt', lab))",
        "smtplab.side_by_side(smtplab.start(), 'HELP', 'XSTATUS')",
    ],
)
def test_a_cell_that_is_run_fifty_times(kernel: Kernel, code: str, cell: str | None) -> None:
    """A cell run fifty times leaves its last run's server and no other, whether the front end names cells or not."""
    for _ in range(50):
        model = kernel.run(code, cell)
    assert kernel.run(SERVERS) == "1"
    if "display" not in code and "console" in code:
        assert kernel.command(model, "HELP")["exchanges"][-1]["reply"]["code"] == "214"


def test_a_console_that_is_shown_holds_its_lab(kernel: Kernel) -> None:
    """A console that a page shows works though nobody else holds its lab, whatever other cells do."""
    model = kernel.run("smtplab.console(smtplab.start())", "one")
    kernel.run("smtplab.console(smtplab.start())", "two")
    kernel.run("Out.clear(); _ = __ = ___ = None; import gc; gc.collect()", "three")
    assert kernel.run(SERVERS) == "2"
    assert kernel.command(model, "HELP")["exchanges"][-1]["reply"]["code"] == "214"


def test_a_console_that_is_shown_again(kernel: Kernel) -> None:
    """A console in a variable works wherever it is shown again, alone or with another, and after its cell changed."""
    kernel.run("c, d = (smtplab.console(smtplab.start()) for _ in '12')", "makes")
    for _ in range(2):
        kernel.run("display(c, d)", "shows")
        assert kernel.run(SERVERS) == "2"
    kernel.run("lab = smtplab.start(); e = smtplab.console(lab)", "makes another")
    kernel.run("e", "shows another")
    kernel.run("None", "shows another")
    model = kernel.run("e", "shows it elsewhere")
    assert kernel.command(model, "HELP")["exchanges"][-1]["reply"]["code"] == "214"


def test_a_widget_in_a_box(kernel: Kernel) -> None:
    """A console inside another widget is opened with it, and works."""
    kernel.run("import ipywidgets; c = smtplab.console(smtplab.start())")
    kernel.run("ipywidgets.VBox([c])")
    assert kernel.command(kernel.run("print(end=''); c.model_id").strip("'"), "HELP")["error"] is None
