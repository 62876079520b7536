"""The report of a class: judged again, told by idea, and whatever lies in the folder is named and hurts nobody."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import cli
from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom import page, shown, tables
from smtplab.course.classroom.handing_in import hand_in
from smtplab.course.classroom.summing_up import sum_up
from smtplab.course.classroom.to_show import to_show
from smtplab.course.exercises import exercise, exercises, judged
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smtplab.course.classroom.summing_up import Asked, ClassReport

NASTY = "<script>alert(1)</script> & \u202e\x1b[1m 花子 عبد‌الله =1+1"


def answers(**given: Any) -> bytes:
    """Return a progress file: for each exercise (`_01_help` is 01.help) the answers in their order, truly noted."""
    histories = {}
    for name, each in given.items():
        exercise_id, history = f"{name[1:3]}.{name[4:]}", History()
        for at, answer in enumerate(each):
            feedback, key = judged(exercise_id, answer, "en")
            history = history.with_attempt(
                Attempt(f"2026-11-20T10:00:{at:02}Z", answer, key, feedback.right, 0, 10.0 + at)
            )
        histories[exercise_id] = history
    return write_record(Record(histories))


def put(folder: Path, octets: bytes, name: str = FILE) -> Path:
    """Write a file into a folder of a class, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(octets)
    return folder


def zipped(path: Path, **members: bytes) -> Path:
    """Write a zip of these members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return path


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Return the folder of a class: four learners, three of whom took 211 for the answer to HELP."""
    folder = tmp_path / "class"
    for name in ("ana", "ben", "eva"):
        put(folder / name, answers(_01_help=["211"], _01_rcpt=["RCPT", "HELP RCPT"]))
    put(folder / "leo", answers(_01_help=["214"], _01_rcpt=["HELP RCPT"]))
    return folder


def of(report: ClassReport, name: str) -> Asked:
    """Return what a report has of an exercise."""
    return next(each for each in report.asked if each.id == name)


def told(report: ClassReport) -> str:
    """Return what a report says is wrong."""
    return "\n".join(shown.faults(report))


def test_a_class_is_summed_up(school: Path) -> None:
    """By exercise: who answered, right at once and in the end, medians, and the idea with its own feedback."""
    report = sum_up([school], lang="en")
    rcpt, help_ = of(report, "01.rcpt"), of(report, "01.help")
    assert (rcpt.answered, rcpt.first, rcpt.right, rcpt.tries, rcpt.seconds) == (4, 1, 4, 2.0, 10.0)
    assert [(idea.key, idea.learners, idea.answer) for idea in rcpt.ideas] == [("503", 3, "RCPT")]
    assert help_.ideas[0].sentence == data("course/exercises/01")["01.help"]["feedback"]["211"]["en"]
    assert [asked.id for asked, _ in report.topics] == ["01.help", "01.rcpt"]
    assert [(row.name, row.done(report.asked), row.first) for row in report.learners][-1] == ("leo", 2, 2)
    assert not report.faults
    assert all(each.ideas == () for each in sum_up([school], lang="en", at_least=4).asked)


def test_the_grading_decides(school: Path) -> None:
    """A file that claims a wrong answer to be right is contradicted and named; a function's claim is told as one."""
    forged = History().with_attempt(Attempt("2026-11-20T10:00:00Z", "HELP", "right", right=True))
    claim = History().with_attempt(Attempt("2026-11-20T10:00:00Z", None, "right", right=True))
    put(
        school / "max", write_record(Record({"01.rcpt": forged, "03.offers": claim, "01.status": claim, "99.x": claim}))
    )
    report = sum_up([school], lang="en")
    assert (of(report, "01.rcpt").answered, of(report, "01.rcpt").right) == (5, 4)
    assert (shown.first(of(report, "03.offers")), shown.right(of(report, "03.offers"))) == ("0 + 1", "0 + 1")
    assert of(report, "01.status").first == 0
    assert "max: the file says otherwise than the grading about 01.rcpt: HELP" in told(report)
    assert "max: answers to exercises that are not known here: 99.x" in told(report)
    assert [row.gainsaid for row in report.learners if row.name == "max"] == [1]


