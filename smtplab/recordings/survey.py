"""What the recorded servers answered, as a table and as figures: the knowledge behind the gallery.

>>> survey().counts["214"] > survey().counts["211"]
True
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.recordings.recording import names, read
from smtplab.text.html import table
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtplab.recordings.recording import Recording

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "STAT", "STATUS", "XSTATUS", "NOOP", "VRFY postmaster")
"""The commands of the table, each sent after EHLO."""


@dataclass(frozen=True)
class Server:
    """One recorded server: name, software, version, date, and its dialogue: greeting, EHLO, one command at a time."""

    name: str
    software: str
    version: str
    date: str
    dialogues: dict[str, Transcript]

    def exchange(self, command: str) -> Exchange | None:
        """Return the exchange of a command, None where it was not recorded or got no reply."""
        dialogue = self.dialogues.get(command)
        return dialogue[-1] if dialogue is not None and dialogue[-1].reply is not None else None


def _dialogues(server: Recording) -> dict[str, Transcript]:
    """Return the dialogue of each command that was recorded; they share how they begin."""
    greeting = Exchange(None, Reply(server.greeting.octets), source="recorded")
    greeted = next(_hellos(server), None)
    dialogues = {}
    for command in COMMANDS:
        line = command.encode() + b"\r\n"
        reply = server.reply_to(line)
        if reply is None or not reply.octets:
            continue
        begun = [greeting, greeted] if greeted and line in server.in_phase("greeted") else [greeting]
        got = Exchange(line, Reply(reply.octets), 1, "recorded", reply.hangs_up)
        dialogues[command] = Transcript([*begun, got])
    return dialogues


def _hellos(server: Recording) -> Iterator[Exchange]:
    """Return what greeted the server with success, EHLO or LHLO."""
    for hello in (b"EHLO lab.example\r\n", b"LHLO lab.example\r\n"):
        reply = server.reply_to(hello, "connected")
        if reply is not None and reply.octets[:3] == b"250":
            yield Exchange(hello, Reply(reply.octets), source="recorded")


@dataclass(frozen=True, repr=False)
class Survey:
    """All recorded servers. Prints as a table: servers down, commands across, the code that each got."""

    servers: tuple[Server, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many servers answer a bare HELP with which code."""
        return Counter(
            str(helped.reply.code) for server in self.servers if (helped := server.exchange("HELP")) and helped.reply
        )

    def rows(self) -> list[list[str]]:
        """Return a row a server: its name and the code of each command, "-" where none was recorded."""
        return [[server.name, *(_code(server.exchange(command)) for command in COMMANDS)] for server in self.servers]

    def __repr__(self) -> str:
        return f"<Survey of {len(self.servers)} servers>"

    def __str__(self) -> str:
        rows = [["", *COMMANDS], *self.rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )

    def _repr_html_(self) -> str:
        return table(["", *COMMANDS], self.rows())


def _code(exchange: Exchange | None) -> str:
    return "-" if exchange is None or exchange.reply is None else str(exchange.reply.code)


@cache
def survey() -> Survey:
    """Return what all recorded servers answered; the recordings are read at the first call."""
    servers = []
    for name in names():
        server = read(name)
        servers.append(Server(name, server.software, server.version, server.date, _dialogues(server)))
    return Survey(tuple(servers))


@dataclass(frozen=True, repr=False)
class HelpChart:
    """A bar chart of what HELP gets from the recorded servers, with its figures as text beside it."""

    lang: str

    def rows(self) -> list[tuple[str, int, str]]:
        """Return code, number of servers and their names, the commonest code first."""
        by_code: dict[str, list[str]] = {}
        for name, code, *_ in survey().rows():
            by_code.setdefault(code, []).append(name)
        by_code.pop("-", None)
        ordered = sorted(by_code.items(), key=lambda item: (-len(item[1]), item[0]))
        return [(code, len(servers), ", ".join(servers)) for code, servers in ordered]

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        say = Texts("recordings/survey", self.lang)
        values = [{"code": code, "servers": number} for code, number, _ in self.rows()]
        bars = {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "description": say("title"),
            "title": say("title"),
            "data": {"values": values},
            "encoding": {
                "y": {
                    "field": "code",
                    "type": "nominal",
                    "sort": [row[0] for row in self.rows()],
                    "title": say("code"),
                },
                "x": {"field": "servers", "type": "quantitative", "title": say("servers"), "axis": {"tickMinStep": 1}},
            },
            "layer": [
                {"mark": {"type": "bar", "color": "#3566ad"}},
                # inside the bar, where the theme's ground does not matter
                {
                    "mark": {"type": "text", "align": "right", "dx": -6, "color": "white"},
                    "encoding": {"text": {"field": "servers"}},
                },
            ],
            "width": 420,
        }
        return {"application/vnd.vegalite.v5+json": bars, "text/plain": str(self)}

    def _ipython_display_(self) -> None:
        """Show the chart and, beside it, its figures: JupyterLab would take a table in the same output for better."""
        from IPython import display  # only a notebook asks for it

        show: Any = display.display
        show(self._repr_mimebundle_(), raw=True)
        show({"text/html": self._repr_html_(), "text/plain": str(self)}, raw=True)

    def _repr_html_(self) -> str:
        say = Texts("recordings/survey", self.lang)
        rows = [(code, str(number), servers) for code, number, servers in self.rows()]
        return table([say("code"), say("servers"), say("which")], rows, caption=say("title"))

    def __repr__(self) -> str:
        return "<HelpChart>"

    def __str__(self) -> str:
        return "\n".join(f"{code}  {'#' * number} {number}" for code, number, _ in self.rows())


def help_chart(*, lang: str | None = None) -> HelpChart:
    """Chart what the recorded servers answer to HELP. The plain equivalent: `print(smtplab.survey())`.

    lang: "en" or "es", else the language that is set.
    """
    return HelpChart(Texts("recordings/survey", lang).lang)
