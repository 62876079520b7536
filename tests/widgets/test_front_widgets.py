"""The game and the look-up: their presenters, and each in a blank page by keyboard alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

import smtplab
from smtplab.course.game import CELLS, LAST, game_round
from smtplab.text.language import LANGUAGES
from smtplab.widgets.game.presenter import GamePresenter
from smtplab.widgets.lookup.presenter import LookupPresenter
from tests.helpers.blank_page import BLANK, Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOG = "status=bounced (host mx[192.0.2.1] said: 550 5.1.1 <script>alert(1)</script> (in reply to RCPT TO command))"


# --- the presenters


def test_no_answer_is_in_the_state_before_its_guess() -> None:
    """What a page has of a cell before it is guessed is the same whatever the answer is; afterwards it has all."""
    game = GamePresenter(12, "en")
    for cell in game_round(12).cells:
        before = game.state["round"]
        assert before["last"] is None
        assert set(before) == {"number", "at", "all", "hits", "cell", "last", "result", "error"}
        assert set(before["cell"]) == {"server", "about", "command", "options"}
        assert set(game.state) == {"texts", "lang", "round"}
        assert before["cell"]["options"] == list(cell.options)
        game.received({"type": "guess", "code": cell.options[0]})
        last = game.state["round"]["last"]
        assert (last["code"], last["right"]) == (cell.code, cell.options[0] == cell.code)
        assert last["reply"]["code"] == cell.code
        assert last["parts"]
        assert len(last["reasons"]) == 2
        game.received({"type": "guess", "code": cell.code})  # once is all
        assert game.state["round"]["last"] == last
        game.received({"type": "next"})
    json.dumps(game.state)
    hits = [cell.options[0] == cell.code for cell in game_round(12).cells]
    assert game.state["round"]["hits"] == hits
    assert game.state["round"]["result"].startswith(f"smtplab 214? round 12 · {sum(hits)}/{CELLS} · ")


@pytest.mark.parametrize("number", ["0", "-1", "x", "", None, str(LAST * 10), "\u0661", "1" * 400, 1.5])
def test_a_wish_for_no_round_is_answered(number: object) -> None:
    """What is no number of a round leaves the round as it was, and says which numbers there are."""
    game = GamePresenter(3, "es")
    game.guess(game_round(3).cells[0].code)
    game.received({"type": "round", "number": number})
    assert game.state["round"]["number"] == 3
    assert game.state["round"]["hits"] == [True]
    assert str(LAST) in game.state["round"]["error"]
    game.received({"type": "round", "number": " 4 "})
    assert (game.state["round"]["number"], game.state["round"]["error"]) == (4, "")


@pytest.mark.parametrize(
    "message", [{}, {"type": "guess"}, {"type": "guess", "code": "999"}, {"type": "next"}, {"type": "x"}]
)
def test_a_message_that_is_none_changes_nothing(message: dict[str, Any]) -> None:
    """A guess of what is not offered, or going on before a guess, changes nothing."""
    game = GamePresenter(1, "en")
    before = json.dumps(game.state)
    game.received(message)
    assert json.dumps(game.state) == before


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("entry", "kind", "address", "holds"),
    [
        ("554", "code", "code=554", "554"),
        (" 211 ", "code", "code=211", "HELP"),
        ("211-214", "compare", "compare=211-214", "214"),
        ("211 214", "compare", "compare=211-214", "HELP"),
        ("450 vs 550", "compare", "compare=450-550", "550"),
        ("550 5.1.1 User unknown", "replies", None, "5.1.1"),
        (LOG, "replies", None, "<script>"),
        ("214-a\r\n214 b", "replies", None, "214"),
    ],
)
def test_what_is_looked_up(entry: str, kind: str, address: str | None, holds: str, lang: str) -> None:
    """A code, a pair, a reply and a log line are each known for what they are; a pasted text has no address."""
    it = LookupPresenter(entry, lang)
    found = it.state["found"]
    assert (found["kind"], found.get("address"), it.state["error"]) == (kind, address, "")
    assert holds in json.dumps(found)
    assert "<script>" not in it.plain()
    assert repr(it) == f"<lookup {kind}>"


@pytest.mark.parametrize("entry", ["600", "199 214", "hello", "5.1.1", "status=deferred (connect to mx: timed out)"])
def test_what_cannot_be_looked_up(entry: str) -> None:
    """What holds no code and no reply is told so, and what stands in the field stays."""
    it = LookupPresenter(entry, "en")
    assert it.state["found"] == {**it.state["found"], "entry": entry, "kind": ""}
    assert "RFC 5321 §4.2" in it.state["error"]


@given(
    st.one_of(st.text(), st.text(alphabet="0123456789 -.\n"), st.binary().map(lambda octets: octets.decode("latin-1")))
)
def test_anything_may_be_pasted(entry: str) -> None:
    """No text is too strange to be looked up, and what is found can go to a page."""
    it = LookupPresenter("", "en")
    it.received({"type": "look", "entry": entry})
    json.dumps(it.state)
    assert it.plain()


def test_many_replies_are_told_and_not_all_shown() -> None:
    """Of a long log the first replies are shown, and how many more there are is said."""
    found = LookupPresenter("550 no\n" * 30, "en").state["found"]
    assert len(found["replies"]) == 20
    assert found["more"].startswith("and 10 more")


def test_in_a_notebook() -> None:
    """`smtplab.game` and `smtplab.lookup` are widgets with a plain equivalent that gives no answer away."""
    game, lookup = smtplab.game(number=12), smtplab.lookup(554)
    assert repr(game) == "<game round 12>"
    assert game_round(12).cells[0].server.name in game.plain()
    assert repr(lookup) == "<lookup code>"
    with pytest.raises(ValueError, match="from 1 to"):
        smtplab.game(0)


# --- in a page


@pytest.fixture
def page(browser: Any) -> Any:
    """Return a blank page on which no script may fail."""
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_content(BLANK)
    yield page
    page.close()
    assert faults == []


def axe(page: Page) -> list[str]:
    """Return what axe finds in the widget."""
    return [violation["id"] for violation in Axe().run(page, context=".smtplab").response["violations"]]


@pytest.mark.browser
@pytest.mark.slow
def test_a_round_by_keyboard(page: Page) -> None:
    """A whole round is played with arrows, Space and Enter; the focus goes on with it, to the next round's first."""
    it = Mounted(page, GamePresenter(12, "en"))
    it.el.locator("input[type=radio]").first.focus()
    for number, cell in enumerate(game_round(12).cells, 1):
        it.press("Space", *["ArrowRight"] * cell.options.index(cell.code), "Enter")
        expect(it.el.locator(".guess strong")).to_have_text(f"✓ You said {cell.code}, and {cell.code} it is.")
        assert it.el.locator(".unseen").inner_text().startswith("You said")
        if number == 1:
            assert axe(page) == []
        if number < CELLS:
            expect(it.el.get_by_role("button", name="Next")).to_be_focused()
            it.press("Enter")
            expect(it.el.locator("input[type=radio]").first).to_be_focused()
    result = it.el.get_by_label("Your result, with no answer in it")
    expect(result).to_have_value(f"smtplab 214? round 12 · {CELLS}/{CELLS} · {'■' * CELLS}")
    it.el.get_by_role("button", name="Copy as text").click()
    expect(it.el.locator(".said")).to_have_text("Copy it from the field with Ctrl+C.")  # this page may not write there
    assert axe(page) == []
    it.el.get_by_role("button", name="Round 13").focus()
    it.press("Enter")
    expect(it.el.locator(".head")).to_contain_text("Round 13 · reply 1 of 10")


