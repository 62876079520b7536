"""explain(): what it returns, what it refuses, and how it shows."""

from __future__ import annotations

import dataclasses
import http
import re

import pytest

from smtplab.errors import NotACode, UnknownName
from smtplab.rfc.codes import cite, codes, explain
from smtplab.rfc.compare import compare
from smtplab.text.columns import WIDTH
from smtplab.text.language import LANGUAGES
from tests.helpers.codes import TEXTS, catalogue, entries


@pytest.mark.parametrize("lang", LANGUAGES)
def test_explain_gives_what_the_file_says(lang):
    """explain() returns each listed code with its own texts, from a number and from three digits alike."""
    for name, entry in entries().items():
        page = explain(int(name), lang)
        assert page == explain(name, lang)
        assert (page.code, page.kind, page.lang) == (int(name), entry["kind"], lang)
        assert [getattr(page, key) for key in TEXTS] == [entry[key][lang] for key in TEXTS]
        assert repr(page) == f"ReplyCode({name}, {page.text!r})"


def test_explain_goes_by_the_language_that_is_set(monkeypatch):
    """Without `lang`, explain() and compare() speak the language that is set."""
    monkeypatch.setattr("smtplab.text.language._chosen", "es")
    assert explain(214).text == "Mensaje de ayuda"
    assert compare(211, 214) == compare(211, 214, "es") != compare(211, 214, "en")


