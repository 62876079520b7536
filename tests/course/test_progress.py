"""Progress as it is shown: in a notebook, in a terminal, and as a page to hand in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import smtplab
from smtplab import cli
from smtplab.course import exercises, logbook
from smtplab.course.attempts import Attempt, History
from smtplab.course.report import _row as row
from smtplab.course.tasks import Lesson, Task
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

NASTY = '<script>alert(1)</script> & "Ana" \x00\ud800'


@pytest.fixture
def some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory in which one prediction was wrong and one exercise is done."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    with smtplab.start(carrier="memory") as lab:
        smtplab.check("01.help", "250", lab)
        smtplab.check("01.rcpt", "HELP RCPT", lab)
    return tmp_path


class Page(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_nothing_done() -> None:
    """Without answers every exercise is still to do; the repr is short and always the same."""
    report = smtplab.progress()
    assert repr(report) == f"<Progress 0 of {len(exercises.exercises())}>"
    assert report.lessons[0].titles(done=False) == "The reply to HELP; The reply to STATUS; Help on RCPT"
    assert isinstance(report, smtplab.Progress)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ("1. First contact", "2 of 3", "Predictions made: 1; right: 0.", "still to do: The reply to STATUS")),
        (
            "es",
            (
                "1. Primer contacto",
                "2 de 3",
                "Predicciones hechas: 1; acertadas: 0.",
                "por hacer: La respuesta a STATUS",
            ),
        ),
    ],
)
def test_some_done(some: Path, lang: str, sentences: tuple[str, ...]) -> None:
    """Each lesson with its count, what is done and what is not, in both languages, as text and as HTML."""
    report = smtplab.progress(lang=lang)
    assert report.done == 2
    assert all(sentence in str(report) for sentence in sentences)
    page = Page(report._repr_html_())
    words = page.words.replace("\N{NO-BREAK SPACE}", " ")
    assert all(sentence in words for sentence in sentences[:3])
    assert {"en": "The reply to HELP; Help on RCPT", "es": "La respuesta a HELP; Ayuda sobre RCPT"}[lang] in page.words
    assert not re.search(r"\b0\d\.[a-z]", str(report) + page.words)
    assert "style" not in page.tags
    assert "color" not in report._repr_html_()
    smtplab.set_language(lang)
    assert str(smtplab.progress()) == str(report)


@pytest.mark.parametrize(("lang", "head", "count"), [("en", "done so far", "0 of 3"), ("es", "ya hechos", "0 de 3")])
def test_narrow_columns(lang: str, head: str, count: str) -> None:
    """In the notebook's table no count breaks, and a column that would be empty leaves its room to the others."""
    html = smtplab.progress(lang=lang)._repr_html_()
    assert f">{count.replace(' ', chr(0xA0))}<" in html
    assert head not in html
    assert html.count('<th scope="col"') == 4


