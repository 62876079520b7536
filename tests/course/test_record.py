"""The form of the progress file: nothing that belongs to a history is lost on the way, and it stays small."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from smtplab.course.attempts import Attempt, History, day, moment, now
from smtplab.course.record import LIMIT, Note, Record, read_notes, read_record, write_notes, write_record

FIRST = Attempt("2026-01-02T03:04:05Z", "250", "250", right=False, seconds=3.25)
SECOND = Attempt("2026-01-02T03:05:00Z", ("code", "\ud800"), "right", right=True, seed=3)
NO_MOMENT = [
    "yesterday", "", "2026-01-02", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05+00", 7, None,
    "20260102T030405.00Z", "2026-01-02 03:04:05Z", "2026-01-02T03:04:0\u0665Z",
]  # fmt: skip


def record(*notes: Note) -> Record:
    """Return a record that holds notes."""
    return Record().with_notes(list(notes))


def at(number: int) -> str:
    """Return a moment, the later the greater the number."""
    return f"2026-02-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def test_there_and_back() -> None:
    """What is written is read again: attempts with all they hold, help, other versions' words, what was merged."""
    whole = record(
        Note("01.help", FIRST), Note("01.help", SECOND), Note("01.help", hints=2), Note("02.code", hints=1),
        Note("01.help", solution="2026-01-02T03:06:00Z"), Note("99.other", FIRST),
    )  # fmt: skip
    whole = replace(whole, others={"99.other": {"note": "x"}}, merged=("a", "b"))
    assert read_record(write_record(whole)) == (whole, True)
    assert whole.histories["01.help"] == History(
        (FIRST, SECOND), 2, 2, "2026-01-02T03:06:00Z", "2026-01-02T03:05:00Z", 2
    )


def test_notes_there_and_back() -> None:
    """The file beside holds notes as they were."""
    notes = [Note("01.help", FIRST), Note("01.help", SECOND), Note("01.rcpt", hints=2, solution=FIRST.at)]
    assert read_notes(write_notes(notes)) == notes
    for bad in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"notes": [{}]}',
        b'{"notes": [7]}',
        write_notes(notes).replace(b":04:", b":64:"),
    ):
        assert read_notes(bad) is None


@pytest.mark.parametrize("text", NO_MOMENT, ids=repr)
def test_what_is_no_moment(text: object) -> None:
    """Text that is no real date and time is not understood as one, wherever one stands; the rest of the entry is."""
    assert moment(text) is None
    for wrong in ("solution", "right_at"):
        entry = {"attempts": [{"at": FIRST.at, "answer": "x", "key": "y", "right": False}], wrong: text}
        understood, whole = read_record(json.dumps({"version": 2, "answers": {"01.help": entry}}).encode())
        assert (understood.histories["01.help"].tries, whole) == (1, text == "")
    entry = {"attempts": [{"at": text, "answer": "x", "key": "y", "right": False}], "hints": 1}
    understood, whole = read_record(json.dumps({"version": 2, "answers": {"01.help": entry}}).encode())
    assert (understood.histories["01.help"], whole) == (History(hints=1), False)
    if text != "2026-01-02":
        old = {"version": 1, "answers": {"01.help": {"answered": text, "right": True}}}
        assert read_record(json.dumps(old).encode()) == (Record(), False)


