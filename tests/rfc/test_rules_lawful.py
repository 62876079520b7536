"""What a server may lawfully say is not held against it, for the state of the session accounts for it."""

from __future__ import annotations

import pytest

from smtplab.errors import NotAReply
from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.rfc.codes import codes
from smtplab.rfc.judge import CONFORMS, DEPARTS, PERMITTED, VIOLATES, judge, judge_all
from smtplab.rfc.registry import defined_codes, keyword_of, keywords, required_verbs, success_codes, verbs
from smtplab.text.texts import data
from tests.helpers.dialogues import dialogue, outcomes, worst

GREETED = ((None, "220 lab"), ("EHLO me", "250 lab"))
MAIL = (("MAIL FROM:<a@b.example>", "250 x"), ("RCPT TO:<c@d.example>", "250 x"))
IN_DATA = (*GREETED, *MAIL, ("DATA", "354 x"))
EVERY_VERB = sorted(required_verbs() - {"QUIT"} | {"HELP", "EXPN", "XSTATUS", "NOSUCH", "STARTTLS", "AUTH", "BURL"})


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_session_that_the_greeting_refused(verb: str) -> None:
    """After a greeting of 521, 521 to everything is lawful; after 554, 503 to everything; QUIT still gets 221."""
    for greeting, reply in (("521 no mail here", "521 no mail here"), ("554 no service", "503 bad sequence")):
        transcript = dialogue((None, greeting), (verb, reply), ("QUIT", "221 x"), closed=True)
        assert [exchange.worst for exchange in judge_all(transcript)] == [CONFORMS] * 3, judge_all(transcript)


def test_a_refused_session_has_its_rules_too() -> None:
    """After 554 another refusal departs, hanging up violates; after 521 hanging up is lawful; QUIT gets 221."""
    assert worst(dialogue((None, "554 no"), ("NOOP", "550 no"))) == DEPARTS
    assert worst(dialogue((None, "554 no"), ("NOOP", "250 ok"))) == DEPARTS
    assert worst(dialogue((None, "554 no"), ("NOOP", "421 bye"), closed=True)) == CONFORMS
    assert worst(dialogue((None, "554 no"), ("NOOP", "503 no"), closed=True)) == VIOLATES
    assert worst(dialogue((None, "521 no"), ("NOOP", "521 no"), closed=True)) == PERMITTED
    assert worst(dialogue((None, "521 no"), ("NOOP", None), closed=True)) == PERMITTED
    for greeting in ("554 no", "521 no"):
        assert worst(dialogue((None, greeting), ("QUIT", "503 no"))) == VIOLATES
    assert outcomes(dialogue(*GREETED, ("NOOP", "521 no")))["noop.250"] == DEPARTS


@pytest.mark.parametrize(
    "verb",
    [
        "MAIL FROM:<a@b.example>",
        "VRFY ana",
        "EXPN staff",
        "HELP",
        "HELP MAIL",
        "XSTATUS",
        "XSTATUS now",
        "NOSUCH",
        "ETRN x",
        "DATA",
    ],
)
def test_a_server_that_wants_auth_or_tls_first(verb: str) -> None:
    """530 is lawful for a command that neither RFC 4954 §6 nor RFC 3207 §4 excepts."""
    assert worst(dialogue(*GREETED, (verb, "530 5.7.0 x"))) in (CONFORMS, PERMITTED)


def test_530_where_it_is_not_lawful() -> None:
    """530 is not lawful for what both except; RSET may get it where TLS may be wanted first."""
    assert worst(dialogue(*GREETED, ("NOOP", "530 x"))) == DEPARTS
    assert worst(dialogue(*GREETED, ("QUIT", "530 x"))) == VIOLATES
    offers = ((None, "220 lab"), ("EHLO me", "250-lab\n250 STARTTLS"))
    assert worst(dialogue(*offers, ("RSET", "530 x"))) == CONFORMS
    assert worst(dialogue(*GREETED, ("RSET", "530 x"))) == VIOLATES
    encrypted = (*offers, ("STARTTLS", "220 x"), ("EHLO me", "250 lab"))
    assert worst(dialogue(*encrypted, ("RSET", "530 x"))) == VIOLATES
    assert worst(dialogue(*encrypted, ("NOOP", "554 not secure enough"))) == CONFORMS  # RFC 3207 §4.1


