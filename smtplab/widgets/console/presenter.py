"""Behind the console: commands in, replies out, taken apart and explained."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabStopped, SmtplabError
from smtplab.recordings.personalities import personalities
from smtplab.text.html import dialogue, paragraphs
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import exchange_view, refusal, rows

if TYPE_CHECKING:
    from smtplab.lab.lab import Lab
    from smtplab.server.personality import Personality

SUGGESTIONS = [
    "HELP", "HELP MAIL", "HELP NOSUCH", "XSTATUS", "STAT", "STATUS", "NOOP", "EHLO client.example",
    "HELO client.example", "MAIL FROM:<me@client.example>", "RCPT TO:<you@lab.example>", "DATA", "RSET",
    "VRFY postmaster", "QUIT",
]  # fmt: skip


class ConsolePresenter(Presenter):
    """A console for a lab. The page sends "hello", a command or a personality; each gets one message back.

    lab: whom to send commands to.
    """

    def __init__(self, lab: Lab, lang: str | None = None) -> None:
        super().__init__(lang, lab)
        self._told = 0  # how many exchanges every page has
        self._personalities: dict[str, Personality] = {}
        self.state |= {"personalities": list(personalities()), "personality": "", "suggestions": SUGGESTIONS}
        self._look()
        self._meet()

    def received(self, content: dict[str, Any]) -> None:
        """Answer the page: with the whole log, or with what a command added to it; `start` is the first one's place."""
        kind, text = content.get("type"), str(content.get("line", content.get("name", "")))
        if kind not in ("hello", "command", "personality"):
            return
        message = None
        try:
            if kind == "command":
                self._type(text)
            elif kind == "personality":
                self.lab.personality = self._personalities.get(text, text)
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
            self._transcript, self._reading, self._repr = lab.transcript, lab.reading_message, repr(lab)
            self._personality = lab.personality

    def _meet(self) -> None:
        """Show how the server answers. A scripted personality is remembered, since no name leads back to it."""
        name = self._personality.name
        self._personalities[name] = self._personality
        if name not in self.state["personalities"]:
            self.show(personalities=[name, *self.state["personalities"]])
        self.show(personality=name)

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
        if not len(self._transcript):
            return paragraphs(self.say("console_empty"))
        return dialogue(row for exchange in self._transcript for row in rows(exchange, self.lang))

    def __repr__(self) -> str:
        self._look()
        return f"<console of {self._repr}>"
