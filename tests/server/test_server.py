"""What the server answers, on both carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from aiosmtpd.smtp import syntax

import smtplab
from smtplab.server.personality import HANG_UP, SILENCE, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

Start: TypeAlias = "Callable[..., smtplab.Lab]"

STANDARD = ["DATA", "EHLO", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET", "VRFY"]


def test_greeting_comes_first(lab: smtplab.Lab) -> None:
    """A session begins with a 220 that names the host (RFC 5321 §4.2)."""
    lab.send("NOOP")
    greeting = lab.transcript[0]
    assert greeting.sent is None
    assert greeting.reply == smtplab.Reply(b"220 lab.example smtplab\r\n")


def test_help_lists_every_command_under_214(lab: smtplab.Lab) -> None:
    """HELP gets 214 and one line of use for each command, before EHLO too."""
    reply = lab.send("HELP")
    assert reply.code == 214
    assert reply.defects == ()
    listed = [line.split()[0] for line in reply.lines[1:-1]]
    assert listed == [*STANDARD, "XSTATUS"]
    assert lab.send("help").raw == reply.raw


@pytest.mark.parametrize("command", [*STANDARD, "XSTATUS"])
def test_help_on_a_command(lab: smtplab.Lab, command: str) -> None:
    """HELP with a command's name gets 214, its syntax and where it is defined."""
    reply = lab.send(f"HELP {command.lower()}")
    assert reply.code == 214
    assert reply.lines[0].startswith(f"Syntax: {command}")
    assert "RFC 5321" in reply.text


@pytest.mark.parametrize(
    "topic", ["NOSUCH", "nosuch thing", "STAT", "AUTH", "x" * 400, "<script>", "HELP HELP", "\x7f"]
)
def test_help_on_nonsense(lab: smtplab.Lab, topic: str) -> None:
    """HELP with an unknown topic gets 504, in a lawful reply whatever the topic was (RFC 5321 §4.2.1)."""
    reply = lab.send(f"HELP {topic}")
    assert reply.code == 504
    assert reply.defects == ()


def test_help_names_mail_from_too(lab: smtplab.Lab) -> None:
    """HELP MAIL FROM, as people type it, is HELP MAIL."""
    assert lab.send("HELP mail  from") == lab.send("HELP MAIL")
    assert lab.send("HELP RCPT TO") == lab.send("HELP RCPT")


def test_ehlo_announces_help(lab: smtplab.Lab) -> None:
    """EHLO lists HELP, as it must when HELP is offered (RFC 5321 §4.1.1.1)."""
    assert "HELP" in lab.send("EHLO client.example").lines


def test_help_leaves_the_transaction_alone(lab: smtplab.Lab) -> None:
    """HELP and XSTATUS between MAIL, RCPT and DATA lose nothing (RFC 5321 §4.1.1.8)."""
    lab.send("EHLO client.example")
    codes = [
        lab.send(command).code
        for command in ("MAIL FROM:<a@b.example>", "HELP", "RCPT TO:<c@d.example>", "HELP DATA", "XSTATUS", "DATA")
    ]
    assert codes == [250, 214, 250, 214, 211, 354]
    assert [reply.code for reply in lab.send_raw(b"Subject: hi\r\n\r\nHELP\r\n.\r\n")] == [250]
    assert [(message.mail_from, message.rcpt_tos) for message in lab.messages] == [("a@b.example", ("c@d.example",))]
    assert lab.messages[0].content == b"Subject: hi\r\n\r\nHELP\r\n"


def test_xstatus_shows_live_figures_under_211(lab: smtplab.Lab) -> None:
    """XSTATUS gets 211 and figures that follow what happens."""
    reply = lab.send("XSTATUS")
    assert (reply.code, reply.is_multiline, reply.defects) == (211, True, ())
    assert "sessions: 1 open, 1 in all" in reply.lines
    assert "commands: XSTATUS 1" in reply.lines
    lab.send("HELP")
    lab.send("NONSENSE")
    lab.send("QUIT")
    later = lab.send("XSTATUS")
    assert "sessions: 1 open, 2 in all" in later.lines
    assert "commands: HELP 1, QUIT 1, XSTATUS 2, unknown 1" in later.lines
    assert "replies: 211 1, 214 1, 220 2, 221 1, 500 1" in later.lines
    assert "messages held: 0" in later.lines


def test_xstatus_takes_no_argument(lab: smtplab.Lab) -> None:
    """XSTATUS with an argument is a syntax error in arguments, 501."""
    assert lab.send("XSTATUS now").code == 501


@pytest.mark.parametrize("verb", ["STAT", "STATUS", "stat"])
def test_smtp_has_no_status_command(lab: smtplab.Lab, verb: str) -> None:
    """STAT and STATUS get 500 with a text that says so and names XSTATUS and HELP."""
    reply = lab.send(verb)
    assert reply.code == 500
    assert f"no {verb.upper()} command" in reply.text
    assert "XSTATUS" in reply.text
    assert "HELP" in reply.text


