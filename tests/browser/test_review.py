"""A review in JupyterLab: one question after another in one card, by keyboard, and progress below it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

CELLS = [
    "import datetime, os, smtplab\nos.environ['SMTPLAB_PROGRESS'] = 'review-progress.json'",
    "for id, answer in [('01.help', '250'), ('02.last', '4'), ('01.rcpt', 'HELP RCPT')]: smtplab.check(id, answer)",
    "smtplab.review(today=datetime.date.today() + datetime.timedelta(3))",
    "smtplab.progress()",
    "smtplab.review()",
]


def test_a_review(jupyterlab, open_notebook, picture) -> None:
    """Each question says which it is and in which case it is asked; the last one says how it went."""
    jupyterlab.put("review.ipynb", *CELLS)
    notebook = open_notebook("review.ipynb")
    notebook.run_all(len(CELLS))
    page, keyboard = notebook.page, notebook.page.keyboard
    card = page.locator(".smtplab-ex")
    expect(card).to_have_count(1)
    card.scroll_into_view_if_needed()
    head, way = card.locator(".smtplab-ex-kind"), card.locator(".smtplab-ex-next")
    for number in (1, 2, 3):
        expect(head).to_contain_text(f"{number} of 3 · lesson ")
        picture(card, f"review-{number}")
        options = card.get_by_role("radio")
        if options.count():
            expect(head).to_contain_text("variant ")
            options.last.focus()
            keyboard.press("Space")
        else:
            card.get_by_role("textbox").focus()
            keyboard.type("HELP RCPT")
        keyboard.press("Enter")
        expect(card.locator(".smtplab-ex-feedback")).not_to_be_empty()
        result = Axe().run(page, context=".smtplab-ex")
        assert result.response["violations"] == []
        expect(way).to_have_text("Finish" if number == 3 else "Next question")
        way.focus()
        keyboard.press("Enter")
    over = card.locator(".smtplab-ex-over")
    expect(over).to_contain_text("of 3 answered.")
    expect(over).to_be_focused()
    expect(way).to_be_hidden()
    expect(page.get_by_text("Nothing is due today. The next question comes on ")).to_be_visible()
    expect(page.get_by_text("exercises done.")).to_be_visible()
    picture(card, "review-over")
    notebook.theme("Dark")
    picture(card, "review-over-dark")
