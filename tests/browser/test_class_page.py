"""A class's report in a browser: nothing for axe to find in light and dark, and nothing loaded; a picture of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom.page import page
from smtplab.course.classroom.summing_up import sum_up
from smtplab.course.exercises import judged
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("Ana", "Ben", "Carla", "Dae", "Eva", "Farid", "Greta", "Hugo", "Inés", "João", "Kenji", "Lola")
ANSWERS = {
    "01.help": [["211"]] * 4 + [["214"]] * 7 + [["250"]],
    "01.status": [["211"]] * 8 + [["500"]] * 3 + [["250"]],
    "01.rcpt": [["RCPT", "HELP RCPT"]] * 5 + [["HELP RCPT"]] * 4 + [["HELP"]] * 3,
    "03.inside": [["214"]] * 3 + [["503"]] * 9,
    "04.verb": [["STATUS"], ["XQLENGTH"], ["STAT", "XQLENGTH"]] * 4,
}
"""What a class may have answered in its first lessons, a learner after another."""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the folder of a class of twelve, and of one who has answered nothing."""
    top = tmp_path_factory.mktemp("class")
    put_class(top)
    (top / "Mia").mkdir()
    return top


def put_class(top: Path) -> None:
    """Write what the class has answered."""
    for at, name in enumerate(NAMES):
        histories = {}
        for exercise_id, answers in ANSWERS.items():
            history = History()
            for minute, answer in enumerate(answers[at]):
                feedback, key = judged(exercise_id, answer, "en")
                moment = f"2026-11-20T10:{minute:02}:00Z"
                history = history.with_attempt(Attempt(moment, answer, key, feedback.right, 0, 8.0 + at))
            histories[exercise_id] = history
        (top / name).mkdir()
        (top / name / FILE).write_bytes(write_record(Record(histories)))


@pytest.mark.parametrize("look", ["en-light", "en-dark", "es-light", "es-dark"])
def test_the_page_in_a_browser(browser, report, tmp_path, picture, look: str) -> None:
    """The page reads well in both schemes and languages: axe finds nothing, and nothing is asked of any server."""
    lang, _, scheme = look.partition("-")
    (tmp_path / "report.html").write_bytes(page(sum_up([report], lang=lang)))
    with browser.new_context(color_scheme=scheme, viewport={"width": 1100, "height": 1000}) as context:
        shown = context.new_page()
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto((tmp_path / "report.html").as_uri())
        found = Axe().run(shown)
        assert found.response["violations"] == [], found.generate_report()
        assert [url for url in asked if not url.startswith("file:")] == []
        assert shown.locator("svg[role=img]").count() == len(ANSWERS)
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(shown.locator("body"), f"class-report-{look}")


def test_a_class_is_watched_in_jupyterlab(jupyterlab, open_notebook, picture) -> None:
    """In a notebook the report is there, in both themes, and has a new answer within two seconds of it."""
    folder = jupyterlab.root / "class"
    folder.mkdir()
    put_class(folder)
    jupyterlab.put("watch.ipynb", "import smtplab; smtplab.watch_class('class', lang='es')")
    notebook = open_notebook("watch.ipynb")
    notebook.run_all(1)
    watched = notebook.widget("watch_class")
    expect(watched).to_contain_text("Alumnos: 12.")
    (folder / "Mia").mkdir()
    wrong = History().with_attempt(Attempt("2026-11-20T10:00:00Z", "EXPN", "500", right=False))
    (folder / "Mia" / "part").write_bytes(write_record(Record({"01.rcpt": wrong})))
    (folder / "Mia" / "part").rename(folder / "Mia" / FILE)
    began = time.monotonic()
    expect(watched).to_contain_text("Alumnos: 13.")
    assert time.monotonic() - began < 2
    for theme in ("Light", "Dark"):
        notebook.theme(theme)
        found = Axe().run(notebook.page, context=".smtplab-watch_class")
        assert found.response["violations"] == [], found.generate_report()
        picture(watched, f"watch-class-{theme.lower()}")
