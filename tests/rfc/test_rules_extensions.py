"""What extensions, LMTP and a session that is known in part change in what a server may say, and may not."""

from __future__ import annotations

import pytest

from smtplab.rfc.judge import CONFORMS, DEPARTS, PERMITTED, VIOLATES, judge
from tests.helpers.dialogues import dialogue, outcomes, worst

GREETED = ((None, "220 lab"), ("EHLO me", "250 lab"))
AUTH = ((None, "220 lab"), ("EHLO me", "250-lab\n250 AUTH PLAIN GSSAPI"))
UTF8 = ((None, "220 lab"), ("EHLO me", "250-lab\n250-EXPN\n250 SMTPUTF8"))
LMTP = ((None, "220 lab"), ("LHLO me", "250 lab"))
WIDE = (*UTF8, ("MAIL FROM:<ñ@b.example> SMTPUTF8", "250 x"))
NARROW = (*UTF8, ("MAIL FROM:<a@b.example>", "250 x"))
MAIL = ("MAIL FROM:<a@b.example>", "250 x")


# --- AUTH


@pytest.mark.parametrize("challenge", ["", "VXNlcm5hbWU6", "PDE4OTYuNjk3MTcwOTUyQHg+", "eA==", "YII" + "A" * 5001])
def test_a_challenge(challenge: str) -> None:
    """A challenge is base64: it may be empty, and longer than any other reply line (RFC 4954 §4)."""
    for line in ("AUTH PLAIN", "AUTH GSSAPI YII="):
        assert worst(dialogue(*AUTH, (line, f"334 {challenge}"))) == CONFORMS
        assert judge(dialogue((line, f"334 {challenge}"))[0]).worst == CONFORMS
    assert worst(dialogue(*AUTH, ("AUTH PLAIN", "334 "), ("AGEAYg==", f"334 {challenge}"))) == CONFORMS


@pytest.mark.parametrize("reply", ["334 go ahead", "334 Username:", "334 =AAA", "334 AAA=BBBB", "334-eA==\n334 eA=="])
def test_what_is_no_challenge(reply: str) -> None:
    """Words, wrong padding and a second line are no challenge."""
    assert outcomes(dialogue(*AUTH, ("AUTH PLAIN", reply)))["auth.challenge"] == VIOLATES
    assert outcomes(dialogue(*AUTH, ("AUTH PLAIN", "334 "), ("AGEA", reply)))["auth.challenge"] == VIOLATES


def test_the_exceptions_are_for_a_challenge_alone() -> None:
    """Other codes want their text and their 512 octets, and 334 wants its space."""
    assert worst(dialogue(*AUTH, ("AUTH PLAIN", "235 "))) == DEPARTS
    assert worst(dialogue(*AUTH, ("AUTH PLAIN", "535 " + "x" * 600))) == DEPARTS
    assert worst(dialogue(*AUTH, ("AUTH PLAIN", b"334\r\n"))) == DEPARTS


@pytest.mark.parametrize("response", ["*", "no base64", "=AAA", "AAA", "ñ", "A*=="])
def test_a_response_that_is_none(response: str) -> None:
    """What gives AUTH up, and what is not base64, gets 501; nothing else but 421."""
    start = (*AUTH, ("AUTH PLAIN", "334 "))
    for code, wanted in ((501, CONFORMS), (421, CONFORMS), (535, VIOLATES), (235, VIOLATES), (250, VIOLATES)):
        assert worst(dialogue(*start, (response, f"{code} x"))) == wanted
    assert worst(dialogue(*start, (response, "334 "))) == VIOLATES
    assert worst(dialogue(*start, ("AGEAYg==", "535 x"))) == CONFORMS
    assert worst(dialogue(*start, ("A" * 13000, "500 x"))) == CONFORMS


@pytest.mark.parametrize("code", [235, 454, 500, 502, 504, 534, 535, 538])
def test_auth_once_more(code: int) -> None:
    """After a successful AUTH, and in a transaction, AUTH is refused with 503 and with nothing finer."""
    again = dialogue(*AUTH, ("AUTH PLAIN AGEAYg==", "235 x"), ("AUTH PLAIN AGEAYg==", f"{code} x"))
    assert outcomes(again)["auth.order"] == VIOLATES
    inside = outcomes(dialogue(*AUTH, MAIL, ("AUTH PLAIN AGEAYg==", f"{code} x")))
    assert inside.get("auth.order") == (None if code in (500, 502) else VIOLATES)
    for good in (421, 501, 503):
        assert outcomes(dialogue(*AUTH, MAIL, ("AUTH PLAIN", f"{good} x"))).get("auth.order") in (None, CONFORMS)


