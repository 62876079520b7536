"""Guess first: rounds of recorded replies to be guessed. A pure draw: a number is the same round for everybody.

Each command of the survey with each code that it got is one kind of question. Its points, which are the difficulty,
come from the recordings and the RFCs: how many of a hundred servers answer that command otherwise, and 50 for each step
away from what is listed (a code of another command; a code that no RFC defines). The kinds, from the easiest to the
hardest, are cut into ten bands, and a round has one cell of each; so that neither the common nor the rare ones fill it,
a kind takes as much of a band as the square root of the number of its cells. What is drawn is what SHA-256 puts first,
so it depends on the round's number and the recordings alone.

>>> [cell.points for cell in game_round(12).cells] == sorted(cell.points for cell in game_round(12).cells)
True
>>> result(12, [True, True, False])
'smtplab 214? round 12 · 2/3 · ■■□'
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import isqrt
from typing import TYPE_CHECKING

from smtplab.recordings.survey import COMMANDS, survey
from smtplab.rfc.codes import cite, explain
from smtplab.rfc.judge import CONFORMS, Verdicts, judge
from smtplab.rfc.registry import defined_codes
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Transcript
    from smtplab.recordings.survey import Server

_say = Sentences("course/errors")

CELLS = 10
"""How many cells a round has."""
LAST = 999_999
"""The highest number of a round."""
_STEP = 50
_MOST_OF_A_COMMAND = 2
_LISTED = ("listed", "other_command", "no_code")
"""The sentence for each number of steps away."""
HIT, MISS = "■", "□"


@dataclass(frozen=True, repr=False)
class Cell:
    """A reply to be guessed.

    server: who answered. command: what was sent. dialogue: the greeting, EHLO, and at last this command.
    options: the codes that the recorded servers gave to this command, in order.
    points: the difficulty. alike: how many servers gave this code to this command, of how many (`asked`).
    """

    server: Server
    command: str
    dialogue: Transcript
    options: tuple[str, ...]
    points: int
    alike: int
    asked: int

    @property
    def reply(self) -> Reply:
        """The server's reply."""
        reply = self.dialogue[-1].reply
        assert reply is not None
        return reply

    @property
    def code(self) -> str:
        """The reply's code."""
        return str(self.reply.code)

    def __repr__(self) -> str:
        return f"<Cell {self.server.name} {self.command}>"

    def verdicts(self, lang: str | None = None) -> Verdicts:
        """Return what the rules say, the worst first: all that is notable, and what was kept and is about this."""
        about = re.compile(rf"\b(?:{self.code}|{self.command.split()[0]})\b")
        return Verdicts(
            verdict
            for verdict in judge(self.dialogue[-1], self.dialogue, lang=lang)
            if verdict.outcome != CONFORMS or about.search(verdict.rule.text)
        )

    def company(self, lang: str | None = None) -> str:
        """Return in a sentence how many of the recorded servers answer so."""
        key = "alone" if self.alike == 1 else "company"
        return Texts("course/game", lang)(
            key, alike=self.alike, asked=self.asked, command=self.command, code=self.code, server=self.server.name
        )

    def listed(self, lang: str | None = None) -> str:
        """Return in a sentence whether an RFC lists the code for the command, with its source."""
        verb, known = self.command.partition(" ")[0], explain(self.code, lang)
        return Texts("course/game", lang)(
            _LISTED[_steps_away(verb, known.code)],
            code=self.code, verb=verb, answers=known.answers, source=cite(known.source, known.lang),
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Round:
    """A round. number: from 1. cells: to be guessed in this order, the easiest first."""

    number: int
    cells: tuple[Cell, ...]

    def __repr__(self) -> str:
        return f"<Round {self.number}>"


def game_round(number: int) -> Round:
    """Return a round by its number, from 1 to `LAST`. Raises TypeError and ValueError for any other."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(_say("round_type", kind=type(number).__name__))
    if not 1 <= number <= LAST:
        raise ValueError(_say("round_number", last=LAST))
    chosen: list[Cell] = []
    servers = {server.name: _lot(number, server.name) for server in survey().servers}
    for band in _bands():
        kinds = sorted(band, key=lambda kind: _lot(number, kind[0].command, kind[0].code))
        in_turn = [cell for kind in kinds for cell in sorted(kind, key=lambda cell: servers[cell.server.name])]
        chosen.append(min(in_turn, key=lambda cell: _crowded(cell, chosen)))  # the first of those that crowd least
    return Round(number, tuple(chosen))


def result(number: int, hits: Sequence[bool], lang: str | None = None) -> str:
    """Return a result as a line of text: it tells nobody what the answers are.

    hits: whether each guess was right.
    """
    marks = "".join(HIT if hit else MISS for hit in hits)
    return Texts("course/game", lang)("result", number=number, right=sum(hits), all=len(hits), marks=marks)


def _crowded(cell: Cell, chosen: Iterable[Cell]) -> tuple[bool, bool]:
    """Return what a round should not have: a server twice, or a command more than twice."""
    commands = [other.command for other in chosen]
    servers = [other.server.name for other in chosen]
    return cell.server.name in servers, commands.count(cell.command) >= _MOST_OF_A_COMMAND


def _lot(*values: object) -> str:
    return hashlib.sha256(" ".join(map(str, values)).encode()).hexdigest()


@cache
def _bands() -> tuple[tuple[tuple[Cell, ...], ...], ...]:
    """Return the kinds of question in ten bands, the easiest first; a kind is its cells."""
    kinds: dict[tuple[int, int, str], list[Cell]] = {}
    for place, command in enumerate(COMMANDS):
        for cell in _column(command):
            kinds.setdefault((cell.points, place, cell.code), []).append(cell)
    ordered = [tuple(cells) for _, cells in sorted(kinds.items())]
    widths = [isqrt(10_000 * len(cells)) for cells in ordered]  # hundredths, in whole numbers: the same everywhere
    bands: list[list[tuple[Cell, ...]]] = [[] for _ in range(CELLS)]
    for end, width, cells in zip(accumulate(widths), widths, ordered, strict=True):
        bands[(2 * end - width) * CELLS // (2 * sum(widths))].append(cells)
    return tuple(map(tuple, bands))


def _column(command: str) -> list[Cell]:
    """Return the cells of a command."""
    answered = [(server, server.dialogues[command]) for server in survey().servers if server.exchange(command)]
    codes = Counter(str(exchange.reply.code) for _, (*_, exchange) in answered if exchange.reply)
    asked, options = len(answered), tuple(sorted(codes))
    cells = []
    for server, dialogue in answered:
        reply = dialogue[-1].reply
        assert reply is not None
        alike = codes[str(reply.code)]
        points = 100 * (asked - alike) // asked + _STEP * _steps_away(command.partition(" ")[0], reply.code)
        cells.append(Cell(server, command, dialogue, options, points, alike, asked))
    return cells


def _steps_away(verb: str, code: int) -> int:
    """Return how far a code is from what an RFC lists for a verb: 0 listed, 1 a code of others, 2 no RFC's code."""
    if {verb, "any"} & set(explain(code).commands):
        return 0
    return 1 if code in defined_codes() else 2
