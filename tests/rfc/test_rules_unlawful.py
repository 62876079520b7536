"""What a server may not say is held against it, with the weight that the RFC's word has."""

from __future__ import annotations

import pytest

from smtplab.rfc.judge import CONFORMS, DEPARTS, PERMITTED, VIOLATES
from tests.helpers.dialogues import dialogue, outcomes, worst

GREETED = ((None, "220 lab"), ("EHLO me", "250 lab"))
ENHANCED = ((None, "220 lab"), ("EHLO me", "250-lab\n250 ENHANCEDSTATUSCODES"))


@pytest.mark.parametrize("code", [500, 502])
@pytest.mark.parametrize(
    "line",
    [
        "VRFY",
        "VRFY postmaster",
        "vrfy <a@b.example>",
        "HELO x",
        "EHLO x",
        "MAIL FROM:<a@b.example>",
        "RCPT TO:<a@b>",
        "DATA",
        "RSET",
        "NOOP",
        "noop hi",
        "QUIT",
    ],
)
def test_required_commands_refused_as_unknown(line: str, code: int) -> None:
    """None of the nine required commands may be refused with 500 or 502, with an argument or without."""
    assert outcomes(dialogue((line, f"{code} x")))["minimum.supported"] == VIOLATES


def test_500_for_a_line_that_is_too_long() -> None:
    """A command line over 512 octets may get 500, and is no sign that the command is unknown."""
    assert worst(dialogue(("VRFY " + "x" * 600, "500 line too long"))) == CONFORMS
    assert worst(dialogue(("VRFY " + "x" * 500, "500 line too long"))) == VIOLATES


def test_octets_that_no_command_has() -> None:
    """500 or 501 to a line with octets outside printable ASCII is lawful (RFC 5321 §2.4, §4.1.2), 502 to it is not."""
    for line in (
        b"VRFY jos\xe9\r\n",
        b"EHLO \xc3\xb1\r\n",
        b"NOOP \x00\r\n",
        b"RSET\x7f\r\n",
        b"MAIL FROM:<\xff@b>\r\n",
    ):
        for code in (500, 501):
            assert worst(dialogue(*GREETED, (line, f"{code} x"))) == CONFORMS, line
    assert worst(dialogue(*GREETED, (b"VRFY jos\xe9\r\n", "502 x"))) == VIOLATES


def test_help_with_a_topic_that_is_not_there() -> None:
    """504 is the fitting refusal of a topic; any other refusal is latitude."""
    assert worst(dialogue(*GREETED, ("HELP NOSUCH", "504 x"))) == CONFORMS
    for code in (500, 501, 502):
        assert worst(dialogue(*GREETED, ("HELP NOSUCH", f"{code} x"))) == PERMITTED


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (250, CONFORMS),
        (251, CONFORMS),
        (252, CONFORMS),
        (550, CONFORMS),
        (551, CONFORMS),
        (553, CONFORMS),
        (504, CONFORMS),
        (220, DEPARTS),
        (214, DEPARTS),
        (502, VIOLATES),
        (500, VIOLATES),
        (503, DEPARTS),
    ],
)
def test_vrfy(code: int, wanted: str) -> None:
    """VRFY is required: 500 and 502 violate a MUST, 252 is what a server that hides its addresses says."""
    assert worst(dialogue(*GREETED, ("VRFY postmaster", f"{code} x"))) == wanted


@pytest.mark.parametrize("code", [450, 451, 503, 504, 521, 530, 550, 554])
def test_noop_and_rset_refused(code: int) -> None:
    """NOOP's row has nothing but 250, and RSET must get 250: any other refusal departs or violates."""
    for line in ("NOOP", "NOOP ", "NOOP hi") if code != 504 else ("NOOP",):
        assert worst(dialogue(*GREETED, (line, f"{code} x"))) == DEPARTS
    assert worst(dialogue(*GREETED, ("RSET", f"{code} x"))) == VIOLATES
    assert worst(dialogue(*GREETED, ("QUIT", f"{code} x"))) == VIOLATES


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("NOOP", 354),
        ("NOOP", 220),
        ("HELP", 354),
        ("HELP MAIL", 334),
        ("MAIL FROM:<a@b>", 354),
        ("DATA", 250),
        ("EHLO me", 220),
        ("HELO me", 211),
        ("EXPN x", 251),
        ("AUTH PLAIN", 250),
        ("STARTTLS", 250),
    ],
)
def test_a_success_outside_the_row(line: str, code: int) -> None:
    """A success, or a "go on", that is not in the command's row departs from a SHOULD."""
    assert worst(dialogue((line, f"{code} x"))) == DEPARTS


