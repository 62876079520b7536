"""Replies: parsing whole, piece by piece and with more behind it; what is malformed is kept and named."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab import NotAReply, Reply, ReplyParser
from smtplab.text.html import dialogue

WELL_FORMED = {
    b"214 Help\r\n": (214, ("Help",), None),
    b"214\r\n": (214, ("",), None),
    b"214 \r\n": (214, ("",), None),
    b"214-\r\n214 end\r\n": (214, ("", "end"), None),
    b"250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n": (
        250,
        ("First line", "Second line", "234 Text beginning with numbers", "The last line"),
        None,
    ),
    b"214 2.0.0 Commands: AUTH\r\n": (214, ("2.0.0 Commands: AUTH",), "2.0.0"),
    b"211-2.0.0 a\r\n211 2.0.0 b\r\n": (211, ("2.0.0 a", "2.0.0 b"), "2.0.0"),
    b"550 5.7.509 no\r\n": (550, ("5.7.509 no",), "5.7.509"),
    b"250 2.0.0\r\n": (250, ("2.0.0",), "2.0.0"),
    b"220 2.0.0.1 is a version\r\n": (220, ("2.0.0.1 is a version",), None),
    b"214 " + b"x" * 506 + b"\r\n": (214, ("x" * 506,), None),
    b"211 a\tb\r\n": (211, ("a\tb",), None),
}

MALFORMED = {
    b"214-first\r\n211 last\r\n": ["reply.one-code"],
    b"211-first\r\n middle\r\n211 end\r\n": ["reply.line-code"],
    b"214-Commands\r\n\r\n214-DATA\r\n214 NOOP\r\n": ["reply.line-code"],
    b"214-a\r\n2026-11-24 noon\r\n214 b\r\n": ["reply.line-code"],
    b"214-a\r\n2140 b\r\n214 c\r\n": ["reply.line-code"],
    b"214 a\n": ["reply.crlf"],
    b"214-a\n214 b\r\n": ["reply.crlf"],
    b"199 hm\r\n": ["reply.code-range"],
    b"471 hm\r\n": ["reply.code-range"],
    b"600 hm\r\n": ["reply.code-range"],
    b"2140 hm\r\n": ["reply.separator"],
    b"214\thm\r\n": ["reply.separator"],
    b"214-a\r\n214\tb\r\n": ["reply.separator"],
    b"214 " + b"x" * 507 + b"\r\n": ["reply.line-length"],
    b"214 ma\xc3\xb1ana\r\n": ["reply.textstring"],
    b"214 \xff\r\n": ["reply.textstring"],
    b"214 a\x00b\r\n": ["reply.textstring"],
    b"214 a\rb\r\n": ["reply.textstring"],
    b"214-a\r\n": ["reply.last-line"],
    b"214 a": ["reply.crlf"],
    b"214-a\r\n214-b": ["reply.crlf"],
    b"614-a\n214 \x00\n": ["reply.code-range", "reply.crlf", "reply.one-code", "reply.textstring", "reply.crlf"],
}

NO_REPLY = [
    b"",
    b"2",
    b"21",
    b"HELP\r\n",
    b"\r\n",
    b" 214 x\r\n",
    b"2x4 hi\r\n",
    b"\xb2\xb9\xb4 x\r\n",
    b"SSH-2.0-x\r\n",
]

ALL = [*WELL_FORMED, *MALFORMED]
FINISHED = [raw for raw in ALL if "reply.last-line" not in MALFORMED.get(raw, []) and raw.endswith(b"\n")]


@pytest.mark.parametrize("raw", WELL_FORMED, ids=repr)
def test_well_formed(raw: bytes) -> None:
    """A reply within the grammar has its code, lines and enhanced code, and no defect."""
    reply = Reply(raw)
    assert (reply.code, reply.lines, reply.enhanced) == WELL_FORMED[raw]
    assert reply.defects == ()
    assert set(reply.codes) == {reply.code}


@pytest.mark.parametrize("raw", MALFORMED, ids=repr)
def test_malformed_is_kept_and_named(raw: bytes) -> None:
    """A malformed reply is a Reply with each defect named by its rule, and not an octet lost."""
    reply = Reply(raw)
    assert [defect.rule for defect in reply.defects] == MALFORMED[raw]
    assert reply.raw == raw
    for defect in reply.defects:
        assert 0 <= defect.start <= defect.end <= len(raw)


@pytest.mark.parametrize("raw", NO_REPLY, ids=repr)
def test_no_reply_at_all(raw: bytes) -> None:
    """Octets that do not begin with three digits raise, and the message shows them."""
    with pytest.raises(NotAReply, match="three digits"):
        Reply(raw)


def test_two_replies_are_not_one() -> None:
    """More than one reply is refused with the place where the first ends."""
    with pytest.raises(NotAReply, match="ends at octet 7, and 7 octets follow"):
        Reply(b"250 a\r\n250 b\r\n")


@pytest.mark.parametrize("raw", ALL, ids=repr)
def test_parts_cover_every_octet(raw: bytes) -> None:
    """The parts are the octets, in order and without a gap."""
    parts = Reply(raw).parts
    assert b"".join(raw[part.start : part.end] for part in parts) == raw
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]


@pytest.mark.parametrize("raw", FINISHED, ids=repr)
@pytest.mark.parametrize("more", [b"", b"2", b"250 next\r\n", b"211-x", b"\r\n", b"junk\r\n"], ids=repr)
def test_whole_byte_by_byte_and_with_more_behind(raw: bytes, more: bytes) -> None:
    """A reply comes out the same whole, byte by byte, and whatever follows it."""
    whole = ReplyParser()
    first = whole.feed(raw + more)[0]
    slow = ReplyParser()
    replies: list[Reply] = []
    for octet in raw:
        replies += slow.feed(bytes([octet]))
    assert [first] == replies == [Reply(raw)]
    assert slow.pending == b""


def test_replies_before_junk_are_given_first() -> None:
    """Replies that were complete before what is no reply are returned; the next feed raises, and keeps the octets."""
    parser = ReplyParser()
    assert parser.feed(b"250 ok\r\nSSH-2.0\r\n") == [Reply(b"250 ok\r\n")]
    with pytest.raises(NotAReply, match="SSH"):
        parser.feed(b"")
    assert parser.pending == b"SSH-2.0\r\n"


line_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)


@given(
    st.integers(2, 5), st.integers(0, 5), st.integers(0, 9), st.lists(line_text, min_size=1, max_size=8),
    st.sampled_from([None, "2.0.0"]),
)  # fmt: skip
def test_serialise_then_parse_is_the_identity(first: int, second: int, third: int, lines: list[str], enhanced) -> None:
    """What `Reply.of` makes is parsed to the same code and lines, with no defect."""
    code = first * 100 + second * 10 + third
    reply = Reply.of(code, *lines, enhanced=enhanced)
    assert ReplyParser().feed(reply.raw) == [reply]
    assert reply.code == code
    assert reply.lines == tuple(f"{enhanced} {line}" if enhanced else line for line in lines)
    assert [defect.rule for defect in reply.defects] in ([], ["reply.line-length"] * len(reply.defects))


wild_line = st.one_of(
    st.binary(max_size=30).map(lambda octets: octets.replace(b"\n", b"")),
    st.tuples(st.sampled_from([b"214", b"211", b"999", b"21"]), st.sampled_from([b" ", b"-", b"", b"\t", b"x"]),
              st.binary(max_size=10).map(lambda octets: octets.replace(b"\n", b""))).map(b"".join),
)  # fmt: skip


@given(st.lists(wild_line, max_size=8), st.sampled_from([b"\n", b"\r\n"]), st.lists(st.integers(0, 300), max_size=6))
def test_no_octet_is_ever_lost(lines: list[bytes], end: bytes, cuts: list[int]) -> None:
    """Whatever comes, in whatever pieces: replies and what is pending are together exactly what was fed."""
    data = b"214-" + end.join(lines) + end
    parser = ReplyParser()
    out = b""
    edges = [0, *sorted(cuts), len(data)]
    try:
        for start, stop in pairwise(edges):
            for reply in parser.feed(data[start:stop]):
                out += reply.raw
                assert Reply(reply.raw) == reply
                assert b"".join(reply.raw[part.start : part.end] for part in reply.parts) == reply.raw
                assert len(reply.lines) == len(reply.codes)
                assert reply.defects is not None
                assert repr(reply)
                assert str(reply) is not None
    except NotAReply:
        assert data.startswith(out + parser.pending)
    else:
        assert out + parser.pending == data


@given(st.binary())
def test_any_octets_are_a_reply_or_refused(data: bytes) -> None:
    """Any octets at all either make a Reply that holds exactly them, or raise NotAReply."""
    try:
        assert Reply(data).raw == data
    except NotAReply:
        return


@pytest.mark.parametrize("code", [199, 600, 471, 260, 21, 2140])
def test_reply_of_an_impossible_code(code: int) -> None:
    """`Reply.of` refuses a code outside the grammar by name."""
    with pytest.raises(ValueError, match=f"{code} is not a reply code"):
        Reply.of(code, "x")


def test_reply_of_a_line_with_a_line_end() -> None:
    """`Reply.of` refuses a text that would become two lines."""
    with pytest.raises(ValueError, match="CR or LF"):
        Reply.of(214, "a\r\n250 b")


def test_repr_is_short_and_stable() -> None:
    """The repr names the code and the first line, cut at 40 characters, and how many lines follow."""
    assert repr(Reply.of(214, "x" * 80, "b")) == f"<Reply 214 '{'x' * 39}…' +1 lines>"


def test_str_shows_what_cannot_be_printed() -> None:
    """Printing a reply shows control and undecodable octets as escapes, letters of UTF-8 as they are."""
    assert str(Reply(b"214-a\x00\xff\r\n214 ma\xc3\xb1ana \x1b[2J\r\n")) == "214-a\\x00\\xff\n214 mañana \\x1b[2J"


def test_html_is_escaped() -> None:
    """The HTML form shows markup as text."""
    html = Reply(b"214 <script>alert(1)</script>\r\n")._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_html_has_each_line_by_itself() -> None:
    """In the HTML form a line that wraps goes on further in, and an empty line of a message keeps its place."""
    html = Reply(b"214-one\r\n214 two\r\n")._repr_html_()
    assert html.count("text-indent:-4ch") == 2
    assert html.index(">214-one</div>") < html.index(">214 two</div>")
    assert "><br></div>" in dialogue([("C", "\n")])


def test_equal_by_octets() -> None:
    """Replies are equal exactly when their octets are."""
    assert Reply(b"214 a\r\n") == Reply(b"214 a\r\n") != Reply(b"214 a\n")
    assert len({Reply(b"214 a\r\n"), Reply(b"214 a\r\n")}) == 1


@pytest.mark.parametrize("octet", ["\r", "\n"])
def test_a_line_holds_neither_cr_nor_lf(octet: str) -> None:
    """Either of the two in a line of a reply that is made is refused, not only both."""
    with pytest.raises(ValueError, match="cannot hold CR or LF"):
        Reply.of(214, f"one{octet}two")


def test_bytes_are_the_octets() -> None:
    """A reply as bytes is what came."""
    assert bytes(Reply(b"214 Help\r\n")) == b"214 Help\r\n"


@pytest.mark.parametrize(
    ("octets", "rule", "start", "stop"),
    [
        (b"199 hm\r\n", "reply.code-range", 0, 3),
        (b"214-a\r\n211 b\r\n", "reply.one-code", 7, 10),
        (b"214*a\r\n", "reply.separator", 3, 4),
        (b"214 a\x00b\r\n", "reply.textstring", 5, 6),
        (b"214-a\n214 b\r\n", "reply.crlf", 5, 6),
        (b"214-a\r\n b\r\n214 c\r\n", "reply.line-code", 7, 11),
    ],
)
def test_a_defect_says_where_it_is(octets: bytes, rule: str, start: int, stop: int) -> None:
    """A defect's first octet and the one after its last are those of what is wrong, no more and no less."""
    (defect,) = (defect for defect in Reply(octets).defects if defect.rule == rule)
    assert (defect.start, defect.end) == (start, stop)
