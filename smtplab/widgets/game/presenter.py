"""Behind the game: a round of recorded replies, the guesses, and why each reply is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.course.game import LAST, game_round, result
from smtplab.recordings.personalities import origin
from smtplab.rfc.judge import OUTCOMES
from smtplab.text.html import paragraphs, table
from smtplab.widgets.kinds import kinds_view
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import reply_view

if TYPE_CHECKING:
    from smtplab.course.game import Cell


class GamePresenter(Presenter):
    """A round. The page sends a guess, "next", or another round's number; no answer is in the state before its guess.

    number: the round's. Raises TypeError and ValueError as `game_round` does.
    """

    def __init__(self, number: int = 1, lang: str | None = None) -> None:
        super().__init__(lang)
        self._begin(number)

    def _begin(self, number: int) -> None:
        self._round = game_round(number)
        self._hits: list[bool] = []
        self._last: dict[str, Any] | None = None
        self._at = 0
        self._tell_round()

    def guess(self, code: str | int) -> bool:
        """Guess the code of the cell in turn; return whether that is it. A cell is guessed once."""
        cell = self._round.cells[self._at]
        if self._last is None:
            self._hits.append(str(code) == cell.code)
            self._last = {"guess": str(code), "right": self._hits[-1], **self._details(cell)}
            self._tell_round()
        return self._hits[self._at]

    def received(self, content: dict[str, Any]) -> None:
        """Take a guess, go on to the next cell, or begin another round; anything else changes nothing."""
        kind, cells = content.get("type"), self._round.cells
        if kind == "guess" and content.get("code") in cells[self._at].options:
            self.guess(str(content["code"]))
        elif kind == "next" and self._last is not None and self._at + 1 < len(cells):
            self._at, self._last = self._at + 1, None
            self._tell_round()
        elif kind == "round":
            number = str(content.get("number")).strip()
            if number.isascii() and number.isdigit() and len(number) < len(str(LAST * 10)) and int(number):
                self._begin(int(number))
            else:
                self.show(round={**self.state["round"], "error": self.say("game_no_round", last=LAST)})

    def _tell_round(self) -> None:
        cell, over = self._round.cells[self._at], len(self._hits) == len(self._round.cells)
        about = f"{origin(cell.server.software, self.lang)}, {origin(cell.server.version, self.lang)}"
        self.show(round={
            "number": self._round.number, "at": self._at, "all": len(self._round.cells), "hits": list(self._hits),
            "cell": {
                "server": cell.server.name, "about": about, "command": cell.command, "options": list(cell.options),
            },
            "last": self._last,
            "result": result(self._round.number, self._hits, self.lang) if over else "",
            "error": "",
        })  # fmt: skip

    def _details(self, cell: Cell) -> dict[str, Any]:
        return {
            "code": cell.code,
            "reply": reply_view(cell.reply, self.lang),
            "parts": kinds_view(cell.reply, self.lang),
            "closed": cell.dialogue[-1].closed,
            "reasons": [cell.company(self.lang), cell.listed(self.lang)],
            "verdicts": [
                {
                    "weight": OUTCOMES.index(verdict.outcome),
                    "words": verdict.words,
                    "text": verdict.rule.text,
                    "source": verdict.rule.source,
                }
                for verdict in cell.verdicts(self.lang)
            ],
        }

    def plain(self) -> str:
        """Return the round's questions as a table."""
        head = [self.say(f"game_head_{key}") for key in ("number", "server", "command", "options")]
        rows = [
            (str(number), cell.server.name, cell.command, ", ".join(cell.options))
            for number, cell in enumerate(self._round.cells, 1)
        ]
        return paragraphs(self.say("game_round", number=self._round.number)) + table(head, rows)

    def __repr__(self) -> str:
        return f"<game round {self._round.number}>"