def test_an_unknown_language() -> None:
    """An unknown language is refused by name."""
    with pytest.raises(smtplab.UnknownName, match=r"'fr'; there are: en, es"):
        smtplab.progress(lang="fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page(some: Path, lang: str) -> None:
    """The page stands alone: it loads and runs nothing; names, questions and days are text in it."""
    report = smtplab.progress(lang=lang)
    text = report.page(name=NASTY)
    page = Page(text)
    assert text.startswith(f'<!DOCTYPE html>\n<html lang="{lang}">')
    assert '<script>alert(1)</script> & "Ana"' in page.words
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "http" not in text
    assert exercises.exercise("01.status", lang).question in page.words
    assert len(re.findall(r"\d{4}-\d\d-\d\d", page.words)) == 3
    assert text.encode()
    assert Page(report.page()).words != page.words


def tries(*answers: str, hints: int = 0, solution_after: int | None = None) -> History:
    """Return a history of these answers, with the solution seen after so many of them."""
    history = History().with_help(hints, "")
    for number, answer in enumerate((*answers, "")):
        if number == solution_after:
            history = history.with_help(0, f"2026-01-02T00:00:{number:02}Z")
        if answer:
            at = f"2026-01-02T00:00:{number:02}Z"
            history = history.with_attempt(Attempt(at, answer, answer, right=answer == "right"))
    return history


OLD = History().with_attempt(Attempt("2026-01-02T12:00:00Z", None, "", right=True))
STATES = [
    (tries(), "open", False, "open", False),
    (tries("right"), "first", True, "came", True),
    (tries("wrong"), "open", False, "missed", True),
    (tries("wrong", "right"), "later", True, "missed", True),
    (tries("right", "wrong"), "first", True, "came", True),
    (tries(solution_after=0), "shown", False, "shown", False),
    (tries("right", solution_after=0), "shown", True, "shown", True),
    (tries("wrong", "right", solution_after=1), "shown", True, "missed", True),
    (tries("wrong", solution_after=1), "shown", False, "missed", True),
    (tries("wrong", "right", solution_after=2), "later", True, "missed", True),
    (tries("right", solution_after=1), "first", True, "came", True),
    (tries("right", hints=2), "first", True, "came", True),
    (OLD, "right", True, "came", True),
]


@pytest.mark.parametrize(("history", "state", "done", "predicted", "made"), STATES, ids=range(len(STATES)))
def test_states(history: History, state: str, done: bool, predicted: str, made: bool) -> None:
    """The first answer decides: of an exercise what was needed to be right, of a prediction whether it came true."""
    task = Task("x", "x", False, False, history)
    assert (task.state, task.done) == (state, done)
    prediction = Task("x", "x", True, False, history)
    assert (prediction.state, prediction.done) == (predicted, made)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", (
            "5 of 5 exercises done.", "Core: 2 of 2; deeper: 3 of 3.", "Right first time: 1; right later: 1.",
            "Solution seen before a right answer: 1.", "did not note at which try: 1.",
            "Predictions made: 1; right: 0.", "core: 2 of 2, deeper: 1 of 1", "deeper: 2 of 2",
        )),
        ("es", (
            "5 de 5 ejercicios hechos.", "Lo esencial: 2 de 2; más a fondo: 3 de 3.",
            "Correctos a la primera: 1; correctos después: 1.",
            "Solución vista antes de acertar: 1.", "no anotaba en qué intento: 1.",
            "Predicciones hechas: 1; acertadas: 0.", "lo esencial: 2 de 2, más a fondo: 1 de 1", "más a fondo: 2 de 2",
        )),
    ],
)  # fmt: skip
def test_sums(lang: str, sentences: tuple[str, ...]) -> None:
    """Each way to be done has its count, and core and deeper have theirs, in the text and in the page."""
    histories = (tries("250", "right"), tries("right"), tries("x", "right"), tries("right", solution_after=0), OLD)
    ids = ("01.help", "01.rcpt", "02.parts", "02.end", "02.broken")
    tasks = [
        Task(name, name, name == "01.help", number < 2, history)
        for number, (name, history) in enumerate(zip(ids, histories, strict=True))
    ]
    report = smtplab.Progress((Lesson("01", "One", tuple(tasks[:3])), Lesson("02", "Two", tuple(tasks[3:]))), lang)
    for sentence in sentences:
        assert sentence in str(report)
    for sentence in sentences[:6]:
        assert sentence in Page(report.page()).words
        assert sentence in Page(report._repr_html_()).words
    assert "deeper: 2 of 2" not in str(report).splitlines()[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_answer_is_shown(some: Path, lang: str) -> None:
    """The page shows the first answer in words, how many tries and hints there were, and says what it holds."""
    smtplab.check("02.last", "1")
    smtplab.check("02.last", "4")
    smtplab.check("02.parts", ["code"] * len(exercises.exercise("02.parts").items))
    smtplab.check("01.rcpt", b"HELP \xff" + b" x" * 150)
    logbook.logbook().note_help("02.last", hints=2)
    report = smtplab.progress(lang=lang)
    rows = {task.id: row(report, task) for lesson in report.lessons for task in lesson.tasks}
    assert rows["02.last"][4:7] == (exercises.exercise("02.last", lang).options["1"], "2", "2")
    assert rows["02.parts"][4].startswith("; ".join([exercises.exercise("02.parts", lang).options["code"]] * 2))
    assert rows["01.rcpt"][4:6] == ("HELP RCPT", "2")
    assert all(len(cell) <= 120 for cells in rows.values() for cell in cells[4:])
    held = {"en": "This page holds what is in its tables", "es": "Esta página contiene lo que está en sus tablas"}[lang]
    assert held in Page(report.page()).words
    assert str(some) not in report.page()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("some")
def test_what_is_kept_is_said(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what is kept and how that is switched off; it is the same there, as built lessons are."""
    kept = {
        "en": "are kept in one file on this disk only; with SMTPLAB_PROGRESS=off",
        "es": "se guardan en un archivo, solo en este disco; con SMTPLAB_PROGRESS=off",
    }[lang]
    report = smtplab.progress(lang=lang)
    assert kept in str(report)
    assert kept in report._repr_html_()
    monkeypatch.setenv("SMTPLAB_PROGRESS", "off")
    assert kept in str(smtplab.progress(lang=lang))


def test_saving_overwrites_nothing(some: Path) -> None:
    """A page is saved under the name given, or the next one that is free, and the path is returned."""
    report = smtplab.progress()
    assert report.save("mine.html", name="Ana") == Path("mine.html")
    first = (some / "mine.html").read_bytes()
    (some / "mine-2.html").symlink_to(some / "nowhere")
    assert report.save(some / "mine.html") == some / "mine-3.html"
    assert (some / "mine.html").read_bytes() == first
    assert not (some / "nowhere").exists()
    with pytest.raises(OSError, match="nosuch"):
        report.save(some / "nosuch/mine.html")


def test_every_lesson_has_a_title() -> None:
    """Each file of exercises is a lesson of the course, so no exercise is left out."""
    lessons = {exercise.partition(".")[0] for exercise in exercises.exercises()}
    assert lessons <= set(data("course/lessons"))
    assert [lesson.number for lesson in smtplab.progress().lessons] == sorted(lessons)


def test_the_command(some: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`smtplab progress` prints it, from the lessons' directory where there is one; --save writes the page."""
    monkeypatch.setenv("LANG", "C")
    assert cli.run(["progress"]) == 0
    told = capsys.readouterr().out
    assert "2 of 3" in told
    assert logbook.FILE not in told
    (some / cli.commands.LESSONS).mkdir()
    assert cli.run(["progress", "--lang", "es"]) == 0
    told = capsys.readouterr().out
    assert "0 de 3" in told
    assert told.startswith(f"Aún no hay respuestas guardadas en {some / cli.commands.LESSONS / logbook.FILE}")
    for file in ("page.html", "page-2.html"):
        assert cli.run(["progress", "--dir", ".", "--lang", "en", "--save", "page.html", "--name", "Ana"]) == 0
        assert capsys.readouterr().out == f"wrote {file}\n"
        assert "Ana, as of" in (some / file).read_text("utf-8")
    for wrong in (["--name", "Ana"], ["--dir", "nosuch"], ["--save", "nosuch/page.html"]):
        assert cli.run(["progress", *wrong]) == 2
        assert re.fullmatch("smtplab: .*(--save|nosuch).*\n", capsys.readouterr().err)


def test_the_command_reads_a_pupils_directory(some: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """--dir reads that directory even where the environment says otherwise."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", "off")
    monkeypatch.setenv("LANG", "C")
    assert cli.run(["progress", "--dir", str(some), "--lang", "en"]) == 0
    assert "2 of 3" in capsys.readouterr().out
    assert logbook.logbook().path is None
