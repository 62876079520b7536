"""What the variants hold to be true: worked out a second time, from the octets and the codes themselves."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from smtplab.course.answering import shown_reply
from smtplab.course.exercises import exercise, row_of, variants
from smtplab.course.hints import solution
from smtplab.protocol.parser import ReplyParser
from smtplab.protocol.reply import Reply, find_end
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data


def pool(name: str) -> list[tuple[str, Reply]]:
    """Return the items that an exercise's variants draw from: the bin and the reply of each."""
    rows: list[dict[str, Any]] = data(f"course/variants/{name.partition('.')[0]}")[name]
    return [(item["bin"], shown_reply(item)) for row in rows for item in row.get("pool", row.get("item", ()))]


@pytest.mark.parametrize(("bin_of", "first"), [("done", 2), ("more", 3), ("later", 4), ("no", 5)])
def test_digits_are_sorted_by_the_first(bin_of: str, first: int) -> None:
    """Each item of 02.digits is where its first digit puts it."""
    found = {reply.code // 100 for bin_, reply in pool("02.digits") if bin_ == bin_of}
    assert found == {first}


DEFECTS = {
    "mixed": {"reply.one-code"},
    "uncoded": {"reply.line-code"},
    "range": {"reply.code-range"},
    "separator": {"reply.separator"},
    "whole": set(),
}


@pytest.mark.parametrize("bin_of", DEFECTS)
def test_what_is_broken_is_what_the_parser_finds(bin_of: str) -> None:
    """Each item of 02.broken has the one defect that its bin names."""
    found = [{defect.rule for defect in reply.defects} for bin_, reply in pool("02.broken") if bin_ == bin_of]
    assert found
    assert all(rules == DEFECTS[bin_of] for rules in found)


CODES = {
    "help": {211, 214},
    "other": {200, 250},
    "unimplemented": {502},
    "unknown": {500},
    "topic": {501, 504},
    "first": {530},
}


@pytest.mark.parametrize("bin_of", CODES)
def test_why_is_sorted_by_the_code(bin_of: str) -> None:
    """Each item of 03.why is where its code puts it (RFC 5321 §4.2.1, §4.2.4, §4.3.2; RFC 4954 §6)."""
    assert {reply.code for bin_, reply in pool("03.why") if bin_ == bin_of} <= CODES[bin_of]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seed", range(1, 1 + variants("02.last")))
def test_where_the_reply_ends(seed: int, lang: str) -> None:
    """The lines in a question of 02.last end where its right option says."""
    question = exercise("02.last", lang, seed).question
    octets = "".join(f"{line}\r\n" for line in re.findall(r"\(\d\) [\"«]([^\"»]*)[\"»]", question)).encode()
    assert octets[: find_end(octets)].count(b"\n") == int(str(solution("02.last", lang, seed).answer))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seed", range(1, 1 + variants("02.pieces")))
def test_how_many_replies_are_whole(seed: int, lang: str) -> None:
    """A parser that is fed the pieces in a question of 02.pieces finds as many replies as its right option says."""
    parser, whole = ReplyParser(), 0
    for piece in re.findall(r'b"[^"]*"', exercise("02.pieces", lang, seed).question):
        whole += len(list(parser.feed(ast.literal_eval(piece))))
    assert str(whole) == solution("02.pieces", lang, seed).answer


@pytest.mark.parametrize("option", row_of("02.mixed", "en", 1)["option"])
def test_which_reply_has_one_code(option: str) -> None:
    """Of the replies in the first variant of 02.mixed the right one alone has the same code on each line."""
    for lang in LANGUAGES:
        lines = re.findall(r"[\"«]([^\"»]*)[\"»]", row_of("02.mixed", lang, 1)["option"][option][lang])
        reply = Reply("".join(f"{line}\r\n" for line in lines).encode())
        assert len(reply.lines) == 3
        assert (not reply.defects) is (option == solution("02.mixed", lang, 1).answer)


def test_lengths() -> None:
    """The longest lines in 03.longest are counted as they stand on the wire (RFC 5321 §4.5.3.1.3, §4.5.3.1.5)."""
    assert len(b"214 \r\n") + int(str(solution("03.longest", "en", 1).answer)) == 512
    assert str(len(b"RCPT TO:" + b"x" * 256 + b"\r\n")) == solution("03.longest", "en", 2).answer