@pytest.mark.parametrize("line", [b"HELP\r\n", b"STATUS\r\n", b"QUIT\r\n", b"NOOP\r\n", b"XSTATUS x\r\n"])
def test_message_text_is_no_command(line: bytes) -> None:
    """After 354 every line up to the dot is message text, however it looks and is cut (RFC 5321 §4.1.1.4)."""
    for cut in (
        ((line, None), (b".\r\n", "250 x")),
        ((line + b".\r\n", "250 x"),),
        ((line, None), (line + b".\r\n", "552 x")),
    ):
        transcript = dialogue(*IN_DATA, *cut)
        assert {exchange.worst for exchange in judge_all(transcript)} == {CONFORMS}, judge_all(transcript)
    assert worst(dialogue(*IN_DATA, (b".\r\n", "250 x"), (b"STATUS\r\n", "211 x"))) == VIOLATES  # a command once more
    assert judge(dialogue((line + b"\r\n.\r\n", "250 x"))[0]).worst == CONFORMS  # alone it is known by its dot


@pytest.mark.parametrize(
    "rest",
    [
        [("BDAT 12 LAST", None), (b"HELP\r\nHELP\r\n", "250 x")],
        [(b"BDAT 12 LAST\r\nHELP\r\nHELP\r\n", "250 x")],
        [("BDAT 12", None), (b"HELP\r\n", None), (b"HELP\r\n", "250 x"), ("BDAT 0 LAST", "250 x")],
        [("BDAT 6 LAST", None), (b"QUIT\r\n", "552 x")],
    ],
)
def test_the_octets_of_a_chunk_are_no_command(rest: list[tuple[str | bytes, str | None]]) -> None:
    """What BDAT announces is message text, counted and not read; the command after it is a command."""
    start = ((None, "220 lab"), ("EHLO me", "250-lab\n250 CHUNKING"), *MAIL)
    transcript = dialogue(*start, *rest)
    assert {exchange.worst for exchange in judge_all(transcript)} == {CONFORMS}, judge_all(transcript)
    assert worst(dialogue(*start, *rest, ("STATUS", "211 x"))) == VIOLATES


@pytest.mark.parametrize("code", [500, 502])
def test_a_chunk_that_nobody_reads(code: int) -> None:
    """Where the server does not know BDAT, what should have been a chunk is commands to it."""
    transcript = dialogue(*GREETED, ("BDAT 8 LAST", f"{code} x"), ("STATUS", "211 x"))
    assert outcomes(transcript)["private.name"] == VIOLATES
    transcript = dialogue(*GREETED, ("BDAT 8 LAST", "503 x"), ("STATUS", None), ("NOOP", "250 x"))
    assert "private.name" not in outcomes(transcript, -2)


def test_an_auth_exchange_has_no_commands() -> None:
    """A line after 334 answers a challenge, whatever it spells; after the exchange commands are commands."""
    start = ((None, "220 lab"), ("EHLO me", "250-lab\n250 AUTH LOGIN"), ("AUTH LOGIN", "334 VXNlcm5hbWU6"))
    for end in ("235 x", "535 x", "501 x", "334 UGFzc3dvcmQ6"):
        assert worst(dialogue(*start, ("QUIT", end))) == CONFORMS
    assert worst(dialogue(*start, ("QUIT", "535 x"), ("QUIT", "535 x"))) == VIOLATES


def test_421_at_any_time() -> None:
    """A server may say at any time that it shuts down: to any command, beside another reply, and as the greeting."""
    for verb in (*EVERY_VERB, "QUIT"):
        assert worst(dialogue(*GREETED, (verb, "421 x"), closed=True)) in (CONFORMS, PERMITTED), verb
    assert outcomes(dialogue(*GREETED, ("NOOP", "250 x"), (None, "421 x")), -2)["reply.one-per-command"] == CONFORMS
    assert worst(dialogue((None, "421 x"), closed=True)) == CONFORMS


def test_lmtp() -> None:
    """LMTP greets with LHLO, answers once for each recipient, and knows no EHLO; SMTP's minimum is not its law."""
    start = ((None, "220 lab LMTP"), ("LHLO me", "250-lab\n250 PIPELINING"))
    two = (
        *start,
        *MAIL,
        ("RCPT TO:<e@f.example>", "250 x"),
        ("DATA", "354 x"),
        (b"x\r\n.\r\n", "250 x"),
        (None, "450 x"),
    )
    assert {verdicts.worst for verdicts in judge_all(dialogue(*two))} == {CONFORMS}
    for line in ("EHLO me", "HELO me", "VRFY ana", "EXPN staff", "HELP"):
        assert worst(dialogue(*start, (line, "500 x"))) == CONFORMS
    assert worst(dialogue((None, "220 lab"), ("EHLO me", "500 x"), ("LHLO me", "250 lab")), 1) == CONFORMS
    assert worst(dialogue(*start, ("NOOP", "500 x"))) == VIOLATES
    assert worst(dialogue(*IN_DATA, (b"x\r\n.\r\n", "250 x"), (None, "450 x")), -2) == VIOLATES  # SMTP answers once


