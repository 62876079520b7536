"""Two codes side by side: what compare() promises for any pair, and for 211 and 214."""

from __future__ import annotations

import re
from itertools import combinations_with_replacement

import pytest

from smtplab.errors import NotACode
from smtplab.rfc.codes import catalogue, codes, explain
from smtplab.rfc.compare import compare
from smtplab.text.language import LANGUAGES

VERDICTS = {
    *("right", "wrong", "half", "unsupported", "too strong"),
    *("risky", "conditional", "misleading", "missing"),
}
PAIRS = list(combinations_with_replacement(codes(), 2))


def hand_written():
    return catalogue()["compare"]["211-214"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_any_two_codes_compare(lang):
    """Every pair of listed codes compares, with each part filled and a page of text and of HTML."""
    for a, b in PAIRS:
        found = compare(a, b, lang)
        assert repr(found) == f"Comparison({a}, {b})"
        assert bool(found.different) == (a != b), (a, b)
        assert found.same or not any(digit.same for digit in found.digits[:2]), (a, b)
        assert {d.text for d in found.differences} >= set(found.different)
        assert all(item.text and item.source for item in found.differences)
        assert all(all(row) for row in found.rows)
        assert found.learn_more
        assert len(set(found.sources)) == len(found.sources)
        assert set(found.sources) >= {*found.a.source, *found.b.source}
        assert bool(found.corrections) == ((a, b) == (211, 214))
        page, html = str(found), found._repr_html_()
        assert str(a) in page
        assert str(b) in html
        assert "{" not in page
        assert not re.search(r"\.[,.;]|::|\s§?;", page), page


@pytest.mark.parametrize("pair", [(211, 214), (250, 550), (259, 101), (214, 214), (471, 456)])
def test_order_does_not_matter(pair):
    """Either order finds the same: the two codes change sides."""
    one, other = compare(*pair), compare(*reversed(pair))
    assert (one.a, one.b) == (other.b, other.a)
    assert one.corrections == other.corrections
    assert [d.same for d in one.digits] == [d.same for d in other.digits]
    assert [row.a for row in one.rows] == [row.b for row in other.rows]
    assert set(one.sources) == set(other.sources)


def test_compare_takes_what_explain_takes():
    """Digits as text compare like numbers, unlisted codes compare too, and what is no code is refused."""
    assert compare("211", "214") == compare(211, 214)
    assert compare(259, 211).a.kind == "unlisted"
    for pair in ((211, 600), (None, 214), ("abc", "def")):
        with pytest.raises(NotACode):
            compare(*pair)


def test_a_code_compared_with_itself_differs_in_nothing():
    """One code on both sides: the same in every row and digit, and no difference is made up."""
    found = compare(214, 214)
    assert all(row.a == row.b for row in found.rows)
    assert all(digit.same for digit in found.digits)
    assert (found.different, found.differences, found.corrections) == ((), (), ())


def test_rows_have_what_a_reference_page_has():
    """A comparison has category, meaning, when, what to do and when to use, side by side."""
    keys = [row.key for row in compare(211, 214).rows]
    assert keys == ["category", "kind", "commands", "meaning", "when", "fix", "use", "source"]


def test_digits_of_211_and_214():
    """211 and 214 share the first two digits, with one reading, and part at the third."""
    first, second, third = compare(211, 214, "en").digits
    assert (first.position, first.a, first.b, first.same) == (1, "2", "2", True)
    assert first.reading_a == first.reading_b
    assert first.reading_a.startswith("2yz Positive Completion")
    assert second.same
    assert second.reading_a.startswith("x1z Information")
    assert (third.a, third.b, third.same) == ("1", "4", False)
    assert (third.reading_a, third.reading_b) == (explain(211).text, explain(214).text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pair", [(211, 214), (214, 211)])
def test_differences_of_211_and_214(pair, lang):
    """The pair has the differences written for it before the generated ones, each with its source."""
    found = compare(*pair, lang)
    written = [entry[lang] for entry in hand_written()["difference"]]
    assert [d.text for d in found.differences[: len(written)]] == written
    assert all(d.source for d in found.differences)
    text = " ".join(written)
    for word in ("hMailServer", "Dumbster", "Haraka", "FTP", "STAT", "HELP"):
        assert word in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_corrections_have_a_source_or_are_missing(lang):
    """Each claim of the page has a verdict and a source; only what is missing may go without one."""
    found = compare(211, 214, lang).corrections
    assert len(found) == 13
    assert {c.verdict for c in found} == VERDICTS
    for correction in found:
        assert correction.claim
        assert correction.text
        assert correction.shown == catalogue()["verdict"][correction.verdict][lang]
        assert correction.source or correction.verdict == "missing"