def test_the_end_of_the_message_gets_250() -> None:
    """The message text's only success is 250; refusals are as may be."""
    start = (*GREETED, ("MAIL FROM:<a@b>", "250 x"), ("RCPT TO:<a@b>", "250 x"), ("DATA", "354 x"))
    for code, wanted in ((250, CONFORMS), (251, DEPARTS), (354, DEPARTS), (550, CONFORMS), (451, CONFORMS)):
        assert worst(dialogue(*start, (b"x\r\n.\r\n", f"{code} x"))) == wanted


@pytest.mark.parametrize("line", ["DATA now", "RSET 1", "QUIT bye"])
def test_arguments_that_may_not_be(line: str) -> None:
    """DATA, RSET and QUIT with an argument get 501; taking it departs from a SHOULD."""
    taken = {"DATA": "354 x", "RSET": "250 x", "QUIT": "221 x"}[line.split(maxsplit=1)[0]]
    assert worst(dialogue(*GREETED, (line, "501 x"))) == CONFORMS
    assert worst(dialogue(*GREETED, (line, taken))) == DEPARTS


@pytest.mark.parametrize("code", [500, 501, 502, 504])
def test_bare_help_refused(code: int) -> None:
    """HELP without an argument should be supported; temporarily refused, or first AUTH, is not to be without it."""
    assert outcomes(dialogue(*GREETED, ("HELP", f"{code} x")))["help.supported"] == DEPARTS
    assert "help.supported" not in outcomes(dialogue(*GREETED, ("HELP MAIL", f"{code} x")))


def test_bare_help_put_off() -> None:
    """A refusal for now, until AUTH, or by policy does not show that HELP is missing; other rules speak of it."""
    for code in (421, 451, 530, 550, 554):
        assert "help.supported" not in outcomes(dialogue(*GREETED, ("HELP", f"{code} x")))
    assert outcomes(dialogue(*GREETED, ("HELP", "554 x")))["help.refusal-code"] == DEPARTS
    applied = outcomes(dialogue((None, "220 lab"), ("HELP", "503 x")))
    assert (applied.get("help.supported"), applied["help.any-time"]) == (None, DEPARTS)


def test_expn() -> None:
    """EXPN should be supported and is no MUST; where it works EHLO lists it."""
    for code in (500, 502):
        assert worst(dialogue(*GREETED, ("EXPN staff", f"{code} x"))) == DEPARTS
    for code in (252, 550, 504):
        assert (
            worst(dialogue((None, "220 lab"), ("EHLO me", "250-lab\n250 EXPN"), ("EXPN staff", f"{code} x")))
            == CONFORMS
        )
    assert worst(dialogue(*GREETED, ("EXPN staff", "250 <a@b.example>"))) == VIOLATES


@pytest.mark.parametrize(
    ("verb", "keyword", "reply"),
    [
        ("BDAT 0 LAST", "CHUNKING", "250 x"),
        ("BURL imap://x LAST", "BURL", "250 x"),
        ("ETRN x", "ETRN", "253 x"),
        ("ATRN x", "ATRN", "250 x"),
        ("STARTTLS", "STARTTLS", "220 x"),
        ("AUTH PLAIN x", "AUTH", "235 x"),
        ("SAML FROM:<a@b>", "SAML", "250 x"),
    ],
)
def test_extensions_are_listed_and_work(verb: str, keyword: str, reply: str) -> None:
    """What works is listed under its keyword, and what is listed is not refused with 500 or 502."""
    listed = ((None, "220 lab"), ("EHLO me", f"250-lab\n250 {keyword} x"))
    assert worst(dialogue(*listed, (verb, reply))) == CONFORMS
    assert worst(dialogue(*GREETED, (verb, reply))) == VIOLATES
    for code in (500, 502):
        assert worst(dialogue(*listed, (verb, f"{code} x"))) == VIOLATES
        assert worst(dialogue(*GREETED, (verb, f"{code} x"))) == CONFORMS


