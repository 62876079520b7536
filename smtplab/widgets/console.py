"""The console: type a command, see the reply taken apart and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from smtplab.errors import DialogueError, SmtplabError
from smtplab.html import paragraphs
from smtplab.roster import personalities
from smtplab.widgets.base import HERE, LabWidget, stylesheet
from smtplab.widgets.views import exchange_view

if TYPE_CHECKING:
    from smtplab.lab import Lab

SUGGESTIONS = [
    "HELP", "HELP MAIL", "HELP NOSUCH", "XSTATUS", "STAT", "STATUS", "NOOP", "EHLO client.example",
    "HELO client.example", "MAIL FROM:<me@client.example>", "RCPT TO:<you@lab.example>", "DATA", "RSET",
    "VRFY postmaster", "QUIT",
]  # fmt: skip


class ConsoleWidget(LabWidget):
    """A console for a lab. The page sends "hello", a command or a personality; each gets one message back.

    lab: whom to send commands to.
    """

    _esm = HERE / "console.js"
    _css = stylesheet("console")

    personalities = traitlets.List(traitlets.Unicode()).tag(sync=True)
    personality = traitlets.Unicode().tag(sync=True)
    suggestions = traitlets.List(traitlets.Unicode(), default_value=SUGGESTIONS).tag(sync=True)

    def __init__(self, lab: Lab, lang: str | None = None) -> None:
        self._lab = lab
        self._shown = 0
        current = lab.personality.name
        names = [current, *(name for name in personalities() if name != current)]
        super().__init__("console", lang, personalities=names, personality=current)

    def received(self, content: dict[str, Any]) -> None:
        """Answer the page: with the whole log, or with what a command added to it."""
        error = None
        try:
            if content["type"] == "hello":
                self._shown = 0
            elif content["type"] == "command":
                self._type(str(content["line"]))
            elif content["type"] == "personality":
                self._lab.personality = str(content["name"])
                self.personality = self._lab.personality.name
            else:
                return
        except DialogueError as broken:
            error = str(broken).partition(" (")[0]  # the exchange itself is shown beside it
        except (SmtplabError, OSError, ValueError) as refused:
            error = str(refused)
        said = self._lab.transcript
        shown, self._shown = self._shown, len(said)
        self.send({
            "type": "log" if content["type"] == "hello" else "more",
            "exchanges": [exchange_view(exchange, self.lang) for exchange in said[shown:]],
            "reading": self._lab.reading_message,
            "personality": self._lab.personality.name,
            "error": error,
        })  # fmt: skip

    def _type(self, line: str) -> None:
        if self._lab.reading_message and line != ".":
            # message text: a dot at its beginning is doubled, or it could end the message (RFC 5321 §4.5.2)
            text = ("." + line if line.startswith(".") else line).encode("utf-8", "surrogateescape")
            self._lab.send_raw(text + b"\r\n")
        else:
            self._lab.send(line)

    def plain(self) -> str:
        """Give what was said so far, or how to begin."""
        said = self._lab.transcript
        return said._repr_html_() if len(said) else paragraphs(self.say("console_empty"))

    def __repr__(self) -> str:
        return f"<console of {self._lab!r}>"


def console(lab: Lab, *, lang: str | None = None) -> ConsoleWidget:
    """Make a console for a lab. The plain equivalent: `lab.send(...)` and `print(lab.transcript)`.

    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    return ConsoleWidget(lab, lang)
