"""Things done wrong that take more than a line: each is called with a `Place`, and raises."""

from __future__ import annotations

import json
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import smtplab
from smtplab import LabSMTP, Personality, testing
from smtplab.course import lessons
from smtplab.lab.steploop import StepLoop
from smtplab.recordings.recorder import record
from smtplab.site import landing, parts, place, tools
from smtplab.widgets.console.presenter import ConsolePresenter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Way = Callable[["Place"], Any]


class Place:
    """Where an error is raised: a lab, an empty folder, and what can be changed for the length of a test."""

    def __init__(self, lab: smtplab.Lab, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.lab, self.folder, self.patch = lab, folder, patch
        self._count = count()

    def new(self) -> Path:
        """Return a folder that nothing is in."""
        folder = self.folder / str(next(self._count))
        folder.mkdir()
        return folder

    def file(self, text: str | bytes, name: str = "bad.json") -> Path:
        """Return a file with that in it."""
        path = self.new() / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scripted(self, **answers: Any) -> smtplab.Lab:
        """Return the lab, answering by a script."""
        greeting = answers.pop("greeting", None)
        self.lab.personality = Personality.scripted(answers, greeting=greeting)
        return self.lab


def recording(**changes: Any) -> str:
    """Return the text of a recording with something changed in it."""
    whole = {
        "smtplab-recording": 1, "name": "x", "software": "x", "version": "1", "date": "2026-01-01", "obtained": "x",
        "protocol": "SMTP", "greeting": {"octets": "220 x\r\n"}, "limits": [],
        "answers": [{"octets": "214 x\r\n", "to": {"connected": ["HELP"]}}],
    }  # fmt: skip
    return json.dumps({**whole, **changes})


def unread(text: str) -> Way:
    """Return what reads a text as a recording."""
    return lambda here: smtplab.start(str(here.file(text)), carrier="memory")


def answers_it(say: str | bytes | None) -> Way:
    """Return what records a server that answers everything with `say`; None: that is silent."""

    def way(here: Place) -> None:
        octets = b"" if say is None else say
        every = dict.fromkeys(("EHLO", "HELP", "NOOP", "HELO", "XSTATUS", "STAT"), octets)
        with smtplab.start(Personality.scripted(every, greeting=octets), carrier="memory") as lab:
            record(lab._carrier.connect, "mine", timeout=0.01)

    return way


def inside(call: Callable[[smtplab.Lab], Any]) -> Way:
    """Return what calls a lab in its own server's method."""

    def way(_here: Place) -> None:
        caught: list[Exception] = []
        labs: list[smtplab.Lab] = []

        class Server(LabSMTP):
            async def smtp_NOOP(self, arg: str) -> None:
                try:
                    call(labs[0])
                except Exception as error:
                    caught.append(error)
                await self.push("250 OK")

        with smtplab.start(server=Server, carrier="memory") as lab:
            labs.append(lab)
            lab.send("NOOP")
        raise caught[0]

    return way


def stopped(call: Callable[[smtplab.Lab], Any]) -> Way:
    """Return what calls a lab that was stopped."""

    def way(_here: Place) -> None:
        lab = smtplab.start(carrier="memory")
        lab.stop()
        call(lab)

    return way


def late(here: Place) -> None:
    """Wait for a reply that does not come."""
    here.scripted(NOOP=smtplab.SILENCE).send("NOOP", timeout=0.01)


def never_rests() -> None:
    loop = StepLoop()

    def again() -> None:
        loop.call_soon(again)

    again()
    loop.step()


def forgotten(_here: Place) -> None:
    """Ask a widget whose lab nobody holds any more."""
    presenter = ConsolePresenter(smtplab.start(carrier="memory"))
    presenter.release()
    assert presenter.lab is None


def blocked(here: Place) -> Path:
    """Return a directory that cannot be made: a file is in the way."""
    return here.file("", "file") / "below"


def changed_site(here: Place) -> Path:
    """Return a site with a file in it that is not its own."""
    site = here.new()
    (site / "index.html").write_text("x")
    place.write_list(site)
    (site / "mine.txt").write_text("x")
    return site


def without_trustme(here: Place) -> Any:
    here.patch.setitem(sys.modules, "trustme", None)
    return testing.certificate.__wrapped__()


def without_lessons(here: Place) -> Any:
    here.patch.setattr(lessons, "files", lambda _name: here.new())
    return lessons.lessons()


def from_a_zip(here: Place) -> Any:
    here.patch.setattr(tools, "files", lambda _name: "smtplab.zip")
    return tools.package_folder()


def without_a_program(find: Callable[[], Any]) -> Way:
    def way(here: Place) -> Any:
        here.patch.setitem(sys.modules, "uv", None)
        here.patch.setenv("PATH", str(here.new()))
        return find()

    return way


def without_sources(here: Place) -> Any:
    here.patch.setattr(parts, "package_folder", here.new)
    return parts.sources()


def without_cache(here: Place) -> Any:
    here.patch.setenv("SMTPLAB_CACHE", "~nosuchuser-x/cache")
    return parts.default_cache()


def without_python(here: Place) -> Any:
    here.patch.setenv("UV_PYTHON", "3.1")
    return tools.make_environment(sys.executable, here.new() / "venv")


def another_page(here: Place) -> Any:
    site = here.new()
    (site / "lab").mkdir()
    (site / "lab/index.html").write_text("<p>")
    return landing.add_bar(site, ["lab"])


def without_sockets(here: Place) -> Any:
    here.patch.setattr(sys, "platform", "emscripten")
    return smtplab.probe("mail.example")


def in_a_browser(here: Place) -> Any:
    here.patch.setattr(sys, "platform", "emscripten")
    return smtplab.start(carrier="tcp")
