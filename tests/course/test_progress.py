"""Progress as it is shown: in a notebook, in a terminal, and as a page to hand in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import smtplab
from smtplab import cli
from smtplab.course import exercises, logbook
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
    assert report.lessons[0].ids(done=False) == "01.help, 01.status, 01.rcpt"
    assert isinstance(report, smtplab.Progress)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ("1. First contact", "2 of 3", "Predictions made: 1; right: 0.", "still to do: 01.status")),
        ("es", ("1. Primer contacto", "2 de 3", "Predicciones hechas: 1; acertadas: 0.", "por hacer: 01.status")),
    ],
)
def test_some_done(some: Path, lang: str, sentences: tuple[str, ...]) -> None:
    """Each lesson with its count, what is done and what is not, in both languages, as text and as HTML."""
    report = smtplab.progress(lang=lang)
    assert report.done == 2
    assert all(sentence in str(report) for sentence in sentences)
    page = Page(report._repr_html_())
    assert all(sentence in page.words for sentence in sentences[:3])
    assert "01.help, 01.rcpt" in page.words
    assert "style" not in page.tags
    assert "color" not in report._repr_html_()
    smtplab.set_language(lang)
    assert str(smtplab.progress()) == str(report)


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
    assert "2 of 3" in capsys.readouterr().out
    (some / cli.commands.LESSONS).mkdir()
    assert cli.run(["progress", "--lang", "es"]) == 0
    assert "0 de 3" in capsys.readouterr().out
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