@pytest.mark.parametrize(
    "damage",
    [
        {"key": 1}, {"right": 1}, {"right": "yes"}, {"answer": 7}, {"answer": [7]}, {"answer": {}}, {"seed": 1.5},
        {"seed": True}, {"seconds": "3"}, {"another": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_an_attempt_that_is_none(damage: dict[str, object]) -> None:
    """An attempt whose parts are of another form is not understood, and that is said; its neighbours are."""
    good = {"at": FIRST.at, "answer": "x", "key": "y", "right": False}
    data = {"version": 2, "answers": {"01.help": {"attempts": [good, {**good, **damage}]}}}
    understood, whole = read_record(json.dumps(data).encode())
    assert (understood.histories["01.help"].tries, whole) == (1, False)


def test_the_day_is_the_learners_own() -> None:
    """A moment's day is that of the learner's clock; what is no moment has none."""
    assert (moment(now()).astimezone().date(), now()[-1]) == (day(now()), "Z")
    for extreme in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert day(extreme)
    with pytest.raises(ValueError, match="yesterday"):
        day("yesterday")


def test_attempts_in_their_order() -> None:
    """A note that comes late is put where its time is; of the same second, the one that came first is first."""
    later = replace(FIRST, at="2026-01-03T00:00:00Z")
    same = replace(FIRST, answer="211")
    history = record(*(Note("01.help", each) for each in (later, FIRST, same))).histories["01.help"]
    assert history.attempts == (FIRST, same, later)


@pytest.mark.parametrize(
    ("notes", "right_first"),
    [
        ((Note("x", SECOND),), True),
        ((Note("x", FIRST), Note("x", SECOND)), False),
        ((Note("x", SECOND), Note("x", solution=SECOND.at)), True),
        ((Note("x", hints=2), Note("x", SECOND)), True),
        ((Note("x", solution=SECOND.at), Note("x", SECOND)), False),
        ((Note("x", replace(SECOND, key="")),), False),
        ((Note("x", hints=1),), False),
    ],
    ids=["at once", "later", "then the solution", "with hints", "after the solution", "version 1", "no answer"],
)
def test_right_first_time(notes: tuple[Note, ...], right_first: bool) -> None:
    """Right first time is the first answer, given before the solution was seen, and known to be the first."""
    assert record(*notes).histories["x"].right_first is right_first


def test_a_full_file_folds_the_oldest_detail() -> None:
    """The file stays below its limit; first, last, counts, hints, solution stay, and the latest attempts of all."""
    notes = [
        Note(f"{number % 50:02}.x", Attempt(at(number), f"answer {number}", "250", right=number >= 900, seconds=1.5))
        for number in range(1000)
    ]
    before = record(*notes, Note("07.x", hints=2, solution=at(3)))
    octets = write_record(before)
    assert LIMIT * 0.9 < len(octets) <= LIMIT
    after, whole = read_record(octets)
    assert whole
    for key, history in before.histories.items():
        folded = after.histories[key]
        assert replace(folded, attempts=()) == replace(history, attempts=())
        assert (folded.first, folded.last) == (history.first, history.last)
        assert folded.attempts[-8:] == history.attempts[-8:]
        assert len(folded.attempts) < folded.tries == 20
    again = after.with_notes([Note("07.x", Attempt(at(2000), "214", "214", right=True))])
    assert read_record(write_record(again))[0] == again  # there is room again for a while


def test_a_file_of_long_answers() -> None:
    """Where first and last alone are too much, long answers are cut, and end with a mark; a very long one always is."""
    notes = [Note(f"{number:02}.x", Attempt(at(number), "é" * 3000, "250", right=False)) for number in range(50)]
    octets = write_record(record(*notes))
    assert len(octets) <= LIMIT
    assert all(len(read_record(octets)[0].histories[note.exercise].first.answer) == 101 for note in notes)
    long = Attempt(at(0), ("x" * 10**6, "y"), "250", right=False)
    kept = read_record(write_record(record(Note("x", long))))[0].histories["x"].first.answer
    assert (len(kept[0]), kept[0][-1], kept[1]) == (4001, "…", "y")


def test_nothing_of_the_machine_is_in_it() -> None:
    """The file holds what the learner answered and when: no keys but those that are stated."""
    data = json.loads(write_record(record(Note("x", FIRST), Note("x", SECOND), Note("x", solution=FIRST.at, hints=1))))
    assert data.keys() == {"version", "merged", "answers"}
    assert data["answers"]["x"].keys() == {"attempts", "tries", "hints", "solution", "right_at", "unaided"}
    assert {key for each in data["answers"]["x"]["attempts"] for key in each} == {
        "at", "answer", "key", "right", "seed", "seconds",
    }  # fmt: skip
