"""Two codes side by side: what compare() promises for any pair, and for 211 and 214."""

from __future__ import annotations

import re
from itertools import combinations_with_replacement

import pytest

from smtplab.errors import NotACode
from smtplab.rfc.codes import catalogue, codes, explain
from smtplab.rfc.compare import compare
from smtplab.text.language import LANGUAGES
from tests.helpers.codes import pairs

VERDICTS = {
    *("right", "wrong", "half", "unsupported", "too strong"),
    *("risky", "conditional", "misleading", "missing"),
}
PAIRS = list(combinations_with_replacement(codes(), 2))


def hand_written():
    return catalogue()["compare"]["211-214"]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_any_two_codes_compare(lang):
    """Every pair of listed codes compares, with each part filled and a page of text and of HTML."""
    for a, b in PAIRS:
        comparison = compare(a, b, lang)
        assert repr(comparison) == f"Comparison({a}, {b})"
        assert bool(comparison.different) == (a != b), (a, b)
        assert comparison.same or not any(digit.same for digit in comparison.digits[:2]), (a, b)
        assert {d.text for d in comparison.differences} >= set(comparison.different)
        assert all(item.text and item.source for item in comparison.differences)
        assert all(all(row) for row in comparison.rows)
        assert comparison.learn_more
        assert len(set(comparison.sources)) == len(comparison.sources)
        assert set(comparison.sources) >= {*comparison.a.source, *comparison.b.source}
        assert bool(comparison.corrections) == ((a, b) == (211, 214))
        page, html = str(comparison), comparison._repr_html_()
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
    comparison = compare(214, 214)
    assert all(row.a == row.b for row in comparison.rows)
    assert all(digit.same for digit in comparison.digits)
    assert (comparison.different, comparison.differences, comparison.corrections) == ((), (), ())


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
    comparison = compare(*pair, lang)
    written = [entry[lang] for entry in hand_written()["difference"] if not entry.get("alike")]
    alike = [entry[lang] for entry in hand_written()["difference"] if entry.get("alike")]
    assert [same.startswith(text) for same, text in zip(comparison.same, alike, strict=False)] == [True]
    assert [d.text for d in comparison.differences[: len(written)]] == written
    assert all(d.source for d in comparison.differences)
    text = " ".join(written)
    for word in ("hMailServer", "Dumbster", "Haraka", "FTP", "STAT", "HELP"):
        assert word in text


CONTRASTS = [
    *((500, 502), (450, 550), (451, 452), (452, 552), (501, 504), (502, 504), (501, 503), (500, 503), (251, 551)),
    *((550, 553), (421, 451), (220, 554), (521, 554), (530, 535), (252, 502), (252, 550), (455, 555), (221, 421)),
    *((250, 251), (550, 551), (454, 535), (503, 554), (550, 556), (211, 250), (214, 250), (214, 504)),
]
"""Pairs of which an RFC itself says how they differ."""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pair", CONTRASTS)
def test_pairs_that_an_rfc_contrasts_have_its_difference(pair, lang):
    """Where an RFC tells two codes apart, the comparison says so first, in either order, and names the section."""
    for a, b in (pair, pair[::-1]):
        first = compare(a, b, lang).differences[0]
        assert first.text == pairs()[pair]["difference"][0][lang]
        assert all(" §" in source for source in first.source)


@pytest.mark.parametrize("pair", pairs())
def test_what_is_written_for_a_pair_is_about_the_pair(pair):
    """Each pair that has words of its own is two listed codes in order, and the words name both, in both languages."""
    a, b = pair
    assert a < b
    assert {a, b} <= set(codes())
    for lang in LANGUAGES:
        words = " ".join(difference[lang] for difference in pairs()[pair]["difference"])
        assert str(a) in words
        assert str(b) in words


def test_500_and_502_have_the_one_rule_between_them():
    """The section that is about 502 is cited for the difference to 500, and for nothing that contradicts it."""
    assert compare(500, 502).differences[0].source == ("RFC 5321 §4.2.4",)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_sends_211_is_all_the_evidence(lang):
    """The page on 211 and 214 names every server that is known to answer HELP with 211, and both editions of FTP."""
    words = " ".join(difference.text for difference in compare(211, 214, lang).differences)
    for name in ("Dumbster", "hMailServer", "IMail", "MailEnable", "NoSpamToday", "smtpf", "curl", "nmap"):
        assert name in words
    for rfc in ("RFC 640", "RFC 765", "RFC 772", "RFC 959", "RFC 1123", "RFC 2821"):
        assert rfc in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_a_reply_has_exceptions(lang):
    """Where the page forbids a client to act on text, it names what RFC 5321 excepts: five codes, EHLO's keywords."""
    words = next(c.text for c in compare(211, 214, lang).corrections if c.verdict == "risky")
    assert all(name in words for name in ("220", "221", "251", "421", "551", "EHLO"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_corrections_have_a_source_or_are_missing(lang):
    """Each claim of the page has a verdict and a source; only what is missing may go without one."""
    comparison = compare(211, 214, lang).corrections
    assert len(comparison) == 13
    assert {c.verdict for c in comparison} == VERDICTS
    for correction in comparison:
        assert correction.claim
        assert correction.text
        assert correction.shown == catalogue()["verdict"][correction.verdict][lang]
        assert correction.source or correction.verdict == "missing"