def test_each_answer_is_judged_once(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many learners gave an answer, it is judged once."""
    asked: list[Any] = []
    real: Callable[..., Any] = smtplab.course.classroom.judging.grade
    monkeypatch.setattr("smtplab.course.classroom.judging.grade", lambda *given: asked.append(given[1]) or real(*given))
    sum_up([school], lang="en")
    assert sorted(asked) == ["211", "214", "HELP RCPT", "RCPT"]


def test_hand_ins_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zips as `hand-in` makes them: loose, in a learner's folder, and in one zip of all, each under the name given."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    smtplab.check("01.help", "211")
    packed = {name: hand_in(name=name, notebooks=False).octets() for name in ("Ana", "Ben", "Cleo", NASTY)}
    folder = put(tmp_path / "class", packed["Ana"], "ana.zip")
    put(folder / "ben_17", packed["Ben"], "work.zip")
    zipped(tmp_path / "all.zip", **{"cleo/work.zip": packed["Cleo"], "x.zip": packed[NASTY]})
    report = sum_up([folder, tmp_path / "all.zip"], lang="en")
    assert [row.name for row in report.learners] == ["Ana", "Ben", "Cleo", NASTY.replace("\u202e\x1b", "")]
    assert of(report, "01.help").answered == 4
    assert not report.faults


def test_a_changed_hand_in_is_named(tmp_path: Path) -> None:
    """A hand-in whose answers are not those that its list of digests has is read, and named."""
    zipped(
        tmp_path / "a.zip", **{"SHA256SUMS": b"%s  %s\n" % (b"0" * 64, FILE.encode()), FILE: answers(_01_help=["211"])}
    )
    report = sum_up([tmp_path], lang="en")
    assert "a.zip/smtplab-progress.json: not as it was packed" in told(report)
    assert of(report, "01.help").answered == 1


def test_whatever_lies_there_is_named_and_skipped(school: Path) -> None:
    """Folders of other things, links, pipes, huge files, broken zips are named; the class is reported all the same."""
    put(school, b"%PDF", "exam.pdf")
    put(school, b"no zip", "broken.zip")
    put(school, b'{"a": 1}', "other.json")
    put(school / "empty", b"", "notes.txt")
    put(school / "deep", b'{"version": 2, "answers": ' + b"[" * 100_000)
    with (put(school / "huge", b"") / FILE).open("r+b") as file:
        file.truncate(1 << 30)
    zipped(school / "bomb.zip", **{f"kim/{FILE}": b" " * (1 << 20)})
    (put(school / "link", b"", "x") / FILE).symlink_to(school / "ana" / FILE)
    (school / "loop").symlink_to(school)
    os.mkfifo(put(school / "pipe", b"", "x") / FILE)
    os.mkfifo(school / "pipe.zip")
    before = sorted(str(path) for path in school.parent.rglob("*"))
    report = sum_up([school], lang="en")
    assert of(report, "01.help").answered == 4
    for sentence in (
        "exam.pdf: this is no hand-in", "broken.zip: no zip", "other.json: the file of answers is damaged",
        "empty: no file of answers", "deep: the file of answers is damaged", f"huge/{FILE}: larger than any",
        f"bomb.zip/kim/{FILE}: larger than any", f"link/{FILE}: a link", "loop: a link",
        f"pipe/{FILE}: no ordinary file", "pipe.zip: no ordinary file",
    ):  # fmt: skip
        assert sentence in told(report)
    assert sorted(str(path) for path in school.parent.rglob("*")) == before


def test_a_zip_that_leaves_its_folder_writes_nothing(tmp_path: Path) -> None:
    """A member whose path leads out of the folder is named and not read; the one beside it is."""
    folder = tmp_path / "class"
    folder.mkdir()
    away = {f"../{FILE}": b"x", f"/tmp/{FILE}": b"x", f"C:\\{FILE}": b"x", FILE: answers(_01_help=["211"])}
    zipped(folder / "evil.zip", **away)
    report = sum_up([folder], lang="en")
    assert told(report).count("would be unpacked outside of its folder") == 3
    assert of(report, "01.help").answered == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["class", "evil.zip"]


def test_a_half_written_file_keeps_its_whole_lines(tmp_path: Path) -> None:
    """Of a file that was cut short each whole line counts, and the damage is named."""
    octets = answers(_01_help=["211"], _01_rcpt=["HELP RCPT"], _01_status=["500"])
    put(tmp_path / "ana", octets[: octets.index(b'"01.status"') + 30])
    report = sum_up([tmp_path], lang="es")
    assert [each.id for each in report.asked] == ["01.help", "01.rcpt"]
    assert "ana: el archivo de respuestas está dañado" in told(report)


def test_impossible_answers_are_contradicted(tmp_path: Path) -> None:
    """Answers that no form of the exercise gives, odd seeds and times: nothing breaks, and each is named."""
    claim = '{"at": "2026-11-20T10:00:00Z", "key": "right", "right": true, "answer": %s, "seed": %s, "seconds": %s}'
    odd = [
        ("01.help", '"x"', 0, "NaN"), ("01.rcpt", '["HELP"]', -5, -1), ("02.digits", r'"\ud800"', 10**40, 1e308),
        ("02.parts", '["code"]', 0, 0), ("08.conform", "[]", 0, 0), ("07.log", json.dumps("(a+)+" * 40), 0, 0),
    ]  # fmt: skip
    lines = ",\n".join(f'"{name}": {{"attempts": [{claim % tuple(each)}]}}' for name, *each in odd)
    put(tmp_path / "max", f'{{"version": 2, "answers": {{\n{lines}\n}}}}'.encode())
    report = sum_up([tmp_path], lang="en")
    assert told(report).count("says otherwise than the grading") == len(odd)
    assert all(each.right == 0 for each in report.asked)
    page.page(report), tables.for_programs(report), tables.sheet(report), tables.text(report)


class Page(HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_stands_alone(school: Path, lang: str) -> None:
    """The page loads and runs nothing, has a picture with its figures as text, and shows names as text."""
    zipped(school / "z.zip", **{"hand-in.json": json.dumps({"name": NASTY}).encode(), FILE: answers(_01_help=["500"])})
    read = Page(page.page(sum_up([school], lang=lang)).decode())
    assert not {"script", "link", "img", "iframe"} & set(read.tags)
    assert not read.links
    assert read.tags.count("svg") == 2
    assert "alert(1)" in read.words
    assert "\u202e" not in read.words
    assert NASTY[-10:] in read.words
    assert {"en": "of 5", "es": "de 5"}[lang] in read.words
    assert data("course/classroom/texts")["topics"][lang] in read.words


def test_two_learners_with_one_name(tmp_path: Path) -> None:
    """Two learners of one name stay two, told apart by where their work lies."""
    label = json.dumps({"name": "Ana"}).encode()
    for place in ("a", "b"):
        zipped(tmp_path / f"{place}.zip", **{"hand-in.json": label, FILE: answers(_01_help=["211"])})
    assert [row.name for row in sum_up([tmp_path]).learners] == ["Ana (a.zip)", "Ana (b.zip)"]


def test_an_anonymous_report_names_nobody(school: Path) -> None:
    """Numbers stand for the learners, in figures and in what is wrong, and no place is told."""
    put(school / "zoe", b"{")
    put(school, b"x", "secret-name.pdf")
    report = sum_up([school], lang="en", anonymous=True)
    everything = (page.page(report) + tables.sheet(report) + tables.for_programs(report)).decode() + tables.text(report)
    assert not re.search(r"\b(ana|ben|eva|leo|zoe|secret-name)\b", everything)
    assert sorted(row.name for row in report.learners) == ["#1", "#2", "#3", "#4", "#5"]


def test_a_sheet_has_no_formulas(tmp_path: Path) -> None:
    """A name that a spreadsheet would compute is text; a cell has the points of an exercise."""
    put(tmp_path / "=1+2", answers(_01_help=["211"], _01_rcpt=["RCPT", "HELP RCPT"]))
    head, row = csv.reader(io.StringIO(tables.sheet(sum_up([tmp_path], lang="en")).decode("utf-8-sig")))
    assert row == ["'=1+2", "2", "2", "0", "0.5", "0.5"]
    assert head[4:] == ["01.help", "01.rcpt"]


def test_the_command(school: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`class report` prints it, or writes the files that are named and no other; one that is there stays."""
    assert cli.run(["class", "report", str(school)]) == 0
    out = capsys.readouterr().out
    assert "Three to talk about:\n1. The reply to HELP (3 of 4 learners)" in out
    files = [tmp_path / name for name in ("r.html", "r.csv", "r.json")]
    files[0].write_text("mine")
    options = [str(part) for file in files for part in (f"--{file.suffix[1:]}", file)]
    assert cli.run(["class", "report", str(school), *options, "--lang", "es", "--anonymous", "--at-least", "1"]) == 0
    assert files[0].read_text() == "mine"
    assert "Cómo va la clase" in (tmp_path / "r-2.html").read_text("utf-8")
    assert json.loads(files[2].read_text("utf-8"))["at_least"] == 1
    assert cli.run(["class", "report", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("name", exercises())
def test_what_is_to_be_shown_runs(name: str) -> None:
    """The code to show in the lab runs as it stands, for each exercise."""
    code = to_show(name, "en", "VRFY you" if exercise(name, "en").kind == "command" else "")
    names: dict[str, Any] = {"smtplab": smtplab}
    exec(code, names)
    if lab := names.get("lab"):
        assert lab.transcript
        lab.stop()
