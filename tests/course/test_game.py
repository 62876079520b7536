"""Guess first: a number is the same round everywhere, from easy to odd, and a result tells no answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from smtplab.course.game import CELLS, LAST, game_round, result
from smtplab.recordings.survey import COMMANDS, survey
from smtplab.text.language import LANGUAGES
from tests.helpers.paths import TOP

ROUNDS = (1, 2, 12, 214, LAST)


def cells(number: int) -> list[str]:
    """Return a round's cells in short."""
    return [repr(cell) for cell in game_round(number).cells]


def test_a_round_is_the_same_in_every_python() -> None:
    """Another process, whose sets and hashes have another order, draws the same cells."""
    source = (
        f"from smtplab.course.game import game_round; print([repr(c) for n in {ROUNDS} for c in game_round(n).cells])"
    )
    environment = {**os.environ, "PYTHONPATH": str(TOP), "PYTHONHASHSEED": "4711"}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr([cell for number in ROUNDS for cell in cells(number)])


@pytest.mark.parametrize("number", ROUNDS)
def test_a_round_has_ten_cells_that_get_harder(number: int) -> None:
    """Ten cells, each a recorded reply, at most as hard as the next; the first is common and the last is odd."""
    drawn = game_round(number).cells
    assert len(drawn) == CELLS
    assert [cell.points for cell in drawn] == sorted(cell.points for cell in drawn)
    assert drawn[0].points < 50
    assert drawn[-1].points > 100
    for cell in drawn:
        exchange = cell.server.exchange(cell.command)
        assert exchange is not None
        assert exchange.reply == cell.reply


def test_the_options_are_what_the_column_has() -> None:
    """One chooses from the codes that recorded servers gave to the command, and the right one is among them."""
    rows = survey().rows()
    for number in range(1, 12):
        for cell in game_round(number).cells:
            place = 1 + COMMANDS.index(cell.command)
            assert set(cell.options) == {row[place] for row in rows} - {"-"}
            assert cell.code in cell.options
            assert cell.alike == sum(row[place] == cell.code for row in rows)


def test_rounds_differ_and_are_not_crowded() -> None:
    """A hundred numbers are a hundred rounds; hardly any asks one server twice, or one command more than twice."""
    rounds = [game_round(number) for number in range(1, 101)]
    assert len({tuple(map(repr, each.cells)) for each in rounds}) == len(rounds)
    servers = [len({cell.server.name for cell in each.cells}) for each in rounds]
    commands = [max(Counter(cell.command for cell in each.cells).values()) for each in rounds]
    assert sum(count < CELLS for count in servers) <= 5
    assert sum(count > 2 for count in commands) <= 5


def test_every_server_comes_up() -> None:
    """No recorded server is left out of the game."""
    seen = {cell.server.name for number in range(1, 301) for cell in game_round(number).cells}
    assert seen == {server.name for server in survey().servers}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_result_tells_no_answer(lang: str) -> None:
    """The line has the round, how many were right, and marks: no code, no server, no address."""
    line = result(12, [True, False, True], lang)
    assert re.fullmatch(r"smtplab 214\? \w+ 12 · 2/3 · ■□■", line)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_reply_has_its_reason(lang: str) -> None:
    """Each cell says how many servers answer so and whether an RFC lists it; what is notable is the first verdict."""
    for cell in (cell for number in range(1, 20) for cell in game_round(number).cells):
        assert cell.code in cell.company(lang)
        assert cell.command in cell.company(lang)
        verdicts = cell.verdicts(lang)
        assert tuple(verdicts.notable) == tuple(verdicts)[: len(verdicts.notable)]
        assert cell.code in cell.listed(lang)
        assert cell.points > 100 or "RFC" in cell.listed(lang)


@pytest.mark.parametrize("number", [0, -1, LAST + 1])
def test_a_number_that_is_no_round(number: int) -> None:
    """Outside its limits a number is refused with them."""
    with pytest.raises(ValueError, match=f"from 1 to {LAST}"):
        game_round(number)


@pytest.mark.parametrize("number", ["1", 1.0, True, None])
def test_what_is_no_number(number: object) -> None:
    """Anything but a whole number is refused by its type."""
    with pytest.raises(TypeError, match=type(number).__name__):
        game_round(number)  # type: ignore[arg-type]
