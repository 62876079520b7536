"""A class's report in a browser: nothing for axe to find in light and dark, and nothing loaded; a picture of it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom.page import page
from smtplab.course.classroom.summing_up import sum_up
from smtplab.course.exercises import judged
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record

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
    """Return the report of a class of twelve."""
    top = tmp_path_factory.mktemp("class")
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
    (top / "Mia").mkdir()
    return top


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
