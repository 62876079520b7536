"""Behind the gallery: recorded servers by commands, what each answered; open a cell for octets, parts and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.recordings.personalities import origin
from smtplab.recordings.survey import COMMANDS, survey
from smtplab.rfc.codes import explain
from smtplab.rfc.judge import OUTCOMES, Verdict, judge
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import reply_view

if TYPE_CHECKING:
    from smtplab.recordings.survey import Server


class GalleryPresenter(Presenter):
    """Servers by commands. The page asks to open a cell and gets its details.

    predict: whether the page has each code predicted before it shows it, until the reader wishes otherwise.
    """

    def __init__(self, lang: str | None = None, *, predict: bool = False) -> None:
        super().__init__(lang)
        rows = [
            {"name": server.name, "about": _about(server, self.lang), "codes": codes}
            for server, (_, *codes) in zip(survey().servers, survey().rows(), strict=True)
        ]
        codes = sorted({code for row in rows for code in row["codes"]} - {"-"})
        names = {code: explain(code, self.lang).text for code in codes}
        self.show(commands=list(COMMANDS), servers=rows, names=names, predict=predict)

    def received(self, content: dict[str, Any]) -> None:
        """Send the details of the cell that the page opens."""
        if content.get("type") != "open":
            return
        server = next((candidate for candidate in survey().servers if candidate.name == content.get("server")), None)
        command = str(content.get("command"))
        dialogue = server.dialogues.get(command) if server else None
        if server is None or dialogue is None or dialogue[-1].reply is None:
            return
        self.tell({
            "type": "details", "server": server.name, "command": command,
            "about": _about(server, self.lang),
            "reply": reply_view(dialogue[-1].reply, self.lang),
            "closed": dialogue[-1].closed,
            "verdicts": [_verdict(verdict) for verdict in judge(dialogue[-1], dialogue, lang=self.lang)],
        })  # fmt: skip

    def plain(self) -> str:
        """Return the table of codes."""
        return survey()._repr_html_()

    def __repr__(self) -> str:
        return f"<gallery of {len(self.state['servers'])} servers>"


def _about(server: Server, lang: str) -> str:
    return f"{origin(server.software, lang)}, {origin(server.version, lang)}, {server.date}"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    weight = OUTCOMES.index(verdict.outcome)
    return {"weight": weight, "words": verdict.words, "text": verdict.rule.text, "source": verdict.rule.source}
