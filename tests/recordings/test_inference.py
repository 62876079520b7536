"""What recorded servers say to lines that were never recorded, for every server, verb, topic and moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smtplab.recordings.answers import Limit, RecordedReply
from smtplab.recordings.inference import UNKNOWN, Inference
from smtplab.recordings.listed import keyword_verbs, listed, listed_words
from smtplab.recordings.recording import Recording, names, recording
from smtplab.recordings.replay import RecordedPersonality
from smtplab.rfc.registry import required_verbs, verbs

if TYPE_CHECKING:
    from smtplab.server.personality import Answer


@pytest.fixture(params=names())
def name(request: pytest.FixtureRequest) -> str:
    """Name each recording in turn."""
    return str(request.param)


def says(name: str | Recording, *lines: bytes, greet: bool = True) -> list[Answer]:
    """Return a recorded server's answers to lines on one connection, after EHLO where `greet` is set."""
    own = name if isinstance(name, Recording) else recording(name)
    dialogue = RecordedPersonality(own.name, own).dialogue()
    if greet:
        dialogue.answer(b"LHLO lab.example\r\n" if own.protocol == "LMTP" else b"EHLO lab.example\r\n")
    return [dialogue.answer(line) for line in lines]


def unknown_replies(own: Recording) -> set[bytes]:
    """Return what the server says to an unknown command."""
    replies = (own.reply_to(UNKNOWN, phase) for phase in ("greeted", "connected"))
    return {reply.octets for reply in replies if reply is not None}


@pytest.mark.parametrize("greet", [False, True])
def test_a_listed_verb_is_never_called_unknown(name: str, greet: bool) -> None:
    """Whatever its argument, a verb that the server lists gets no reply that was made for unknown ones."""
    own = recording(name)
    _, verbs = listed(own)
    recorded = {reply.octets for _, line, reply in own.lines() if line.split()[:1] != [b"FOO"]}
    for verb in verbs:
        for rest in (b"", b" x", b" <a@b.example>", b" x y z", b"\tx"):
            (answer,) = says(name, verb.encode() + rest + b"\r\n", greet=greet)
            assert answer.source != "unrecorded", (verb, rest)
            assert answer.octets not in unknown_replies(own) or answer.octets in recorded, (verb, rest)


@pytest.mark.parametrize("greet", [False, True])
def test_a_topic_gets_what_topics_get(name: str, greet: bool) -> None:
    """HELP with a topic never asked gets the code that a topic of its kind got, and says that it is inferred."""
    own = recording(name)
    topics, _ = listed(own)
    hello = b"LHLO lab.example\r\n" if own.protocol == "LMTP" else b"EHLO lab.example\r\n"
    accepted = says(own, hello, greet=False)[0].octets.startswith(b"2")
    phase = "greeted" if greet and accepted else "connected"
    plain = [
        (line, reply) for line, reply in own.in_phase(phase).items()
        if line.startswith(b"HELP ") and line[5:-2].isalpha() and len(line) < 50
    ]  # fmt: skip
    for topic in (*required_verbs(), "EXPN", "XYZZY", "ETRN", "BDAT"):
        line = f"HELP {topic}\r\n".encode()
        (answer,) = says(name, line, greet=greet)
        if (recorded := own.in_phase(phase).get(line)) is not None:
            assert (answer.octets, answer.source) == (recorded.octets, "recorded")
            continue
        assert answer.source in ("inferred", "alike"), topic
        codes = {
            reply.octets[:3] for known, reply in plain if (known[5:-2].decode().upper() in topics) == (topic in topics)
        }
        if codes:
            assert answer.octets[:3] in codes, (topic, answer.octets)


def test_six_servers_that_answer_any_topic() -> None:
    """Servers that were recorded to answer HELP with a topic answer HELP RCPT, however often it is asked."""
    for name, code in (
        ("exim-4.96", b"214"), ("sendmail-8.17.1.9", b"214"), ("postfix-3.10.13", b"214"), ("dumbster-1.6", b"211"),
        ("haraka-3.3.4", b"250"), ("opensmtpd-6.8.0p2", b"500"), ("chasquid-1.11", b"214"), ("mailfront-2.12", b"214"),
    ):  # fmt: skip
        topics = (b"RCPT", b"NOOP", b"RSET", b"SOMETHING", b"ELSE", b"AGAIN")
        answers = says(name, *(b"HELP " + topic + b"\r\n" for topic in topics[:3]))
        assert [answer.octets[:3] for answer in answers] == [code] * 3, name
        assert not any(answer.close for answer in says(name, *(b"HELP " + topic + b"\r\n" for topic in topics))), name
    assert b"5.5.4" in says("opensmtpd-6.8.0p2", b"HELP RCPT\r\n")[0].octets


