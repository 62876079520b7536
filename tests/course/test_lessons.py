"""The lessons on a learner's disk: nothing a learner wrote is ever lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from smtplab.course import lessons
from smtplab.course.graders import grader
from smtplab.course.grading import KINDS
from smtplab.errors import UnknownName
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data, listing
from tests.helpers.paths import TOP


def notebook(text: str) -> str:
    """Make a notebook of one cell."""
    cell = nbformat.v4.new_code_cell(text, id="a")
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put two lessons where the package looks for them."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in ("01-one", "02-two"):
        (folder / f"{name}.ipynb").write_text(notebook(f"print('{name}')"))
    monkeypatch.setattr(lessons, "lessons", lambda _lang=None: tuple(sorted(folder.glob("*.ipynb"))))
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Name the learner's directory, which is not there yet."""
    return tmp_path / "a/b/mine"


def test_the_first_time(shipped: Path, mine: Path) -> None:
    """All lessons are copied, the directory made; the second time nothing changes."""
    assert lessons.copy_lessons(mine) == lessons.Report(copied=("01-one.ipynb", "02-two.ipynb"))
    assert (mine / "01-one.ipynb").read_bytes() == lessons.learners_copy(shipped / "01-one.ipynb")
    assert nbformat.read(mine / "01-one.ipynb", 4) == nbformat.read(shipped / "01-one.ipynb", 4)
    assert lessons.copy_lessons(mine) == lessons.Report(unchanged=("01-one.ipynb", "02-two.ipynb"))


def test_no_output_is_brought(shipped: Path, mine: Path) -> None:
    """What is copied, brought anew, put beside or reset holds no output, and that is no change."""
    for name in ("01-one", "02-two"):
        ran = nbformat.read(shipped / f"{name}.ipynb", as_version=4)
        ran.cells[0] |= {"execution_count": 7, "outputs": [nbformat.v4.new_output("stream", text="the answer")]}
        nbformat.write(ran, shipped / f"{name}.ipynb")
    lessons.copy_lessons(mine)
    assert lessons.copy_lessons(mine) == lessons.Report(unchanged=("01-one.ipynb", "02-two.ipynb"))
    (mine / "01-one.ipynb").write_text(notebook("my work"))
    for name in ("01-one", "02-two"):
        path = shipped / f"{name}.ipynb"
        path.write_text(path.read_text().replace("print", "Print"))
    assert lessons.copy_lessons(mine).beside == (("01-one.ipynb", "01-one.new.ipynb"),)
    lessons.reset_lesson(mine, "02-two")
    copies = [path for path in mine.glob("*.ipynb") if "my work" not in path.read_text()]
    assert len(copies) == 3
    for path in copies:
        (cell,) = nbformat.read(path, as_version=4).cells
        assert (cell.outputs, cell.execution_count) == ([], None)


def test_a_changed_lesson_stays(shipped: Path, mine: Path) -> None:
    """A lesson the learner has changed stays as it is; nothing is put beside it while the shipped one is the same."""
    lessons.copy_lessons(mine)
    (mine / "01-one.ipynb").write_text(notebook("my work"))
    report = lessons.copy_lessons(mine)
    assert report.unchanged == ("01-one.ipynb", "02-two.ipynb")
    assert "my work" in (mine / "01-one.ipynb").read_text()
    assert [path.name for path in sorted(mine.glob("*.ipynb"))] == ["01-one.ipynb", "02-two.ipynb"]


def test_a_new_version(shipped: Path, mine: Path) -> None:
    """A new version takes a lesson's place where it was only run, and that is kept; else it is put beside, once."""
    lessons.copy_lessons(mine)
    ran = nbformat.read(mine / "02-two.ipynb", as_version=4)
    ran.cells[0].execution_count = 7
    ran.cells[0].outputs = [nbformat.v4.new_output("stream", text="02-two")]
    nbformat.write(ran, mine / "02-two.ipynb")
    (mine / "01-one.ipynb").write_text(notebook("my work"))
    for name in ("01-one", "02-two"):
        (shipped / f"{name}.ipynb").write_text(notebook(f"new {name}"))
    wanted = lessons.Report(
        renewed=("02-two.ipynb",), kept=(("02-two.ipynb", "02-two.mine.ipynb"),),
        beside=(("01-one.ipynb", "01-one.new.ipynb"),),
    )  # fmt: skip
    assert lessons.copy_lessons(mine) == wanted
    assert "my work" in (mine / "01-one.ipynb").read_text()
    assert "new 01-one" in (mine / "01-one.new.ipynb").read_text()
    assert "new 02-two" in (mine / "02-two.ipynb").read_text()
    assert nbformat.read(mine / "02-two.mine.ipynb", as_version=4).cells[0].outputs == ran.cells[0].outputs
    assert lessons.copy_lessons(mine) == lessons.Report(unchanged=("02-two.ipynb",), beside=wanted.beside)
    assert len(list(mine.glob("*.ipynb"))) == 4