def test_explain_gives_a_value():
    """A ReplyCode cannot be changed, and equals another that says the same."""
    page = explain(214, "en")
    assert page == explain("214", "en") != explain(214, "es")
    assert hash(page) == hash(explain("214", "en"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        page.code = 211


def test_explain_takes_any_int():
    """An int of a subclass, such as http.HTTPStatus, is a number like any other."""
    page = explain(http.HTTPStatus.NO_CONTENT)
    assert (type(page.code), page.code) == (int, 204)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_unlisted_code_is_read_by_its_digits(lang):
    """A code that no RFC lists is explained by its first digit, as RFC 5321 §4.2 has a client do."""
    for code in sorted({code for code in range(200, 600) if code // 10 % 10 <= 5} - set(codes())):
        page = explain(code, lang)
        first, second, _ = str(code)
        severity = catalogue()["severity"][first]
        assert page.kind == "unlisted", code
        assert str(code) in page.meaning
        assert severity["reading"][lang] in page.meaning, code
        assert page.fix == severity["action"][lang], code
        assert page.severity.startswith(f"{first}yz "), code
        assert page.category.startswith(f"x{second}z "), code
        assert "{" not in str(page), code


@pytest.mark.parametrize("code", [199, 100, 0, 600, 999, "000", "199", "600"])
def test_first_digit_out_of_range_is_not_a_code(code):
    """What does not begin with 2 to 5 is refused, and the error names it and the rule."""
    with pytest.raises(NotACode, match=rf"^{code!r} is not a reply code.*RFC 5321 §4\.2"):
        explain(code)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", ["299", "478", "590", "260", "471", "571"])
def test_second_digit_out_of_range_is_explained_and_named(code, lang):
    """One rule for all: a code whose second digit the grammar leaves out is read by its first digit, which says so."""
    page = explain(code, lang)
    assert page == explain(int(code), lang)
    assert page.severity.startswith(f"{code[0]}yz ")
    assert "0" in page.category
    assert "5" in page.category
    assert page.category.startswith(f"x{code[1]}z ")
    assert re.search(r"(from 0 to 5|de 0 a 5|0 to 5|0 a 5)", page.meaning)
    assert page.kind == ("folklore" if code == "471" else "unlisted")


@pytest.mark.parametrize("first", "23456789")
def test_a_code_is_refused_by_its_first_digit_alone(first):
    """What is not listed is explained where its first digit is 2 to 5, whatever the others are, and refused else."""
    for rest in range(100):
        code = f"{first}{rest:02}"
        if first in "2345":
            assert explain(code).code == int(code)
        else:
            with pytest.raises(NotACode):
                explain(code)


@pytest.mark.parametrize("code", [21, 2, -214, 2140, "21", "2140", "abc", "", " 214", "214 ", "21x", "+21"])
def test_not_three_digits_is_not_a_code(code):
    """What is not exactly three digits is refused, and the error names it."""
    with pytest.raises(NotACode, match=re.escape(repr(code)) + ".*three digits"):
        explain(code)


@pytest.mark.parametrize("code", ["２１４", "2１４", "٢١٤", "2¹⁴"])  # noqa: RUF001  that is the point
def test_other_scripts_digits_are_not_digits(code):
    """Only the ASCII digits make a code."""
    with pytest.raises(NotACode, match="three digits"):
        explain(code)


@pytest.mark.parametrize("code", [2.14, 214.0, True, False, None, b"214", (2, 1, 4)])
def test_other_types_are_not_codes(code):
    """Neither a float, a bool, None nor bytes is taken for a code, and the error says what it was."""
    with pytest.raises(NotACode, match=type(code).__name__):
        explain(code)


@pytest.mark.parametrize("code", [10**5000, -(10**5000), "2" * 10**6], ids=["long", "negative", "text"])
def test_huge_input_gives_a_short_error(code):
    """However long the value, the refusal is NotACode with a message one can read."""
    with pytest.raises(NotACode) as caught:
        explain(code)
    assert len(str(caught.value)) < 200


def test_enhanced_status_code_is_told_apart():
    """An enhanced status code is refused with a hint at what it is."""
    with pytest.raises(NotACode, match="enhanced status code"):
        explain("5.7.1")


def test_not_a_code_is_a_value_error():
    """NotACode can be caught as ValueError."""
    with pytest.raises(ValueError):
        explain(600)


def test_unknown_names_are_refused_with_those_there_are():
    """An unknown kind or language is named in the error, with the ones that exist."""
    with pytest.raises(UnknownName, match=r"'error'.*standard, extension, industry, folklore"):
        codes("error")
    with pytest.raises(UnknownName, match=r"'fr'.*en, es"):
        explain(214, "fr")
    with pytest.raises(UnknownName, match="'fr'"):
        compare(211, 214, "fr")


# --- how it shows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_fits_the_columns(lang):
    """A printed page keeps within 88 columns, but for an address, which stays whole; it shows every text."""
    for code in (*codes(), 259, 456):
        page = explain(code, lang)
        text = str(page)
        for line in (text + "\n" + str(compare(code, 214, lang))).splitlines():
            assert len(line) <= WIDTH or "https://" in line
            assert line == line.rstrip()
        flat = " ".join(text.split())
        for text in (*(getattr(page, key) for key in TEXTS), page.severity, page.category):
            assert text in flat, code


def test_labels_follow_the_language():
    """The labels of a page are in its language."""
    assert "When you see it" in str(explain(214, "en"))
    assert "Cuándo lo verás" in str(explain(214, "es"))
    assert "Diferencias clave" in str(compare(211, 214, "es"))
    assert "Key differences" not in str(compare(211, 214, "es"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_is_escaped_and_self_contained(lang):
    """The HTML escapes the texts, balances its tags, and has no script, no resource and no colour."""
    foreign = re.compile(r"<script|<style|<link|<img|\ssrc=|\son\w+=|color|background", re.IGNORECASE)
    pages = [explain(code, lang)._repr_html_() for code in codes()]
    pages += [compare(code, 214, lang)._repr_html_() for code in codes()]
    for html in pages:
        assert not foreign.search(html), html
        assert "<domain>" not in html
        assert "<CRLF>" not in html
        assert sorted(re.findall(r"<(\w+)", html)) == sorted(re.findall(r"</(\w+)>", html))
        assert "<th scope" in html
        assert not re.search(r"<th[^>]*></th>", html)


def test_html_escapes_whatever_a_value_holds():
    """Even a value made by hand cannot put its own tags into the page."""
    bad = "<script>alert('&')</script>"
    texts = dict.fromkeys(("text", "meaning", "when", "fix", "use", "kind"), bad)
    forged = dataclasses.replace(explain(214, "en"), **{**texts, "kind": "standard"}, source=(bad,), origin=(bad,))
    page = compare(211, 214, "en")
    rows = tuple(row._replace(a=bad, label=bad) for row in page.rows)
    notes = tuple(d._replace(text=bad, source=(bad,)) for d in page.differences)
    claims = tuple(c._replace(claim=bad, text=bad, shown=bad, source=(bad,)) for c in page.corrections)
    links = tuple(link._replace(text=bad, url=f"https://x/{bad}") for link in page.learn_more)
    both = dataclasses.replace(
        page, a=forged, rows=rows, same=(bad,), differences=notes, corrections=claims, learn_more=links
    )
    for html in (forged._repr_html_(), both._repr_html_()):
        assert "&lt;script&gt;" in html
        assert "<script" not in html


def test_sources_that_belong_together_are_cited_together():
    """Sections of one RFC stand behind its number, once; a source without a section stands bare."""
    assert cite(("RFC 5321 §4.2", "RFC 1985", "RFC 5321 §3.4"), "en") == "RFC 5321 §4.2, §3.4; RFC 1985"
    assert cite(("https://example.org/a", "recorded: exim"), "es") == "https://example.org/a; grabado: exim"
    assert cite((), "en") == ""


def test_learn_more_points_at_the_sections():
    """Each RFC that explains either code is linked at its section."""
    urls = [link.url for link in compare(235, 251).learn_more]
    assert "https://www.rfc-editor.org/rfc/rfc4954#section-6" in urls
    assert "https://www.rfc-editor.org/rfc/rfc5321#section-3.4" in urls
    assert "https://www.rfc-editor.org/rfc/rfc1985#section-5.1" in urls
    assert len(set(urls)) == len(urls)