def test_a_repeated_argument_is_repeated() -> None:
    """A server that was seen to repeat what was sent, in its own letters, repeats the new argument or verb."""
    for name, line, octets in (
        ("qpsmtpd-help-0.94", b"HELP XYZZY", b"214 No help available for SMTP command: xyzzy\r\n"),
        ("sendmail-8.17.1.9", b"HELP Xyzzy", b'504 5.3.0 HELP topic "xyzzy" unknown\r\n'),
        ("postfix-3.7.11", b"VRFY alice", b"252 2.0.0 alice\r\n"),
        ("sendmail-8.17.1.9", b"XYZZY", b'500 5.5.1 Command unrecognized: "XYZZY"\r\n'),
        ("secure-smtpd-3.0.0", b"XYZZY", b'502 Error: command "XYZZY" not implemented\r\n'),
    ):
        (answer,) = says(name, line + b"\r\n", greet=not name.startswith("secure"))
        assert answer.octets == octets, name
    # octets that cannot stand in a reply are not repeated
    (odd,) = says("sendmail-8.17.1.9", b"XY\x1b[2JZZY\r\n")
    assert b"\x1b" not in odd.octets


def test_out_of_sequence_is_not_the_sequence() -> None:
    """RCPT and DATA before MAIL never get what they got after it."""
    for name in names():
        own = recording(name)
        if any(line[:4] in (b"RCPT", b"DATA") for line in own.in_phase("greeted")):
            continue  # recorded there
        for line in (b"RCPT TO:<a@b.example>\r\n", b"DATA\r\n"):
            (answer,) = says(name, line)
            assert (answer.octets[:3], answer.source) == (b"503", "stand-in"), name


def test_hello_again_and_first() -> None:
    """A second EHLO by another name, and HELO as the first command, are greeted where EHLO was."""
    for name in names():
        own = recording(name)
        hello = own.reply_to(b"EHLO lab.example\r\n", "connected")
        if hello is None or not hello.octets.startswith(b"250"):
            continue
        (again,) = says(name, b"EHLO other.example\r\n")
        (first,) = says(name, b"HELO other.example\r\n", greet=False)
        assert again.octets[:3] == b"250", name
        assert first.octets[:4] == b"250 ", name
        assert first.octets.count(b"\n") == 1, name


def test_bare_line_feeds() -> None:
    """A line that ends in a bare LF is taken or waited for as HELP's was, whatever its verb."""
    (waits,) = says("twisted-26.10.0", b"RSET\n")
    assert (waits.octets, waits.source) == (b"", "inferred")
    (taken,) = says("exim-4.96", b"NOOP\n")
    assert taken.octets == recording("exim-4.96").reply_to(b"NOOP\r\n").octets


def test_blank_and_odd_lines() -> None:
    """A blank line and one that begins with a sign get what the recorded ones got."""
    assert says("postfix-3.10.13", b"   \r\n")[0].octets == b"500 5.5.2 Error: bad syntax\r\n"
    assert says("postfix-3.10.13", b"!foo\r\n")[0].close


def test_a_guess_ends_no_session() -> None:
    """An inferred reply does not count as an unknown command, even where it is what unknown commands get."""
    refused = RecordedReply(b"500 what?\r\n")
    own = Recording(
        name="x", software="x", version="1", date="2026-11-25", obtained="x", greeting=RecordedReply(b"220 x\r\n"),
        answers={"connected": {b"HELP MAIL\r\n": refused, UNKNOWN: refused}},
        limits=(Limit("unknown", 2, b"421 enough\r\n"),),
    )  # fmt: skip
    assert not any(answer.close for answer in says(own, *[b"HELP RCPT\r\n"] * 9, greet=False))
    assert says(own, *[b"BAR\r\n"] * 3, greet=False)[-1].close


def test_capitals_matter_where_they_did() -> None:
    """A server that was seen to tell capitals apart is not taken to ignore them."""
    upper, lower = says("haraka-status-3.3.4", b"STATUS QUEUE LIST\r\n", b"status queue list\r\n")
    assert (upper.octets[:3], lower.octets[:3]) == (b"211", b"500")


def test_lists() -> None:
    """Words are listed in a row, at the beginning of a line, or by being registered; not by standing in prose."""
    assert listed_words(b"214 Try 'HELP COMMAND' for getting help on COMMAND\r\n") == {"HELP"}
    assert listed_words(b"214-CACHE  what is cached\r\n214 XFOO <x>\r\n") == {"CACHE", "XFOO"}
    assert keyword_verbs(b"250-mx HELP\r\n250-AUTH=LOGIN\r\n250-burl imap\r\n250 PIPELINING\r\n") == {"AUTH", "BURL"}
    assert not listed_words(b"250 Not implemented\r\n")
    assert verbs() >= listed(recording("exim-4.96"))[1]


def test_inference_knows_its_recording(name: str) -> None:
    """Any line in any phase is answered from the recording or in the lab's words."""
    inference = Inference(recording(name))
    for phases in (("connected",), ("greeted",), ("mail", "greeted"), ("rcpt", "mail", "greeted")):
        for line in (
            b"HELP \0\r\n",
            b"\0\r\n",
            b"\r\n",
            b"A" * 5000 + b"\r\n",
            b"HELP\n\r\n",
            b"NOOP \xff\r\n",
            b"x\n",
        ):
            reply, source = inference.reply_to(line, phases)
            assert source in ("alike", "inferred", "unrecorded", "stand-in")
            assert reply.octets.endswith(b"\n") or not reply.octets