@pytest.mark.parametrize("keyword", ["STATUS", "STAT", "AUTH=PLAIN", "PRDR", "IGNOREQUOTA", "8BIT-MIME", "RSET"])
def test_keywords_that_nobody_registered(keyword: str) -> None:
    """A keyword that is not registered and does not begin with X violates a MUST, wherever it stands in the list."""
    assert worst(dialogue(("EHLO me", f"250-lab\n250-SIZE 1\n250-{keyword}\n250 HELP"))) == VIOLATES


@pytest.mark.parametrize(
    "keyword",
    [
        "8BITMIME",
        "BINARYMIME",
        "burl imap",
        "SIZE 100",
        "LIMITS RCPTMAX=5",
        "XCLIENT NAME",
        "x-anything",
        "VRFY",
        "MT-PRIORITY MIXER",
        "NO-SOLICITING a:b",
        "UTF8SMTP",
        "ONEX",
        "RRVS",
        "REQUIRETLS",
        "CONNEG",
        "FUTURERELEASE 1 2",
        "DELIVERBY 1",
        "SUBMITTER",
        "MTRK",
        "VERP",
    ],
)
def test_keywords_that_are_registered(keyword: str) -> None:
    """A registered keyword, in any case and with parameters, and one that begins with X, conforms."""
    assert worst(dialogue(("EHLO me", f"250-lab\n250 {keyword}"))) == CONFORMS


def test_enhanced_codes_on_every_line() -> None:
    """The same enhanced code stands on each line or on none, and on each where it was announced."""
    for text in (
        "214-2.0.0 a\n214 b",
        "214-a\n214 2.0.0 b",
        "214-2.0.0 a\n214-b\n214 2.0.0 c",
        "214-2.0.0 a\n214 2.1.0 b",
    ):
        assert outcomes(dialogue(("HELP", text)))["enhanced.every-line"] == VIOLATES, text
        assert outcomes(dialogue(*ENHANCED, ("HELP", text)))["enhanced.every-line"] == VIOLATES, text
    assert outcomes(dialogue(*ENHANCED, ("HELP", "214-a\n214 2.0.0 b")))["enhanced.announced"] == VIOLATES
    assert outcomes(dialogue(*ENHANCED, ("HELP", "214-2.0.0 a\n214 b")))["enhanced.announced"] == VIOLATES
    assert outcomes(dialogue(("HELP", "214-2.0.0 a\n214 5.0.0 b")))["enhanced.class"] == VIOLATES
    assert outcomes(dialogue(*ENHANCED, ("HELP", "214-2.0.0 a\n214 2.0.0 b")))["enhanced.announced"] == CONFORMS
    plain = outcomes(dialogue(*GREETED, ("HELP", "214-Sections of the manual:\n214 5.3.2 queues")))
    assert not plain.keys() & {"enhanced.class", "enhanced.every-line"}  # its EHLO announces no such codes


@pytest.mark.parametrize("code", [250, 450, 550])
def test_enhanced_codes_of_each_class(code: int) -> None:
    """Where they were announced, each 2yz, 4yz and 5yz reply bears one, and of its own class."""
    assert outcomes(dialogue(*ENHANCED, ("RCPT TO:<a@b>", f"{code} x")))["enhanced.announced"] == VIOLATES
    kept = outcomes(dialogue(*ENHANCED, ("RCPT TO:<a@b>", f"{code} {code // 100}.1.0 x")))
    assert (kept["enhanced.announced"], kept["enhanced.class"]) == (CONFORMS, CONFORMS)
    other = 2 if code >= 400 else 5
    assert outcomes(dialogue(("RCPT TO:<a@b>", f"{code} {other}.1.0 x")))["enhanced.class"] == VIOLATES


def test_enhanced_codes_where_they_do_not_belong() -> None:
    """The greeting, EHLO's and HELO's replies and 354 bear none, and are not asked for one."""
    session = dialogue(*ENHANCED, ("HELO me", "250 x"), ("DATA", "354 x"))
    for which in range(4):
        assert "enhanced.announced" not in outcomes(session, which)


