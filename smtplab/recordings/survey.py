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
from smtplab.recordings.recording import names, recording
from smtplab.text.html import table
from smtplab.text.texts import Texts

if TYPE_CHECKING:
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
        said = self.dialogues.get(command)
        return said[-1] if said is not None and said[-1].reply is not None else None


def _dialogue(made: Recording, command: str) -> Transcript | None:
    line = command.encode() + b"\r\n"
    phase = "greeted" if line in made.answers.get("greeted", {}) else "connected"
    said = made.answers.get(phase, {}).get(line)
    if said is None or not said.octets:
        return None
    exchanges = [Exchange(None, Reply(made.greeting.octets), source="recorded")]
    for hello in (b"EHLO lab.example\r\n", b"LHLO lab.example\r\n"):
        greeted = made.answers.get("connected", {}).get(hello)
        if phase == "greeted" and greeted is not None and greeted.octets[:3] == b"250":
            exchanges.append(Exchange(hello, Reply(greeted.octets), source="recorded"))
            break
    exchanges.append(Exchange(line, Reply(said.octets), 1, "recorded", said.hangs_up))
    return Transcript(exchanges)


@dataclass(frozen=True, repr=False)
class Survey:
    """All recorded servers. Prints as a table: servers down, commands across, the code that each got."""

    servers: tuple[Server, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many servers answer a bare HELP with which code."""
        return Counter(
            str(said.reply.code) for server in self.servers if (said := server.exchange("HELP")) and said.reply
        )

    def rows(self) -> list[list[str]]:
        """Return a row a server: its name and the code of each command, "-" where none was recorded."""
        return [
            [
                server.name,
                *(str(said.reply.code) if (said := server.exchange(c)) and said.reply else "-" for c in COMMANDS),
            ]
            for server in self.servers
        ]

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


@cache
def survey() -> Survey:
    """Return what all recorded servers answered; the recordings are read at the first call."""
    found = []
    for name in names():
        made = recording(name)
        dialogues = {command: said for command in COMMANDS if (said := _dialogue(made, command))}
        found.append(Server(name, made.software, made.version, made.date, dialogues))
    return Survey(tuple(found))


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