def test_a_learner_may_be_wrong_often(lab: smtplab.Lab) -> None:
    """Unknown commands get 500 as often as they come, and the session stays."""
    assert {lab.send(f"WRONG{number}").code for number in range(30)} == {500}
    assert len({exchange.session for exchange in lab.transcript}) == 1


@pytest.mark.parametrize(
    ("octets", "code"), [(512, 214), (513, 500), (600, 500), (998, 500), (1500, 500), (70_000, 500)]
)
def test_the_command_line_limit(start: Start, octets: int, code: int) -> None:
    """A command of 512 octets with its CRLF is taken, one more gets 500 (RFC 5321 §4.5.3.1.4)."""
    lab = start()
    filler = "HELP HELP" + " " * (octets - len("HELP HELP") - 2)
    assert lab.send(filler).code == code
    assert lab.send("NOOP").code == 250


@pytest.mark.parametrize("sizes", [(600,), (400, 400), (1500, 10), (65536, 500), (66_000, 3, 70_000), (200_000,)])
def test_a_long_line_in_pieces(start: Start, sizes: tuple[int, ...]) -> None:
    """However long a line is and in whatever pieces it comes, it gets one reply, and the next line its own."""
    for how in ("rfc5321", smtplab.Personality.scripted({"XLONG": "250 long"}), "aiosmtpd-1.4.6", "exim-4.96"):
        lab = start(how)
        lab.send("NOOP")
        for size in sizes:
            assert lab.send_raw(b"XLONG ".ljust(size, b"A")) == ()
        (reply,) = lab.send_raw(b"\r\n")
        assert reply.code == (250 if "scripted" in repr(lab.personality) else 500)
        assert lab.send("NOOP").code == 250
        assert [exchange.command for exchange in lab.transcript][-1] == "NOOP"
        lab.stop()


@pytest.mark.parametrize("command", [b"HELP \xf1", "HELP ñ".encode(), b"\xff\xfe", b"H\x01LP", b" HELP", b"HELP\tMAIL"])
def test_strange_octets_get_a_lawful_refusal(lab: smtplab.Lab, command: bytes) -> None:
    """Octets outside ASCII in a verb get 500, in an argument 501 (RFC 5321 §4.2.4), within the grammar themselves."""
    reply = lab.send(command)
    assert reply.code == (501 if command.startswith(b"HELP ") else 500)
    assert reply.defects == ()


def test_nul_reaches_the_server_raw(lab: smtplab.Lab) -> None:
    """send_raw carries NUL, and the server answers it."""
    (reply,) = lab.send_raw(b"HELP \x00\r\n")
    assert reply.code == 504
    assert reply.defects == ()


def test_the_stock_exhibit(start: Start) -> None:
    """The personality aiosmtpd-1.4.6 answers as aiosmtpd is published: 250 to HELP, 501 to a topic it does not know."""
    lab = start("aiosmtpd-1.4.6")
    assert lab.send("HELP").raw.startswith(b"250 Supported commands: ")
    assert "XSTATUS" not in lab.send("HELP").text
    assert lab.send("HELP MAIL").code == 250
    assert lab.send("HELP NOSUCH").code == 501
    assert lab.send("XSTATUS").code == 500
    assert lab.send("STAT").text == 'Error: command "STAT" not recognized'


def test_mail_is_held_to_a_limit_and_goes_nowhere(start: Start) -> None:
    """More mail than the lab holds is refused with 452 (RFC 5321 §4.2.3)."""
    lab = start()
    lab._state.max_messages = 1
    lab.send("HELO client.example")
    for wanted in (250, 452):
        lab.send("MAIL FROM:<a@b.example>")
        lab.send("RCPT TO:<c@d.example>")
        lab.send("DATA")
        assert lab.send_raw(b"text\r\n.\r\n")[0].code == wanted
    assert len(lab.messages) == 1


# --- scripted personalities


def test_scripted_answers(start: Start) -> None:
    """A script answers whole lines before verbs, in turn, in octets, by function; the rest is the lab's own."""
    lab = start(
        smtplab.Personality.scripted(
            {
                "HELP": ["214 one", "214 two"],
                "help MAIL": smtplab.Reply.of(211, "a", "b"),
                "RSET": b"250-x\n250 \xff\r\n",
                "VRFY": lambda line: f"252 {line[5:]}",
                "EXPN": Answer(b"250 list\r\n"),
            },
            greeting="220 odd one",
        )
    )
    replies = [
        lab.send(command).raw for command in ("HELP", "HELP x", "HELP", "Help  mail", "RSET", "VRFY me", "EXPN a")
    ]
    assert replies == [
        b"214 one\r\n", b"214 two\r\n", b"214 two\r\n", b"211-a\r\n211 b\r\n", b"250-x\n250 \xff\r\n", b"252 me\r\n",
        b"250 list\r\n",
    ]  # fmt: skip
    assert lab.send("NOOP").raw == b"250 OK\r\n"
    assert lab.transcript[0].reply.raw == b"220 odd one\r\n"
    assert [exchange.source for exchange in lab.transcript] == ["scripted"] * 8 + ["live"]