@pytest.mark.browser
@pytest.mark.slow
def test_a_round_by_its_number(page: Page) -> None:
    """A number typed and Enter begin that round; what is no number says so, and the round stays."""
    it = Mounted(page, GamePresenter(1, "es"))
    field = it.el.get_by_label("Número de ronda")
    field.fill("214")
    field.press("Enter")
    it.answer()
    expect(it.el.locator(".head")).to_contain_text("Ronda 214")
    field.fill("ninguna")
    field.press("Enter")
    it.answer()
    expect(it.el.locator(".foot")).to_contain_text("El número de una ronda va de 1 a")
    expect(it.el.locator(".head")).to_contain_text("Ronda 214")


@pytest.mark.browser
@pytest.mark.slow
def test_looking_up_by_keyboard(page: Page) -> None:
    """Enter looks up a line; pasted lines are taken apart, and what came over the wire is text."""
    it = Mounted(page, LookupPresenter("", "en"))
    field = it.el.get_by_role("textbox")
    field.focus()
    it.type("211 214", "Enter")
    expect(it.el.locator("thead th")).to_have_text(["211", "214"])
    assert axe(page) == []
    field.fill(f"{LOG}\nnoise")
    it.press("Enter")  # one more line, for there are two
    assert it.sent[-1]["entry"] == "211 214"
    it.press("Tab", "Enter")
    expect(it.el.locator(".said > .wire")).to_contain_text("550 5.1.1 <script>alert(1)</script>")
    expect(it.el.locator(".status")).to_have_text("Replies found: 1")
    assert axe(page) == []
    field.fill("600")
    it.press("Enter")
    expect(it.el.locator(".status")).to_contain_text("600: not a reply code")
