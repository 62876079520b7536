"""Behind the console: commands in, replies out, taken apart and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.errors import SmtplabError
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
        self._lab = lab
        self._shown = 0
        self._met: dict[str, Personality] = {}
        super().__init__("console", lang)
        self.state |= {"personalities": list(personalities()), "personality": "", "suggestions": SUGGESTIONS}
        self._meet()

    def received(self, content: dict[str, Any]) -> None:
        """Answer the page: with the whole log, or with what a command added to it; `start` is the first one's place."""
        kind, given = content.get("type"), str(content.get("line", content.get("name", "")))
        if kind not in ("hello", "command", "personality"):
            return
        error = None
        try:
            if kind == "command":
                self._type(given)
            elif kind == "personality":
                self._lab.personality = self._met.get(given, given)
        except (SmtplabError, OSError, ValueError) as refused:
            error = refusal(refused, self.lang, given)
        said = self._lab.transcript
        start, self._shown = 0 if kind == "hello" else self._shown, len(said)
        self._meet()
        self.tell({
            "type": "log" if kind == "hello" else "more",
            "start": start,
            "exchanges": [exchange_view(exchange, self.lang) for exchange in said[start:]],
            "reading": self._lab.reading_message,
            "personality": self.state["personality"],
            "error": error,
        })  # fmt: skip

    def _meet(self) -> None:
        """Remember how the server answers now: a scripted personality is found again by nothing but itself."""
        now = self._lab.personality
        self._met[now.name] = now
        if now.name not in self.state["personalities"]:
            self.show(personalities=[now.name, *self.state["personalities"]])
        self.show(personality=now.name)

    def _type(self, line: str) -> None:
        if self._lab.reading_message and line != ".":
            # message text: a dot at its beginning is doubled, or it could end the message (RFC 5321 §4.5.2)
            text = ("." + line if line.startswith(".") else line).encode("utf-8", "surrogateescape")
            self._lab.send_raw(text + b"\r\n")
        else:
            self._lab.send(line)

    def plain(self) -> str:
        """Return what was said so far, or how to begin."""
        said = self._lab.transcript
        shown = dialogue(row for exchange in said for row in rows(exchange, self.lang))
        return shown if len(said) else paragraphs(self.say("console_empty"))

    def __repr__(self) -> str:
        return f"<console of {self._lab!r}>"
