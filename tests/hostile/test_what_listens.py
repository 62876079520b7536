"""During a lesson nothing listens but on 127.0.0.1, and nothing connects out or looks a name up."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.amount import Amount, Figures

LESSONS = sorted((TOP / "notebooks/en").glob("*.ipynb"))
SHORT = ("01",)
OUR_OWN = ("127.0.0.1", "localhost")
AROUND = """
import smtplab, tempfile, os
os.chdir(tempfile.mkdtemp())
os.environ.pop("SMTPLAB_PROGRESS", None)
lab = smtplab.start()
for widget in (smtplab.console(lab), smtplab.status(lab), smtplab.sequence(lab), smtplab.gallery(), smtplab.game()):
    widget.plain()
smtplab.check("01.help", "214", lab)
smtplab.progress().save("page.html")
smtplab.probe(lab), smtplab.probe(*lab.address)
smtplab.survey(), smtplab.help_chart(), smtplab.review(), smtplab.hand_in(name="x").save("x.zip")
lab.stop()
"""
"""What a learner uses besides."""


def done(place: Path, *cells: str | Path, carrier: str = "tcp") -> list[tuple[str, object]]:
    """Return what a process does with sockets while it runs notebooks, or cells."""
    notebooks = []
    for number, each in enumerate(cells):
        notebooks.append(each)
        if isinstance(each, str):
            notebooks[-1] = place / f"{number}.ipynb"
            notebooks[-1].write_text(json.dumps({"cells": [{"cell_type": "code", "source": [each]}]}))
    environment = {**os.environ, "SMTPLAB_CARRIER": carrier, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "tests.helpers.listening", *map(str, notebooks)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=place, timeout=900, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = re.findall(r"(?m)^(listens|socket\.\w+|urllib\.\w+) (.+)$", ran.stdout)
    return [(event, json.loads(where)) for event, where in lines]


def away(events: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """Return what reaches, or is reached from, another machine."""
    return [
        (event, where)
        for event, where in events
        if (where[0] if isinstance(where, list) else where) not in OUR_OWN
    ]  # fmt: skip


def test_lessons(amount: Amount, figures: Figures, tmp_path: Path) -> None:
    """Lessons, run cell by cell over tcp, open ports of 127.0.0.1 alone, and connect to nothing else."""
    chosen = [lesson for lesson in LESSONS if amount.long or lesson.name.startswith(SHORT)]
    events = done(tmp_path, *chosen, AROUND)
    assert away(events) == []
    assert {event for event, _ in events} >= {"listens", "socket.bind", "socket.connect"}
    figures.inputs = len(chosen)
    figures.more["events"] = len(events)


def test_in_memory_nothing_is_opened(tmp_path: Path) -> None:
    """Over the memory carrier a lesson opens nothing at all."""
    lesson = next(lesson for lesson in LESSONS if lesson.name.startswith("01"))
    assert done(tmp_path, lesson, carrier="memory") == []


@pytest.mark.parametrize(
    "cell",
    [
        "import socket\nsocket.create_server(('0.0.0.0', 0))",
        "import socket\nsocket.create_connection(('192.0.2.1', 9), 0.01)",
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=0.01)",
        "import socket\nsocket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    ],
)
def test_what_reaches_out_is_found(tmp_path: Path, cell: str) -> None:
    """What listens everywhere, connects, asks the web or sends a packet to elsewhere is found."""
    assert away(done(tmp_path, cell))
