"""Behind the console: commands in, replies out, taken apart and explained."""

from __future__ import annotations

import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabStopped, SmtplabError
from smtplab.lab.lab import start
from smtplab.recordings.personalities import personalities
from smtplab.text.html import dialogue, paragraphs
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import exchange_view, refusal, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smtplab.lab.lab import Lab
    from smtplab.protocol.transcript import Exchange
    from smtplab.server.personality import Personality

SUGGESTIONS = [
    "HELP", "HELP MAIL", "HELP NOSUCH", "XSTATUS", "STAT", "STATUS", "NOOP", "EHLO client.example",
    "HELO client.example", "MAIL FROM:<me@client.example>", "RCPT TO:<you@lab.example>", "DATA", "RSET",
    "VRFY postmaster", "QUIT",
]  # fmt: skip


_homes: weakref.WeakKeyDictionary[Lab, Personality] = weakref.WeakKeyDictionary()
"""What each lab played when its first console was made: that is what its bar goes back to."""


class ConsolePresenter(Presenter):
    """A console for a lab. The page sends "hello", a command, a personality or "start"; each gets one message back.

    lab: whom to send commands to. Once it has stopped, "start" begins a lab of the console's own, in its place.
    """

    def __init__(self, lab: Lab, lang: str | None = None) -> None:
        super().__init__(lang, lab)
        self._told = 0  # how many exchanges every page has
        self._earlier: Sequence[Exchange] = ()  # what was said to a lab that has stopped
        self._home = _homes.setdefault(lab, lab.personality)
        self._personalities: dict[str, Personality] = {}
        self.state |= {"personalities": list(personalities()), "personality": "", "suggestions": SUGGESTIONS}
        self.state |= {"home": self._home.name, "running": True}
        self._look()
        self._meet()

    def received(self, content: dict[str, Any]) -> None:
        """Answer the page: with the whole log, or with what a command added to it; `start` is the first one's place."""
        kind, text = content.get("type"), str(content.get("line", content.get("name", "")))
        if kind not in ("hello", "command", "personality", "start"):
            return
        message = None
        try:
            if kind == "command":
                self._type(text)
            elif kind == "personality":
                self.lab.personality = self._personalities.get(text, text)
            elif kind == "start":
                self._start()
        except (SmtplabError, OSError, ValueError) as error:
            message = refusal(error, self.lang, text)
        self._look()
        self._meet()
        start, self._told = 0 if kind == "hello" else self._told, len(self._transcript)
        self.tell({
            "type": "log" if kind == "hello" else "more",
            "start": start,
            "exchanges": [exchange_view(exchange, self.lang) for exchange in self._transcript[start:]],
            "reading": self._reading,
            "personality": self.state["personality"],
            "error": message,
        })  # fmt: skip

    def _look(self) -> None:
        """Note the lab's present state; of a lab that is gone, the last one stays."""
        with suppress(LabStopped):
            lab = self.lab
            self._transcript = [*self._earlier, *lab.transcript]
            self._reading, self._repr, self._personality = lab.reading_message, repr(lab), lab.personality

    def cell_ran(self) -> None:
        """Show what a cell has done to the lab: stopped or started it, or had it play another server."""
        before = self.state["running"], self.state["personality"]
        self._look()
        if before != (self._runs(), self._personality.name):
            self._meet()

    def _runs(self) -> bool:
        try:
            return self.lab.running
        except LabStopped:
            return False

    def _start(self) -> None:
        """Begin a lab of the console's own, in the place of one that has stopped; what was said stays."""
        if self._runs():
            return
        self._earlier = self._transcript
        own = start(self._personality)
        _homes[own] = self._home
        self.take_up(own)

    def _meet(self) -> None:
        """Show how the server answers. A scripted personality is remembered, since no name leads back to it."""
        name = self._personality.name
        self._personalities[name] = self._personality
        if name not in self.state["personalities"]:
            self.show(personalities=[name, *self.state["personalities"]])
        self.show(personality=name, running=self._runs())

    def _type(self, line: str) -> None:
        lab = self.lab
        if lab.reading_message and line != ".":
            # message text: a dot at its beginning is doubled, or it could end the message (RFC 5321 §4.5.2)
            text = ("." + line if line.startswith(".") else line).encode("utf-8", "surrogateescape")
            lab.send_raw(text + b"\r\n")
        else:
            lab.send(line)

    def plain(self) -> str:
        """Return what was said so far, or how to begin."""
        self._look()
        if not self._transcript:
            return paragraphs(self.say("console_empty"))
        return dialogue(row for exchange in self._transcript for row in rows(exchange, self.lang))

    def __repr__(self) -> str:
        self._look()
        return f"<console of {self._repr}>"
