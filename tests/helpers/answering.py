"""Answering an exercise in the page as a learner does: the first that is chosen from, wrongly and rightly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from smtplab.course.exercises import Exercise, exercise
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCE = TOP / "notebooks/source"
VERDICTS = {"en": ("Not yet.", "Right."), "es": ("Todavía no.", "Correcto.")}
PREDICTED = {"en": "Your prediction: ", "es": "Tu predicción: "}
CELLS = """jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code")"""
START = "jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code: 'lab.start()'}).done"
SHOW = """async (text) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const at = notebook.widgets.findIndex((cell) => cell.model.sharedModel.getSource().includes(text));
  await notebook.scrollToItem(at, "center");
}"""


@dataclass(frozen=True)
class Question:
    """An exercise to choose an answer to, and the key of the right one, as the lesson's solution has it."""

    exercise: Exercise
    right: str


def question(lesson: str, lang: str) -> Question:
    """Return the first exercise of a lesson (its file name) that is chosen from."""
    text = (SOURCE / f"{lesson.removesuffix('.ipynb')}.md").read_text("utf-8")
    for name, right in re.findall(r'smtplab\.check\("([\w.]+)", "(\w+)", lab\)', text):
        candidate = exercise(name, lang)
        if candidate.kind in ("code", "choice"):
            return Question(candidate, right)
    raise AssertionError(f"{lesson} has no exercise to choose an answer to")


def answer_wrongly_and_rightly(page: Page, lesson: str, lang: str) -> None:
    """Answer in the page; the lab, which the lesson's last cell stopped, is started again first."""
    chosen = question(lesson, lang)
    wrong = next(key for key in chosen.exercise.options if key != chosen.right)
    page.evaluate(START)
    page.evaluate(SHOW, f'smtplab.exercise("{chosen.exercise.id}"')
    form = page.locator(".smtplab-ex").filter(has_text=chosen.exercise.question).first
    expect(form.get_by_role("radio")).to_have_count(len(chosen.exercise.options))
    not_yet, right = VERDICTS[lang]
    no, yes = (PREDICTED[lang],) * 2 if chosen.exercise.prediction else (not_yet, right)  # what was predicted stands
    for key, verdict in ((wrong, no), (chosen.right, yes)):
        form.locator(f"input[type=radio][value='{key}']").check()
        form.locator("[type=submit]").click()
        expect(form.get_by_role("status")).to_contain_text(verdict)


def run_all(page: Page, patience: float) -> None:
    """Clear all outputs, run all cells, and wait until the last one has run."""
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{CELLS}.every((cell) => cell.model.executionCount > 0)", timeout=patience)