# --- STARTTLS, and what comes first


def test_a_handshake_that_fails() -> None:
    """Hanging up after the 220 to STARTTLS is no breach, after another reply it is."""
    start = ((None, "220 lab"), ("EHLO me", "250-lab\n250 STARTTLS"))
    assert worst(dialogue(*start, ("STARTTLS", "220 x"), closed=True)) == CONFORMS
    assert worst(dialogue(*start, ("STARTTLS", "454 x"), closed=True)) == VIOLATES
    assert worst(dialogue(("STARTTLS", "220 x"), closed=True)) == CONFORMS


@pytest.mark.parametrize("line", ["EHLO me", "LHLO me", "HELO me", "AUTH PLAIN", "NOOP", "RSET", "QUIT"])
def test_530_to_what_is_excepted(line: str) -> None:
    """530 is not for what an RFC excepts, unless the other RFC may speak; by itself the benefit is the server's."""
    tls = ((None, "220 lab"), ("EHLO me", "250-lab\n250 STARTTLS"))
    never = line.split(maxsplit=1)[0] in ("EHLO", "LHLO", "NOOP", "QUIT")
    assert worst(dialogue(*GREETED, (line, "530 x"))) in (DEPARTS, VIOLATES)
    for transcript in (dialogue(*tls, (line, "530 x")), dialogue((line, "530 x"))):
        assert (worst(transcript) == CONFORMS) is not never


def test_ehlo_again() -> None:
    """EHLO is not refused as a bad sequence; after a greeting of 554, or alone, the 503 may be right."""
    for start in (GREETED, GREETED[:1], (*GREETED, MAIL)):
        assert worst(dialogue(*start, ("EHLO me", "503 x"))) == VIOLATES
    for code in (421, 504, 550):
        assert worst(dialogue(*GREETED, ("EHLO me", f"{code} x"))) == CONFORMS
    assert worst(dialogue((None, "554 no"), ("EHLO me", "503 x"))) == CONFORMS
    assert worst(dialogue(("EHLO me", "503 x"))) == CONFORMS


# --- 521


@pytest.mark.parametrize("line", ["NOOP", "RSET", "HELP", "EHLO me", "VRFY a", "RCPT TO:<a@b>", "XSTATUS"])
def test_521(line: str) -> None:
    """Where the greeting is not known, a 521 tells it; where it was another, a 521 excuses nothing."""
    assert worst(dialogue((line, "521 no mail here"))) == CONFORMS
    assert worst(dialogue((line, "521 no mail here"), closed=True)) == PERMITTED
    assert worst(dialogue((None, "521 no"), (line, "250 x"))) != CONFORMS
    assert worst(dialogue(*GREETED, ("NOOP", "521 x"))) == DEPARTS
    assert worst(dialogue(*GREETED, (line, "521 x"), closed=True)) == VIOLATES
    assert worst(dialogue(("QUIT", "521 x"))) == VIOLATES


# --- SMTPUTF8


@pytest.mark.parametrize(
    "pairs",
    [
        (*UTF8, ("VRFY ñ SMTPUTF8", "250 Ñ <ñ@b.example>")),
        (*UTF8, ("EXPN staff smtputf8", "250-<ñ@b.example>\n250 <a@b.example>")),
        (*WIDE, ("RCPT TO:<x@b.example>", "251 will forward to <ñ@b.example>")),
        (*WIDE, ("RCPT TO:<x@b.example>", "551 try <ñ@b.example>")),
        (("VRFY ñ SMTPUTF8", "250 <ñ@b.example>"),),
        (("RCPT TO:<x@b.example>", "551 try <ñ@b.example>"),),
    ],
)
def test_utf8_that_the_client_allows(pairs: tuple[tuple[str | None, str], ...]) -> None:
    """UTF-8 is lawful in what answers VRFY and EXPN with SMTPUTF8, and in 251 and 551 after MAIL with it."""
    assert worst(dialogue(*pairs)) == CONFORMS


@pytest.mark.parametrize(
    "pairs",
    [
        (*UTF8, ("VRFY ñ", "250 <ñ@b.example>")),
        (*UTF8, ("VRFY SMTPUTF8", "250 <ñ@b.example>")),
        (*UTF8, ("VRFY x SMTPUTF8", b"250 <\xf1@b.example>\r\n")),
        (*UTF8, ("VRFY x SMTPUTF8", b"250 <\xc3\xb1\x00@b.example>\r\n")),
        (*GREETED, ("VRFY ñ SMTPUTF8", "250 <ñ@b.example>")),
        (*NARROW, ("RCPT TO:<x@b.example>", "551 try <ñ@b.example>")),
        (*WIDE, ("RCPT TO:<x@b.example>", "550 no hay ningún ñ")),
        (*WIDE, ("HELP", "214 ñ")),
        (("HELP", "214 ñ"),),
    ],
)
def test_utf8_that_nobody_allowed(pairs: tuple[tuple[str | None, str | bytes], ...]) -> None:
    """Elsewhere the text of a reply is ASCII; what is allowed is UTF-8 and no other octets (RFC 6531 §3.7.4)."""
    assert outcomes(dialogue(*pairs))["reply.textstring"] == VIOLATES