def test_scripted_421_hangs_up(start: Start) -> None:
    """After a scripted 421 the server hangs up, and the next command meets a new session (RFC 5321 §3.8)."""
    lab = start(smtplab.Personality.scripted({"HELP": "421 closing"}))
    assert lab.send("HELP").code == 421
    assert lab.transcript[-1].closed
    assert lab.send("NOOP").code == 250
    assert [exchange.session for exchange in lab.transcript] == [1, 1, 2, 2]


def test_scripted_hang_up_and_silence(start: Start) -> None:
    """A server that hangs up raises ConnectionLost, one that is silent ReplyTimeout; the lab goes on after both."""
    lab = start(smtplab.Personality.scripted({"HELP": HANG_UP, "NOOP": SILENCE}))
    with pytest.raises(smtplab.ConnectionLost) as lost:
        lab.send("HELP")
    assert lost.value.transcript[-1].closed
    with pytest.raises(smtplab.ReplyTimeout):
        lab.send("NOOP", timeout=0.1)
    assert lab.send("RSET").code == 250


def test_scripted_data_swallows_the_text(start: Start) -> None:
    """After a scripted 354 to DATA the text up to the dot is no command."""
    lab = start(smtplab.Personality.scripted({"DATA": "354 go", ".": "451 not today"}))
    assert lab.send("DATA").code == 354
    assert [reply.code for reply in lab.send_raw(b"HELP\r\nQUIT\r\n.\r\nNOOP\r\n")] == [451, 250]


@pytest.mark.parametrize(
    ("answers", "error"),
    [({"HELP": 214}, "HELP.*is 214"), ({"HELP": [None]}, "HELP.*is None"), ({"HELP": []}, "HELP.*empty")],
)
def test_a_script_that_is_no_script(answers: dict[str, Any], error: str) -> None:
    """What cannot be an answer is refused with the command's name."""
    with pytest.raises((TypeError, ValueError), match=error):
        smtplab.Personality.scripted(answers)


def test_two_replies_to_one_command(start: Start) -> None:
    """A second reply that nobody asked for is noted, not dropped, and does not pass for the next command's."""
    lab = start(smtplab.Personality.scripted({"TURN": b"502 no\r\n250 ok\r\n"}))
    assert lab.send("TURN").code == 502
    assert lab.send("HELP").code == 214
    assert [(exchange.command, exchange.reply.code) for exchange in lab.transcript[1:]] == [
        ("TURN", 502), (None, 250), ("HELP", 214),
    ]  # fmt: skip


# --- a learner's own server


def test_own_verbs_join_help(start: Start) -> None:
    """A child of LabSMTP gets its own verbs into HELP by aiosmtpd's @syntax."""

    class Mine(smtplab.LabSMTP):
        @syntax("XPING [word]")
        async def smtp_XPING(self, arg: str | None) -> None:
            await self.push(f"211 pong {arg}")

    lab = start(server=Mine)
    assert lab.send("XPING now").raw == b"211 pong now\r\n"
    assert any(line.startswith("XPING [word]") for line in lab.send("HELP").lines)
    assert lab.send("HELP XPING").lines == ("Syntax: XPING [word]",)


def test_own_handler_may_sleep(start: Start) -> None:
    """A custom handler may await; on the memory carrier its seconds pass at once."""
    import asyncio

    class Slow:
        async def handle_NOOP(self, *_args: object) -> str:
            await asyncio.sleep(0.02)
            async with asyncio.timeout(5):
                await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.01))
            return "250 rested"

    assert start(handler=Slow()).send("NOOP").text == "rested"


def test_a_handler_that_fails_is_a_500(start: Start) -> None:
    """An exception in a handler comes back as aiosmtpd's 500, and the session goes on."""

    class Broken:
        async def handle_NOOP(self, *_args: object) -> str:
            raise ZeroDivisionError("oops")

    lab = start(handler=Broken())
    assert "ZeroDivisionError" in lab.send("NOOP").text
    assert lab.send("HELP").code == 214


def test_a_handler_that_calls_the_lab(start: Start) -> None:
    """A handler that talks to its own lab gets an error that says so, not a deadlock."""

    class Selfish:
        lab: smtplab.Lab

        async def handle_NOOP(self, *_args: object) -> str:
            try:
                self.lab.send("HELP")
            except smtplab.LabError as error:
                return f"250 {error}"
            return "250 it answered"

    handler = Selfish()
    handler.lab = start(handler=handler)
    assert "from inside its own server" in handler.lab.send("NOOP").text
    assert handler.lab.send("HELP").code == 214
