"""What SECURITY.md promises is so."""

from __future__ import annotations

import ast
import os
import re
import threading
from typing import TYPE_CHECKING

import psutil
import pytest
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab.course.graders import bounds
from smtplab.protocol.conversation import REPLY_LIMIT
from smtplab.recordings.form import MAX_OCTETS
from smtplab.server.limits import COMMAND_LINE_LIMIT, RECIPIENTS, SESSIONS
from smtplab.server.state import ServerState
from tests.helpers.citations import files
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = " ".join((TOP / "SECURITY.md").read_text("utf-8").split())

OPEN_SOCKETS = {"lab/tcp.py", "lab/remote.py", "site/serve.py"}
"""What opens a socket: the tcp carrier, the connection to a server that somebody names, the site's preview."""
ONLY_ENCRYPT = {"testing/certificates.py", "testing/server.py"}
"""What imports ssl for a test's certificate: the lab's carrier has the socket."""
CAN_REACH = {"socket", "ssl", "smtplib", "ftplib", "urllib.request", "http.client", "http.server", "requests", "httpx"}
"""Modules with which Python code reaches another machine, or is reached."""


NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
"""The tests that the page names: file and function."""


def listening() -> set[tuple[str, int]]:
    """Return each address on which this process listens."""
    connections = psutil.Process(os.getpid()).net_connections("inet")
    return {tuple(connection.laddr) for connection in connections if connection.status == psutil.CONN_LISTEN}


def test_a_lab_over_tcp_listens_on_one_address() -> None:
    """A lab over tcp opens one port, on 127.0.0.1, and closes it when it stops."""
    before = listening()
    with smtplab.start(carrier="tcp") as lab:
        assert listening() - before == {lab.address}
        assert lab.address[0] == "127.0.0.1"
    assert listening() <= before


def test_a_lab_in_memory_opens_nothing() -> None:
    """A lab in memory opens no port and starts no thread."""
    before, threads = listening(), threading.active_count()
    with smtplab.start(carrier="memory") as lab:
        lab.send("HELP")
        assert listening() <= before
        assert threading.active_count() <= threads


def test_only_three_modules_can_reach_another_machine() -> None:
    """Nothing in the package but the carrier, the probe's connection and the preview imports what opens sockets."""
    reaching = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Attribute) and node.attr in ("open_connection", "create_connection"):
                names = {"socket"}
            else:
                continue
            if names & CAN_REACH:
                reaching.add(path.relative_to(PACKAGE).as_posix())
    assert reaching == OPEN_SOCKETS | ONLY_ENCRYPT
    for name in ONLY_ENCRYPT:
        assert not re.search("socket|create_server|open_connection", (PACKAGE / name).read_text("utf-8")), name


def test_mail_is_held_and_forgotten(start: Callable[..., smtplab.Lab]) -> None:
    """A message that was accepted is in the lab's memory and nowhere else; it goes with the lab."""
    lab = start()
    for line in ("EHLO lab.example", "MAIL FROM:<a@lab.example>", "RCPT TO:<b@lab.example>", "DATA"):
        lab.send(line)
    assert lab.send_raw(b"Subject: hi\r\n\r\nhello\r\n.\r\n")[-1].code == 250
    assert [message.rcpt_tos for message in lab.messages] == [("b@lab.example",)]
    assert list(start().messages) == []


@pytest.mark.parametrize(
    ("promise", "value"),
    [
        (r"at most (\d+) messages", ServerState.max_messages),
        (r"after (\d+) seconds", bounds.SECONDS),
        (r"and (\d+) MiB of mail", ServerState.max_octets / 2**20),
        (r"more than (\d+) octets \(more for MAIL", COMMAND_LINE_LIMIT),
        (r"at most (\d+) recipients", RECIPIENTS),
        (r"at most (\d+) sessions", SESSIONS),
        (r"with a line of more than (\d+);", SMTP.line_length_limit),
        (r"a reply after (\d+) MiB", REPLY_LIMIT / 2**20),
        (r"recording of more than (\d+) MiB", MAX_OCTETS / 2**20),
    ],
)
def test_the_figures_are_the_codes(promise: str, value: float) -> None:
    """Each bound that is promised is the one in the code."""
    (figure,) = re.findall(promise, TEXT)
    assert int(figure) == value


def test_no_script_writes_html() -> None:
    """No module of the widgets or of the page makes HTML out of text."""
    scripts = [path for path in files() if path.suffix in (".js", ".mjs", ".html") and "tests" not in path.parts]
    assert len(scripts) > 5
    for path in scripts:
        writes = re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text("utf-8"))
        assert not writes, path


def test_a_command_cannot_carry_another() -> None:
    """CR, LF and NUL inside a command are refused before anything is sent."""
    with smtplab.start(carrier="memory") as lab:
        for octet in "\r\n\0":
            with pytest.raises(ValueError, match="NOOP"):
                lab.send(f"NOOP{octet}QUIT")
        assert len(lab.transcript) == 0


def functions(path: str) -> dict[str, ast.FunctionDef]:
    """Return the tests that stand in a file, by their names."""
    tree = ast.parse((TOP / path).read_text("utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_each_test_that_is_named_is_there(path: str) -> None:
    """Each test that the page names stands in its file, says what it promises, and is run."""
    there = functions(path)
    for name in (name for where, name in NAMED if where == path):
        assert name.startswith("test_")
        assert name in there, f"{path} has no {name}"
        assert ast.get_docstring(there[name])
        assert not any("skip(" in ast.unparse(mark) for mark in there[name].decorator_list)


def test_each_promise_and_limit_names_its_test() -> None:
    """Below each promise and each limit stands a test, and each of the campaign's files is named by some."""
    page = (TOP / "SECURITY.md").read_text("utf-8")
    for title in ("What is promised", "Limits"):
        section = page.split(f"## {title}\n")[1].split("\n## ")[0]
        promises = re.split(r"(?m)^- ", section)[1:]
        assert len(promises) > 5
        assert [
            promise for promise in promises if not re.search(r"(?m)^  `tests/[\w/]+\.py::test_\w+`$", promise)
        ] == []
    campaign = {path.relative_to(TOP).as_posix() for path in (TOP / "tests/hostile").glob("test_*.py")}
    assert campaign <= {path for path, _ in NAMED}