# --- LMTP, and the rows of extensions


def test_lmtp_is_told_by_its_commands() -> None:
    """Message text that begins with LHLO makes no LMTP; the command does, and then HELO and EHLO must not succeed."""
    start = (*GREETED, MAIL, ("RCPT TO:<a@b>", "250 x"), ("DATA", "354 x"))
    assert worst(dialogue(*start, (b"LHLO me\r\n.\r\n", "250 x")), 1) == CONFORMS
    for line in ("EHLO me", "HELO me"):
        assert worst(dialogue(*LMTP, (line, "250 x"))) == VIOLATES
        for code in (500, 502, 503, 550):  # 500 is recommended there, and no refusal is forbidden
            assert worst(dialogue(*LMTP, (line, f"{code} x"))) == CONFORMS
    for reply, wanted in (("354 x", VIOLATES), ("503 x", CONFORMS), ("421 x", CONFORMS)):
        assert worst(dialogue(*LMTP, ("DATA", reply))) == wanted
        assert worst(dialogue(*LMTP, MAIL, ("RCPT TO:<a@b>", "550 x"), ("DATA", reply))) == wanted
    assert worst(dialogue(*LMTP, MAIL, ("RCPT TO:<a@b>", "250 x"), ("DATA", "354 x"))) == CONFORMS


@pytest.mark.parametrize(
    ("line", "good", "bad"),
    [
        ("ETRN x", (250, 251, 252, 253), (220, 235, 354)),
        ("ATRN x", (250,), (220, 251, 354)),
        ("BDAT 0 LAST", (250,), (251, 252, 354)),
        ("LHLO me", (250,), (220, 354)),
    ],
)
def test_the_rows_of_extensions(line: str, good: tuple[int, ...], bad: tuple[int, ...]) -> None:
    """A command of an extension that succeeds has a code that its RFC gives to it."""
    assert {worst(dialogue((line, f"{code} x"))) for code in good} == {CONFORMS}
    assert {worst(dialogue((line, f"{code} x"))) for code in bad} == {DEPARTS}


@pytest.mark.parametrize("line", ["MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "VRFY a", "EHLO me", "EXPN a", "ETRN x"])
def test_refusals_of_another_command(line: str) -> None:
    """A refusal that AUTH, STARTTLS or ATRN has of its own answers no other; private ones are free."""
    for code in (432, 453, 454, 534, 535, 538):
        assert outcomes(dialogue((line, f"{code} x")))["reply.its-command"] == DEPARTS
        assert "reply.its-command" not in outcomes(dialogue(("XSTATUS", f"{code} x")))
    for code in (450, 521, 530, 554, 556):
        assert "reply.its-command" not in outcomes(dialogue((line, f"{code} x")))


@pytest.mark.parametrize("line", ["MAIL FROM:<a@b>", "VRFY a", "RSET", "NOOP", "HELO me", "HELP", "EXPN a"])
def test_an_on_demand_relay(line: str) -> None:
    """A server that offers ATRN may refuse with 502 what it does not need, but not EHLO, AUTH, ATRN or QUIT."""
    relay = ((None, "220 lab"), ("EHLO me", "250-lab\n250-AUTH PLAIN\n250 ATRN"))
    assert worst(dialogue(*relay, (line, "502 x"))) == CONFORMS
    for needed in ("EHLO me", "AUTH PLAIN", "ATRN", "QUIT"):
        assert worst(dialogue(*relay, (needed, "502 x"))) == VIOLATES


def test_after_the_server_has_taken_its_leave() -> None:
    """After 221 to QUIT, or 421, nothing more is owed: silence and a closed connection are no breach."""
    for leave in (("QUIT", "221 x"), ("NOOP", "421 x"), (None, "421 x")):
        for closed in (True, False):
            assert worst(dialogue(*GREETED, leave, ("NOOP", None), closed=closed)) == CONFORMS
    assert worst(dialogue(*GREETED, ("NOOP", "250 x"), ("NOOP", None), closed=True)) == VIOLATES