def test_turned_round() -> None:
    """After TURN or ATRN client and server have changed places, and what is sent is no command to the server."""
    for verb in ("TURN", "ATRN lab.example"):
        start = ((None, "220 lab"), ("EHLO me", "250-lab\n250-TURN\n250 ATRN"), (verb, "250 x"))
        assert worst(dialogue(*start, ("STATUS", "211 x"))) == CONFORMS


@pytest.mark.parametrize(
    "verb",
    [
        "BURL imap://x LAST",
        "BDAT 0 LAST",
        "ETRN x",
        "ATRN x",
        "STARTTLS",
        "AUTH PLAIN",
        "TURN",
        "LHLO x",
        "ONEX",
        "VERB",
        "SAML x",
    ],
)
def test_registered_verbs(verb: str) -> None:
    """A verb that an RFC defines is no private name: no success breaks RFC 5321 §4.1.5, no 502 breaks §4.2.4."""
    for reply in ("250 x", "502 x"):
        applied = outcomes(dialogue((verb, reply)))
        assert not applied.keys() & {"private.name", "unknown.500", "private.unknown"}


def test_a_private_verb_with_a_wrong_argument() -> None:
    """A private verb that is there may refuse its argument, its moment or its client; 502 says that it is unknown."""
    for reply in ("501 x", "503 x", "504 x", "530 x", "550 x"):
        assert worst(dialogue(("XSTATUS now", reply))) == CONFORMS
    assert worst(dialogue(("XSTATUS now", "502 x"))) == DEPARTS


def test_the_registry() -> None:
    """Each verb's keyword is a registered one, no keyword begins with X, and rows cite an RFC or IANA."""
    for verb in verbs():
        assert keyword_of(verb) is None or keyword_of(verb) in keywords(), verb
    assert not [keyword for keyword in keywords() if keyword.startswith("X") or keyword != keyword.upper()]
    assert required_verbs() == {"EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY"}
    assert success_codes("HELP") == (211, 214)
    for row in (*data("rfc/commands").values(), *data("rfc/extensions").values()):
        assert row["source"].startswith(("RFC ", "IANA, "))


def test_defined_codes() -> None:
    """Defined are the standard codes and those of extensions, all of which some extension's row has, and no others."""
    assert {*codes("standard"), *codes("extension")} <= defined_codes()
    of_rows = {code for row in data("rfc/extensions").values() for code in row.get("codes", ())}
    assert set(codes("extension")) - of_rows == {521, 556}  # RFC 7504: no EHLO keyword goes with them
    assert not defined_codes() & {*codes("industry"), *codes("folklore")}
    for code in (235, 253, 334, 355, 432, 453, 454, 458, 459, 521, 530, 534, 535, 538, 556):
        assert outcomes(dialogue(("ETRN x", f"{code} x")))["reply.listed"] == CONFORMS
    for code in (422, 430, 523, 524, 525, 533, 200, 259):
        assert outcomes(dialogue(("AUTH PLAIN", f"{code} x")))["reply.listed"] == DEPARTS


def test_all_at_once() -> None:
    """A transcript judged as a whole gets the verdicts that each exchange gets in it, sessions mixed or not."""
    first, second = dialogue(*IN_DATA, (b"HELP\r\n.\r\n", "250 x")), dialogue((None, "554 no"), ("HELP", "503 x"))
    other = [Exchange(exchange.sent, exchange.reply, session=2) for exchange in second]
    mixed = Transcript([first[0], other[0], *first[1:4], other[1], *first[4:]])
    for transcript in (first, second, mixed, Transcript()):
        assert judge_all(transcript) == tuple(judge(exchange, transcript) for exchange in transcript)
    assert judge_all(second, lang="es")[1][0].rule.lang == "es"
    part = first[4:]  # not from the greeting on: nothing is known of what came before
    assert [verdicts.worst for verdicts in judge_all(part)] == [CONFORMS] * len(part)


def test_the_time_grows_with_the_length_only() -> None:
    """Each exchange's rules are lookups once, however long the transcript."""
    lookups = []

    class Counted(Reply):
        @property
        def code(self) -> int:
            lookups.append(self)
            return int(self.raw[:3])

    def work(length: int) -> int:
        lookups.clear()
        judge_all(Transcript(Exchange(b"NOOP\r\n", Counted(b"250 x\r\n")) for _ in range(length)))
        return len(lookups)

    assert work(400) == 10 * work(40)


def test_no_reply_is_no_reply() -> None:
    """What the helpers call a reply is one."""
    with pytest.raises(NotAReply):
        dialogue(("HELP", "no code"))
