"""How the lines of a command and of a reply are read before a rule is asked."""

from __future__ import annotations

import pytest

from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.rfc.judge import CONFORMS, DEPARTS, VIOLATES, judge, judge_all
from tests.helpers.dialogues import dialogue, outcomes, worst

GREETED = ((None, "220 lab"), ("EHLO me", "250-lab\n250-HELP\n250 PIPELINING"))
ENHANCED = ((None, "220 lab"), ("EHLO me", "250-lab\n250-HELP\n250 ENHANCEDSTATUSCODES"))


def test_several_commands_at_once() -> None:
    """Several command lines in one exchange have several replies, and the 354 among them opens message text."""
    group = b"MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n"
    replies = (
        (group, "250 a"),
        (None, "250 b"),
        (None, "354 c"),
        (b"QUIT\r\nSTATUS\r\n.\r\n", "250 d"),
        ("NOOP", "250 e"),
    )
    assert {each.worst for each in judge_all(dialogue(*GREETED, *replies))} == {CONFORMS}
    group = b"RSET\r\nMAIL FROM:<a@b>\r\n"
    after = dialogue(*GREETED, (group, "250 a"), (None, "250 b"), ("RCPT TO:<a@b>", "250 c"))
    assert {each.worst for each in judge_all(after)} == {CONFORMS}
    assert worst(dialogue(*GREETED, ("NOOP", "250 a"), (None, "250 b")), -2) == VIOLATES


def test_a_command_in_two_pieces() -> None:
    """A command line that came in two pieces is judged as one, by itself as in the whole transcript."""
    transcript = Transcript([*dialogue(*GREETED), Exchange(b"VR", None), *dialogue((b"FY a\r\n", "502 x"))])
    assert judge_all(transcript)[-1].worst == VIOLATES
    assert judge(transcript[-1], transcript) == judge_all(transcript)[-1]


@pytest.mark.parametrize("line", [" NOOP", " HELP", "NOOP\thi", "  MAIL FROM:<a@b>", "HELP\tMAIL"])
def test_what_is_no_verb(line: str) -> None:
    """White space before a verb, and a tab after it, make it another word, which may well be unknown."""
    assert worst(dialogue(*GREETED, (line, "500 x"))) == CONFORMS


@pytest.mark.parametrize("verb", ["FOO1", "FOO-BAR", "GET-STATUS", "X1", "X-FOO", "X_FOO"])
def test_names_with_other_characters(verb: str) -> None:
    """A name with a digit or a hyphen is a name: private if it begins with X, else neither standard nor registered."""
    assert worst(dialogue(*GREETED, (verb, "250 x"))) == (CONFORMS if verb.startswith("X") else VIOLATES)
    assert worst(dialogue(*GREETED, (verb, "502 x"))) == DEPARTS
    assert worst(dialogue(*GREETED, (verb, "500 x"))) == CONFORMS


def test_an_enhanced_code_without_text() -> None:
    """A line that is nothing but its enhanced code discloses no version."""
    for reply in ("214 2.0.0", "214-2.0.0 a\n214 2.0.0"):
        assert worst(dialogue(*ENHANCED, ("HELP", reply))) == CONFORMS


def test_what_only_looks_like_an_enhanced_code() -> None:
    """Where EHLO's answer is not known, a number later in the text is a code only if its class is the reply's."""
    for text in ("4.96.1 is the version", "5.2.1 tells more"):
        assert judge(dialogue(("HELP", f"214-Exim\n214 {text}"))[0]).worst != VIOLATES
    assert outcomes(dialogue(("HELP", "214-a\n214 2.0.0 b")))["enhanced.every-line"] == VIOLATES
    assert outcomes(dialogue(("HELP", "214-4.0.0 a\n214 b")))["enhanced.class"] == VIOLATES


@pytest.mark.parametrize("text", ["2.0.0 go on", "5.0.0 go on", "2.0.0"])
def test_no_enhanced_code_goes_with_3yz(text: str) -> None:
    """A 3yz reply has no enhanced status code, for there is no such class (RFC 2034 §4)."""
    assert outcomes(dialogue(*ENHANCED, ("DATA", f"354 {text}")))["enhanced.class"] == VIOLATES
    assert worst(dialogue(*ENHANCED, ("DATA", "354 go on"))) == CONFORMS


def test_lines_with_a_lone_cr_or_lf() -> None:
    """A CR or LF alone is no part of a command: 500 and 501 are lawful, and what it ends is not carried out."""
    for line in (b"HELP\r\r\n", b"NOOP\n", b"NOOP\rHELP\r\n", b"RSET\nNOOP\r\n"):
        assert worst(dialogue(*GREETED, (line, "500 x"))) == CONFORMS, line
    assert worst(dialogue(*GREETED, (b"NOOP\r\n", "500 x"))) == VIOLATES


@pytest.mark.parametrize("line", ["dXNlcg", "dXNlcjAx", "QUJD", "VXNlcm5hbWU"])
def test_a_response_by_itself(line: str) -> None:
    """By itself a response to a challenge is not taken for a verb of the server's own."""
    for reply in ("235 x", "334 ", "535 x"):
        assert judge(dialogue((line, reply))[0]).worst == CONFORMS
    assert outcomes(dialogue(*GREETED, (line, "235 x")))["private.name"] == VIOLATES


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Help is at https://lab.example", CONFORMS),
        ("Send no spam, please", CONFORMS),
        ("HELP", VIOLATES),
        ("help", VIOLATES),
        ("8BITMIME", VIOLATES),
        ("SIZE 1000", VIOLATES),
    ],
)
def test_sentences_after_helo(line: str, wanted: str) -> None:
    """A sentence in the reply to HELO is no extension, even if its first word is a keyword; a keyword's line is one."""
    assert worst(dialogue((None, "220 lab"), ("HELO me", f"250-lab\n250 {line}"))) == wanted
