"""The gallery and the chart in a real JupyterLab."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.fixture
def gallery(jupyterlab, open_notebook):
    """Open a notebook with the gallery and the chart."""
    jupyterlab.put("gallery.ipynb", "import smtplab; smtplab.gallery()", "smtplab.help_chart()")
    notebook = open_notebook("gallery.ipynb")
    notebook.run_all(2)
    return notebook


def test_open_a_cell(gallery, picture) -> None:
    """A cell opened by keyboard shows the octets and the verdicts; the filter keeps what HELP answered."""
    widget = gallery.widget("gallery")
    cell = widget.get_by_role("button", name="exim-4.96, HELP: 214 Help message")
    cell.focus()
    gallery.page.keyboard.press("Enter")
    details = widget.locator(".details")
    expect(details).to_contain_text("214-Commands supported: CR LF")
    expect(details).to_contain_text("conforms to 21 rules")
    widget.get_by_label("HELP answered").select_option("211")
    expect(widget.locator("tbody tr")).to_have_count(1)
    expect(widget.locator("tbody th")).to_have_text("dumbster-1.6")
    widget.get_by_label("HELP answered").select_option("")
    picture(widget, "gallery-light")
    gallery.theme("Dark")
    picture(widget, "gallery-dark")
    gallery.theme("Light")


def test_predict_then_reveal(gallery) -> None:
    """With "Predict first" a cell hides its code until a code was chosen; the score counts."""
    widget = gallery.widget("gallery")
    widget.get_by_label("Predict first").check()
    expect(widget.get_by_role("button", name="214")).to_have_count(0)
    for server, guess, score in (
        ("dumbster-1.6", "214", "HELP: 0 of 1 right"),
        ("exim-4.96", "214", "HELP: 1 of 2 right"),
    ):
        widget.get_by_role("button", name=f"{server}, HELP: not revealed yet").click()
        widget.get_by_role("radio", name=guess).check()
        widget.get_by_role("button", name="Reveal", exact=True).click()
        expect(widget.get_by_role("status")).to_have_text(score)
    expect(widget.get_by_role("button", name="dumbster-1.6, HELP: 211")).to_be_visible()
    expect(widget.locator(".details")).to_contain_text("exim-4.96: HELP")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing(gallery, theme: str) -> None:
    """Axe finds no violation in the gallery, with a cell open and a prediction asked for."""
    widget = gallery.widget("gallery")
    widget.get_by_role("button", name="haraka-3.3.4, HELP: 250").click()
    expect(widget.locator(".details")).to_contain_text("violates a MUST")
    gallery.theme(theme)
    for predict in (False, True):
        widget.get_by_label("Predict first").set_checked(predict)
        if predict:
            widget.get_by_role("button", name="exim-4.96, HELP: not revealed yet").click()
        violations = Axe().run(gallery.page, context=".smtplab-gallery").response["violations"]
        assert [(violation["id"], node["html"][:160]) for violation in violations for node in violation["nodes"]] == []


def test_the_chart_is_drawn(gallery, picture) -> None:
    """JupyterLab draws the chart itself, with nothing fetched from elsewhere."""
    foreign: list[str] = []
    gallery.page.on("request", lambda request: foreign.append(request.url) if "127.0.0.1" not in request.url else None)
    chart = gallery.page.locator(".jp-RenderedVegaCommon5").first
    chart.locator("svg, canvas").first.wait_for()
    expect(gallery.page.get_by_role("table", name="What HELP gets from the recorded servers")).to_be_visible()
    picture(chart, "chart-light")
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []
