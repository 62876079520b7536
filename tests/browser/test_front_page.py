"""The front page in a browser: the game, the experiments, the look-ups, their addresses, pages without script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import smtplab
from smtplab.course.experiments import experiment, experiments
from smtplab.course.game import CELLS, game_round
from smtplab.recordings.recording import names
from smtplab.site.landing import home
from tests.helpers.visiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.helpers.visiting import Visit

pytestmark = pytest.mark.timeout(400)

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifts.push(value);
}).observe({ type: "layout-shift", buffered: true });
"""


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds on the whole page."""
    found = Axe().run(page).response["violations"]
    return [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]


def wide(page: Page) -> bool:
    """Return whether one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_round_that_is_the_same_everywhere(visit: Visit) -> None:
    """`#round=12` opens the cells that Python draws; they are guessed by keyboard alone, to the next round."""
    page = visit.page("#round=12")
    game = page.locator("#game")
    for cell in game_round(12).cells:
        expect(game.locator("legend")).to_have_text(
            f"{cell.server.name} is sent {cell.command}. Which code does it answer with?"
        )
        expect(game.locator("input[type=radio]")).to_have_count(len(cell.options))
        game.locator(f"input[value='{cell.code}']").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(game.locator(".guess")).to_contain_text(f"and {cell.code} it is.")
        expect(game.get_by_role("button", name=re.compile("Next|Round 13"))).to_be_focused()
        page.keyboard.press("Enter")
    expect(game.locator(".head")).to_contain_text("Round 13 · reply 1 of 10")
    assert page.url.endswith("#round=13")


def test_a_result_is_copied(visit: Visit) -> None:
    """The heading counts the servers; a click begins round 1, and at its end a line of text is on the clipboard."""
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.page("es/")
    expect(page.get_by_role("heading", name=f"{len(names())} servidores: adivina primero")).to_be_visible()
    page.get_by_role("button", name="Jugar la ronda 1").click()
    game = page.locator("#game")
    for number in range(1, CELLS + 1):
        game.locator("input[type=radio]:enabled").first.check()
        game.get_by_role("button", name="Ver la respuesta").click()
        game.get_by_text("Desmontarla").click()
        expect(game.locator(".parts tbody tr").first).to_contain_text("RFC 5321")
        if number < CELLS:
            game.get_by_role("button", name="Siguiente").click()
    game.get_by_role("button", name="Copiar como texto").click()
    expect(game.locator(".said")).to_have_text("Copiado.")
    assert re.fullmatch(r"smtplab 214\? ronda 1 · \d+/10 · [■□]{10}", page.evaluate("navigator.clipboard.readText()"))
    assert violations(page) == []


def test_each_experiment(visit: Visit) -> None:
    """Each is made by one click, in the console and as Python makes it, and says what to look for; one click resets."""
    page = visit.page("")
    console = page.locator("#console")
    expect(console.get_by_role("combobox", name="Command")).to_be_focused()
    count = 0
    with smtplab.start(carrier="memory") as lab:
        for name in experiments():
            wanted = experiment(name, lab, lang="en")
            page.locator(f"[data-experiment={name}]").click()
            count += len(wanted.transcript)
            expect(console.locator(".exchange")).to_have_count(count)
            shown = console.locator(".exchange").all()[-len(wanted.transcript) :]
            codes = [each.locator(".reading strong").all_inner_texts() for each in shown]
            assert codes == [[f"{each.reply.code}"] if each.reply else [] for each in wanted.transcript]
            expect(page.locator("#note")).to_contain_text(wanted.look)
            expect(page.locator("#note")).to_be_focused()
            expect(page.locator("#note a")).to_have_attribute("href", re.compile(rf"path=en/{wanted.lesson}-"))
    page.get_by_role("button", name="Back to the lab's own server").click()
    page.keyboard.type("HELP")
    page.keyboard.press("Enter")
    expect(console.locator(".reading strong").last).to_have_text("214")
    expect(console.locator("select")).to_have_value("rfc5321")


def test_before_python_is_there(visit: Visit) -> None:
    """What is clicked while Python starts is done when it is there."""
    page = visit.page("")
    page.locator("[data-experiment=no-status]").click()
    expect(page.locator("#console .reading strong").last).to_have_text("211")


@pytest.mark.parametrize(
    ("lang", "address", "text"),
    [
        ("en", "code=554", "Transaction failed"),
        ("es", "compare=211-214", "Mensaje de ayuda"),
        ("en", "compare=999-214", "999"),
    ],
)
def test_an_address_of_its_own(visit: Visit, lang: str, address: str, text: str) -> None:
    """A code and a comparison open by their address, in sight; what cannot be one says so."""
    page = visit.page(f"{home(lang)}#{address}")
    expect(page.locator("#lookup")).to_contain_text(text)
    expect(page.locator("#lookup-title")).to_be_in_viewport()


def test_a_log_of_ones_own(visit: Visit) -> None:
    """Pasted lines are taken apart, nothing of them becomes part of the address, and nothing is asked of anybody."""
    page = visit.page("#code=211")
    lookup = page.locator("#lookup")
    expect(lookup.locator("tbody")).to_contain_text("HELP")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lookup.get_by_role("textbox").fill("status=bounced (host mx[192.0.2.1] said: 550-no\n550 5.1.1 <b>no</b>")
    lookup.get_by_role("button", name="Look up").click()
    expect(lookup.locator(".said")).to_have_count(2)
    expect(lookup.locator(".said .wire").nth(0)).to_have_text("550-no")
    assert "#" not in page.url
    assert asked == []
    lookup.get_by_role("textbox").fill("421 451")
    lookup.get_by_role("textbox").press("Enter")
    expect(lookup.locator("thead")).to_contain_text("451")
    assert page.url.endswith("#compare=421-451")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone(visit: Visit, scheme: str) -> None:
    """At 390 pixels, light and dark, nothing is wider than the page, axe finds nothing, and hardly anything moves."""
    page = visit.context.new_page()
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.add_init_script(SHIFTS)
    page.goto(f"{visit.site}es/")
    page.locator("html[data-ready]").wait_for()
    page.locator("[data-command=HELP]").click()
    expect(page.locator("#anatomy .part").first).to_be_visible()
    page.locator("#play").click()
    expect(page.locator("#game legend")).to_be_visible()
    page.locator("#side_by_side").scroll_into_view_if_needed()
    expect(page.locator("#side_by_side .code")).to_have_count(2)
    page.locator("#lookup textarea").fill("211 214")
    page.locator("#lookup textarea").press("Enter")
    expect(page.locator("#lookup thead")).to_contain_text("214")
    assert not wide(page)
    assert violations(page) == []
    assert sum(page.evaluate("shifts")) < 0.1


def test_nobody_has_to_scroll(visit: Visit) -> None:
    """What stands side by side is there without a scroll and without a reply, for a print or a picture of the page."""
    page = visit.page("")
    expect(page.locator("#side_by_side .code")).to_have_text(["214", "211"])
    expect(page.locator("#lookup textarea")).to_have_count(1)
    expect(page.locator("#console .exchange")).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("path", ["codes/index.html", "codes/211.html", "compare/211-214.html"])
def test_a_page_without_script(visit: Visit, path: str, lang: str) -> None:
    """Narrow or wide, axe finds nothing on it; its first link leads to the front page's own place for it."""
    page = visit.page(f"{home(lang)}{path}")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert not wide(page)
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    if "211" in path:
        page.locator("a.primary").click()
        expect(page.locator("#lookup tbody")).to_contain_text("211" if "214" in path else "HELP")