@pytest.mark.parametrize(("first", "second"), [("en", "es"), ("es", "en")])
def test_another_language(mine: Path, first: str, second: str) -> None:
    """Lessons of another language stand beside those that are there, lead to one another, and replace nothing."""
    lessons.copy_lessons(mine, first)
    names = sorted(path.name for path in mine.glob("*.ipynb"))
    ran = nbformat.read(mine / names[0], as_version=4)
    ran.cells[1].source = "my work"
    nbformat.write(ran, mine / names[0])
    before = {name: (mine / name).read_bytes() for name in names}
    report = lessons.copy_lessons(mine, second)
    assert report.copied == tuple(name.replace(".ipynb", f".{second}.ipynb") for name in names)
    assert report == lessons.Report(copied=report.copied)
    assert {name: (mine / name).read_bytes() for name in names} == before
    links = set(re.findall(r"\]\((\d\d-[^)#]+)", (mine / report.copied[0]).read_text("utf-8")))
    assert links
    assert links < set(report.copied)
    assert lessons.copy_lessons(mine, second) == lessons.Report(unchanged=report.copied)
    assert lessons.copy_lessons(mine, first).unchanged == tuple(names)
    assert lessons.reset_lesson(mine, "1", second) == (report.copied[0], report.copied[0].replace(".ip", ".mine.ip"))
    assert list(lessons.changed_lessons(mine)) == names[:1]


@pytest.mark.parametrize(
    "damaged", ["{", "[]", "[" * 100_000, '{"version": 99, "copied": {}}', '{"version": 1, "copied": {"a": 1}}', "\xff"]
)
def test_a_damaged_memory(shipped: Path, mine: Path, damaged: str) -> None:
    """A damaged or newer memory is set aside, and everything there is taken for the learner's."""
    lessons.copy_lessons(mine)
    (mine / "01-one.ipynb").write_text(notebook("my work"))
    (mine / lessons.MANIFEST).write_text(damaged, "latin-1")
    report = lessons.copy_lessons(mine)
    assert report.beside == (("01-one.ipynb", "01-one.new.ipynb"),)
    assert "my work" in (mine / "01-one.ipynb").read_text()
    assert [path.read_text("latin-1") for path in mine.glob(".*damaged*")] == [damaged]


def test_a_file_that_is_no_notebook(shipped: Path, mine: Path) -> None:
    """A file of a lesson's name that is no notebook is the learner's too."""
    mine.mkdir(parents=True)
    (mine / "01-one.ipynb").write_text("notes")
    assert lessons.copy_lessons(mine).beside == (("01-one.ipynb", "01-one.new.ipynb"),)
    assert (mine / "01-one.ipynb").read_text() == "notes"


def test_a_link_is_not_followed(shipped: Path, mine: Path, tmp_path: Path) -> None:
    """A link of a lesson's name, even one that leads nowhere, is left alone and nothing is written through it."""
    mine.mkdir(parents=True)
    (mine / "01-one.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    lessons.copy_lessons(mine)
    assert not (tmp_path / "elsewhere.ipynb").exists()
    assert (mine / "01-one.ipynb").is_symlink()


def test_reset_keeps_the_old_one(shipped: Path, mine: Path) -> None:
    """Reset brings a fresh lesson and keeps the old one, each time under a name of its own."""
    lessons.copy_lessons(mine)
    (mine / "01-one.ipynb").write_text(notebook("first work"))
    assert lessons.reset_lesson(mine, "1") == ("01-one.ipynb", "01-one.mine.ipynb")
    (mine / "01-one.ipynb").write_text(notebook("second work"))
    assert lessons.reset_lesson(mine, "01-one") == ("01-one.ipynb", "01-one.mine-2.ipynb")
    assert "first work" in (mine / "01-one.mine.ipynb").read_text()
    assert "second work" in (mine / "01-one.mine-2.ipynb").read_text()
    assert "print" in (mine / "01-one.ipynb").read_text()
    with pytest.raises(UnknownName, match=r"'9'; there are: 01-one, 02-two"):
        lessons.reset_lesson(mine, "9")


def test_a_write_that_fails_leaves_nothing_half(shipped: Path, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be put in place the error names it, and no temporary or half file is left."""

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    mine.mkdir(parents=True)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(lessons.LessonError, match=r"cannot write .*01-one\.ipynb: No space left"):
        lessons.copy_lessons(mine)
    assert list(mine.iterdir()) == []


def test_shipped_lessons_are_found() -> None:
    """All languages have the same lessons, and each is a notebook."""
    shipped = {lang: lessons.lessons(lang) for lang in LANGUAGES}
    assert len({tuple(path.name for path in paths) for paths in shipped.values()}) == 1
    assert all(json.loads(path.read_text("utf-8"))["nbformat"] == 4 for paths in shipped.values() for path in paths)


SOURCES = {path.name[:2]: path for path in (TOP / "notebooks/source").glob("*.md")}
NUMBERS = sorted(SOURCES.keys() | set(listing("course/exercises", ".toml")) | set(data("course/lessons")))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_lesson_is_complete(number: str) -> None:
    """A lesson has its text, its exercises, its title in every language, and a grader for each written answer."""
    assert number in SOURCES, f"no notebooks/source/{number}-….md"
    assert number in listing("course/exercises", ".toml"), f"no smtplab/course/exercises/{number}.toml"
    assert number in data("course/lessons"), f"no title of {number} in smtplab/course/lessons.toml"
    headings = re.findall(r"^# (\d+)\. (.+)$", SOURCES[number].read_text("utf-8"), re.MULTILINE)
    titles = [data("course/lessons")[number][lang] for lang in LANGUAGES]
    assert headings == [(str(int(number)), title) for title in titles], "the text's headings and the titles differ"
    for exercise_id, row in data(f"course/exercises/{number}").items():
        if KINDS[row["kind"]].outcomes is None:
            assert callable(grader(exercise_id)), f"no {exercise_id} in smtplab/course/graders/lesson{number}.py"
