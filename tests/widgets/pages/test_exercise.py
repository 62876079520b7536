"""The exercise in a blank page: each kind is filled in and answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from smtplab.course.grading import KINDS
from smtplab.widgets.exercise.presenter import ExercisePresenter
from tests.helpers.blank_page import Mounted
from tests.helpers.kinds import of_kind

if TYPE_CHECKING:
    from playwright.sync_api import Page

    import smtplab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXERCISES = {kind: of_kind(kind) for kind in KINDS}


def test_every_kind_of_exercise_is_tried_here() -> None:
    """There is an exercise of each kind."""
    assert set(EXERCISES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_exercise_keeps_a_draft(page: Page, lab: smtplab.Lab, kind: str) -> None:
    """What is filled in but not sent is saved, and put back in a new view; half an answer is told so and not sent."""
    presenter = ExercisePresenter(EXERCISES[kind], lab)
    it = Mounted(page, presenter)
    expect(it.el.locator(".smtplab-ex-question")).to_have_text(presenter.state["question"])
    controls = it.el.locator("fieldset :is(input, select, textarea)")
    check = it.el.locator("[type=submit]")
    if kind == "function":
        expect(controls).to_have_count(0)
        expect(it.el.locator("code")).to_have_text([presenter.state["name"], presenter.state["call"]])
        return
    check.click()
    expect(it.el.get_by_role("status")).to_contain_text("The answer is not complete yet")
    expect(controls.first).to_be_focused()
    assert it.answer() == []
    first = controls.first
    if kind in ("code", "choice"):
        first.check()
        draft: Any = first.input_value()
    elif kind in ("parts", "sort"):
        first.select_option(index=1)
        draft = [first.input_value(), *[""] * (controls.count() - 1)]
    elif kind == "series":
        first.fill("214")
        first.blur()
        draft = ["214", *[""] * (controls.count() - 1)]
    else:
        first.fill("HELP x")
        first.blur()
        draft = "HELP x"
    assert it.saved()[-1]["given"] == draft
    presenter.state["given"] = draft
    again = Mounted(page, presenter)
    values = again.el.locator("fieldset :is(input:checked, input[type=text], select, textarea)")
    assert values.evaluate_all("all => all.map((one) => one.value)") == (draft if isinstance(draft, list) else [draft])


def test_exercise_is_answered(page: Page, lab: smtplab.Lab) -> None:
    """An answer is sent and its feedback shown, with the reply; a refusal is neither right nor wrong."""
    it = Mounted(page, ExercisePresenter("01.rcpt", lab))
    status, entry = it.el.get_by_role("status"), it.el.get_by_role("textbox")
    entry.fill(" RCPT TO:<a@b.example> ")
    it.press("Enter")
    assert [(sent["type"], sent["answer"]) for sent in it.sent] == [("answer", "RCPT TO:<a@b.example>")]
    assert 0 <= it.sent[0]["seconds"] < 60
    expect(status).to_contain_text("Not yet.")
    expect(status).to_have_class("smtplab-ex-feedback is-not-yet")
    entry.fill("HELP RCPT")
    it.press("Enter")
    expect(status).to_contain_text("Right.")
    expect(status).to_have_class("smtplab-ex-feedback is-right")
    expect(it.el.get_by_role("region")).to_contain_text("214")
    it.presenter.received({"type": "answer", "answer": "HE\nLP"})
    expect(status).to_contain_text("LF")
    expect(status.locator("strong")).to_have_count(0)
    expect(status).not_to_have_class(re.compile("is-"))


def test_exercise_shows_an_answer_from_python(page: Page, lab: smtplab.Lab) -> None:
    """An answer from a cell fills the field and shows its feedback; a new view shows the last one."""
    presenter = ExercisePresenter("01.rcpt", lab)
    it = Mounted(page, presenter)
    presenter.answer("help rcpt")
    for view in (it, Mounted(page, presenter)):
        expect(view.el.get_by_role("textbox")).to_have_value("help rcpt")
        expect(view.el.get_by_role("status")).to_contain_text("Right.")
