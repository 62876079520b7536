"""Comparing two codes digit by digit: what the digits share is under "same", what they do not under "different"."""

from __future__ import annotations

from itertools import combinations

import pytest

from smtplab.rfc.codes import codes
from smtplab.rfc.compare import compare
from smtplab.text.language import LANGUAGES
from tests.helpers.codes import catalogue

KINDS_OF_DIGIT = ("severity", "category")


def begins(key: str, lang: str) -> str:
    """Return how the sentence about a difference begins, before what is filled in."""
    return catalogue()["pair"][key][lang].partition("{")[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_digit_is_named_where_it_differs(lang: str) -> None:
    """Of any two codes the first and the second digit stand among the differences exactly where they differ."""
    for a, b in combinations(codes(), 2):
        comparison = compare(a, b, lang)
        for place, key in enumerate(KINDS_OF_DIGIT):
            named = any(text.startswith(begins(key, lang)) for text in comparison.different)
            assert named == (str(a)[place] != str(b)[place]), (a, b, key)
        third = catalogue()["pair"]["third"][lang].format(a=a, b=b)
        assert (third in comparison.different) == (a // 10 == b // 10), (a, b)


@pytest.mark.parametrize(("a", "b"), [(211, 214), (211, 550), (250, 550), (421, 450)])
def test_the_page_reads_each_digit(a: int, b: int) -> None:
    """The printed page has one reading of a digit that is shared in meaning, and both names of one that is not."""
    comparison = compare(a, b, "en")
    page = " ".join(str(comparison).split())
    for digit in comparison.digits[:2]:
        names = [reading.partition(":")[0] for reading in (digit.reading_a, digit.reading_b)]
        assert (f"{names[0]} / {names[1]}" in page) == (not digit.same)