def test_rcpt_before_mail() -> None:
    """RCPT with no MAIL before it must get 503; RSET, EHLO and a finished message clear the MAIL."""
    rcpt = ("RCPT TO:<c@d.example>", "250 x")
    mail = ("MAIL FROM:<a@b.example>", "250 x")
    for before in (
        (),
        (mail, ("RSET", "250 x")),
        (mail, ("EHLO me", "250 lab")),
        (mail, rcpt, ("DATA", "354 x"), (b".\r\n", "250 x")),
    ):
        assert outcomes(dialogue(*GREETED, *before, rcpt))["rcpt.order"] == VIOLATES, before
    assert outcomes(dialogue(*GREETED, ("RCPT TO:<c@d>", "503 x")))["rcpt.order"] == CONFORMS
    for before in ((mail,), (mail, rcpt), (("XMAIL x", "250 x"),)):
        assert "rcpt.order" not in outcomes(dialogue(*GREETED, *before, rcpt))
    assert "rcpt.order" not in outcomes(dialogue(rcpt))  # nothing is known of its session


def test_hanging_up() -> None:
    """A server hangs up after 221 to QUIT or with 421; after anything else, or without a word, it violates a MUST."""
    assert worst(dialogue(*GREETED, ("QUIT", "221 x"), closed=True)) == CONFORMS
    for line, reply in (("RSET", "250 x"), ("NOSUCH", "500 x"), ("NOOP", "221 x"), ("NOSUCH", None), ("QUIT", None)):
        assert outcomes(dialogue(*GREETED, (line, reply), closed=True))["connection.stays"] == VIOLATES
    assert worst(dialogue((None, "554 x"), closed=True)) == VIOLATES  # QUIT is to be waited for (RFC 5321 §3.1)
    for greeting in ("421 x", "521 x"):
        assert worst(dialogue((None, greeting), closed=True)) == CONFORMS


def test_a_looser_path() -> None:
    """A path without brackets, or not right after the colon, may be taken or refused."""
    for line in ("MAIL FROM:a@b.example", "MAIL FROM: <a@b.example>", "mail from :<a@b.example>"):
        assert worst(dialogue(*GREETED, (line, "250 x"))) == PERMITTED
        assert worst(dialogue(*GREETED, (line, "501 x"))) == CONFORMS


def test_help_in_a_transaction() -> None:
    """After HELP, RCPT and DATA go on where they were; a 503 is HELP's fault only where nothing else explains it."""
    mail, rcpt = ("MAIL FROM:<a@b.example>", "250 x"), ("RCPT TO:<c@d.example>", "250 x")
    assert outcomes(dialogue(*GREETED, mail, ("HELP", "214 x"), (rcpt[0], "503 x")))["help.no-effect"] == VIOLATES
    assert outcomes(dialogue(*GREETED, mail, rcpt, ("HELP", "502 x"), ("DATA", "503 x")))["help.no-effect"] == VIOLATES
    assert outcomes(dialogue(*GREETED, mail, rcpt, ("HELP", "214 x"), ("DATA", "354 x")))["help.no-effect"] == CONFORMS
    for before in (
        (mail, (rcpt[0], "550 x"), ("HELP", "214 x")),  # nobody to send to
        (mail, rcpt, ("HELP", "214 x"), ("XWIPE", "250 x")),
        (mail, ("HELP", "214 x"), ("RSET", "250 x")),
        ((mail[0], "550 x"), ("HELP", "214 x")),
        (mail, rcpt),
    ):
        assert "help.no-effect" not in outcomes(dialogue(*GREETED, *before, ("DATA", "503 x"))), before


def test_after_a_message_that_ended_wrongly() -> None:
    """A reply ends the message, rightly or not, and so does the dot, whether a reply came or none: commands follow."""
    start = (*GREETED, ("MAIL FROM:<a@b>", "250 x"), ("RCPT TO:<a@b>", "250 x"), ("DATA", "354 x"))
    for end in ((b"x\n.\n", "250 x"), (b"x\r\n.\r\n", None)):
        assert outcomes(dialogue(*start, end, ("STATUS", "211 x")))["private.name"] == VIOLATES
