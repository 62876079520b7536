"""Code of a learner's that raises wherever a session runs any: the lab lives, and says what was raised."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP, syntax

import smtplab
from smtplab.server.personality import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., smtplab.Lab]


class Whatever(BaseException):
    """What no `except Exception` catches."""


ERRORS = (ValueError("a\r\n250 forged"), SystemExit(3), Whatever("x"), GeneratorExit(), asyncio.CancelledError())

MAIL = ("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", b"x\r\n.\r\n")
HOOKS = {
    "HELO": ("HELO me",), "EHLO": ("EHLO me",), "MAIL": MAIL[:2], "RCPT": MAIL[:3], "DATA": MAIL, "RSET": ("RSET",),
    "NOOP": ("NOOP",), "VRFY": ("VRFY a@b.example",), "QUIT": ("QUIT",),
}  # fmt: skip


def hook_of(verb: str, call: Callable[[], Any]) -> object:
    """Return a handler with one hook, which returns what a function returns."""

    async def hook(_self: object, _server: object, session: Any, *_any: object) -> Any:
        session.host_name = "me"
        return call()

    async def hello(_self: object, _server: object, session: Any, _env: object, _host: str, _lines: list[str]) -> Any:
        session.host_name = "me"
        return call()

    return type("Handler", (), {f"handle_{verb}": hello if verb == "EHLO" else hook})()


def ask(lab: smtplab.Lab, *commands: str | bytes) -> smtplab.Reply:
    """Send commands, or octets of text, and return the last reply."""
    for command in commands:
        reply = lab.send_raw(command)[0] if isinstance(command, bytes) else lab.send(command)
    return reply


def raising(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises, whatever it is called with."""

    def fail(*_any: object, **_options: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("verb", HOOKS)
def test_every_hook_may_raise(start: Start, verb: str, error: BaseException) -> None:
    """A hook that raises anything gets its command one 451, and the session goes on."""
    lab = start(handler=hook_of(verb, raising(error)))
    reply = ask(lab, *HOOKS[verb])
    assert (reply.code, reply.defects) == (451, ())
    assert type(error).__name__ in lab.transcript[-1].error
    assert lab.send("HELP").code == 214
    assert {each.session for each in lab.transcript} == {1}


def places(fail: Callable[..., Any]) -> dict[str, tuple[dict[str, Any], tuple[str, ...]]]:
    """Return other places in a session where a learner's code runs and replies can still be made."""

    async def later(*_any: object) -> Any:
        fail()

    class Open(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options, auth_require_tls=False, authenticator=fail)

        auth_MINE = later
        ehlo_hook = rset_hook = later

    class Callback(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options, auth_require_tls=False, auth_callback=fail)

    class Pushing(smtplab.LabSMTP):
        async def push(self, status: Any) -> None:
            if status == "250 OK":
                fail()
            await super().push(status)

    class Clumsy(smtplab.LabSMTP):
        async def smtp_NOOP(self, _arg: str | None) -> None:
            raise ZeroDivisionError

        async def handle_exception(self, error: Exception) -> str:
            return str(fail())

    class Handler:
        async def handle_NOOP(self, *_any: object) -> str:
            raise ZeroDivisionError

        handle_exception = later

    class Answering(smtplab.Personality):
        def dialogue(self) -> Any:
            return type("D", (), {"greeting": lambda _self: None, "answer": lambda _self, line: fail() if line[:4] == b"NOOP" else None})()  # noqa: E501  # fmt: skip

    return {
        "a mechanism": ({"server": type("M", (Open,), {"ehlo_hook": _nothing})}, ("EHLO me", "AUTH MINE")),
        "AUTH PLAIN": ({"server": type("M", (Open,), {"ehlo_hook": _nothing})}, ("EHLO me", "AUTH PLAIN AGEAYg==")),
        "auth_callback": ({"server": Callback}, ("EHLO me", "AUTH PLAIN AGEAYg==")),
        "ehlo_hook": ({"server": Open}, ("EHLO me",)),
        "rset_hook": ({"server": Open}, ("RSET",)),
        "push": ({"server": Pushing}, ("NOOP",)),
        "handle_exception": ({"server": Clumsy}, ("NOOP",)),
        "the handler's handle_exception": ({"handler": Handler()}, ("NOOP",)),
        "a dialogue": ({"how": Answering("mine")}, ("NOOP",)),
    }


async def _nothing(_self: object) -> None:
    """Do nothing, as a hook."""


@pytest.mark.filterwarnings("ignore:Use handler:DeprecationWarning")
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", places(raising(ValueError())))
def test_every_place_may_raise(start: Start, place: str, error: BaseException) -> None:
    """Authenticators, mechanisms, old hooks, push, handle_exception and dialogues: one 451, and the session goes on."""
    options, commands = places(raising(error))[place]
    lab = start(options.pop("how", "rfc5321"), **options)
    reply = ask(lab, *commands)
    assert (reply.code, reply.defects) == (451, ())
    assert type(error).__name__ in lab.transcript[-1].error
    assert lab.send("HELP").code == 214
    assert {each.session for each in lab.transcript} == {1}


def beginnings(fail: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """Return the ways to raise before a session has begun."""

    class Greeting(smtplab.Personality):
        def dialogue(self) -> Any:
            return type("D", (), {"greeting": fail, "answer": lambda *_any: None})()

    class Handler:
        async def handle_EHLO(self, _too_few: object) -> None:
            """Take too little for aiosmtpd."""

    def child(name: str) -> dict[str, Any]:
        return {"server": type("Mine", (smtplab.LabSMTP,), {name: fail})}

    return {
        "greeting": {"how": Greeting("mine")},
        "dialogue": {"how": type("P", (smtplab.Personality,), {"dialogue": fail})("mine")},
        "hook": {"handler": Handler()},
        **{name: child(name) for name in ("__init__", "connection_made", "push")},
    }


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("how", beginnings(raising(ValueError())))
def test_a_session_that_cannot_begin(start: Start, how: str, error: BaseException) -> None:
    """A server whose code raises before it is ready says 421 and why, and hangs up (RFC 5321 §3.8)."""
    options = beginnings(raising(error))[how]
    lab = start(options.pop("how", "rfc5321"), **options)
    with pytest.raises(smtplab.ConnectionLost):
        lab.send("NOOP")
    (exchange,) = lab.transcript
    assert exchange.reply.code == 421
    assert exchange.reply.defects == ()
    assert exchange.closed
    assert (type(error).__name__ if how != "hook" else "RuntimeError") in exchange.error


@pytest.mark.parametrize("error", [SystemExit(), KeyboardInterrupt()], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("kind", [smtplab.LabSMTP, SMTP], ids=lambda kind: kind.__name__)
def test_the_servers_thread_outlives_an_exit(kind: Any, error: BaseException) -> None:
    """Over tcp no handler ends the server's thread, which has no person who could interrupt it."""
    with smtplab.start(carrier="tcp", server=kind, handler=hook_of("NOOP", raising(error)), timeout=0.5) as lab:
        try:
            reply = lab.send("NOOP")
        except smtplab.ReplyTimeout:  # aiosmtpd's own class
            assert kind is SMTP
        else:
            assert reply.code == 451
        assert lab.send("RSET").code == 250


@pytest.mark.parametrize("value", [None, 250, "", "OK", b"", "25", [], ["250 a"], "250-a", "250-a\r\n250-b", True])
@pytest.mark.parametrize("verb", [verb for verb in HOOKS if verb != "EHLO"])
def test_what_is_no_reply(start: Start, verb: str, value: object) -> None:
    """A hook that returns what is no whole reply gets its command a 451, and the transcript says which hook."""
    lab = start(handler=hook_of(verb, lambda: value))
    reply = ask(lab, *HOOKS[verb])
    assert (reply.code, reply.defects) == (451, ())
    assert f"handle_{verb}" in lab.transcript[-1].error
    assert lab.send("HELP").code == 214


@pytest.mark.parametrize("value", [None, 250, "250 x", b"250 x", [], [5], ["250-a"], ["250-a", "250-b"]])
def test_what_is_no_reply_to_ehlo(start: Start, value: object) -> None:
    """EHLO's hook returns the lines of one whole reply; anything else is 451."""
    lab = start(handler=hook_of("EHLO", lambda: value))
    reply = lab.send("EHLO me")
    assert (reply.code, reply.defects) == (451, ())
    assert lab.send("HELP").code == 214
    assert len(lab.transcript) == 3


def test_a_keyword_holds_no_line_end(start: Start) -> None:
    """No line that EHLO's hook returns is two, nor does the host's name end the reply."""

    class Named(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.hostname = "a\r\n250 forged \u00f1"

    lab = start(server=Named, handler=hook_of("EHLO", lambda: ["250-a\r\n250 forged", "250-\u00f1", "250 b"]))
    assert lab.send("EHLO me").lines == (r"a\r\n250 forged", r"\xc3\xb1", "b")
    assert lab.send("HELO me").raw == b"250 a\\r\\n250 forged \\xc3\\xb1\r\n"
    assert len(lab.transcript) == 3


def test_a_syntax_holds_no_line_end(start: Start) -> None:
    """HELP shows a method's syntax as one line of ASCII, whatever it holds."""

    class Mine(smtplab.LabSMTP):
        @syntax("XA \u00f1\r\n250 forged")
        async def smtp_XA(self, _arg: str | None) -> None:
            await self.push("250 OK")

    lab = start(server=Mine)
    for command in ("HELP", "HELP XA"):
        reply = lab.send(command)
        assert (reply.code, reply.defects) == (214, ())
        assert r"XA \xc3\xb1\r\n250 forged" in reply.text


def test_what_an_authenticator_leaves_out(start: Start) -> None:
    """An authenticator that returns nothing leaves no client without a reply."""

    class Mine(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options, auth_require_tls=False, authenticator=lambda *_any: None)

    lab = start(server=Mine)
    lab.send("EHLO me")
    assert lab.send("AUTH PLAIN AGEAYg==").code == 451


@pytest.mark.parametrize("octets", ["250 x", None, 250, ["250 x"]])
def test_an_answer_is_octets(octets: Any) -> None:
    """An Answer of anything else is refused where it is made."""
    with pytest.raises(TypeError, match="octets are bytes"):
        Answer(octets)


def test_an_error_shows_no_controls(start: Start) -> None:
    """What an error says is shown with its control characters escaped: a terminal does not obey it."""
    lab = start(handler=hook_of("NOOP", raising(ValueError("\x1b]0;x\x07\u202e\u00f1"))))
    lab.send("NOOP")
    assert "\x1b" not in str(lab.transcript)
    assert r"\x1b]0;x\x07\u202e" in lab.transcript[-1].error


def test_a_starttls_hook_stays_plain(start: Start) -> None:
    """The one hook that aiosmtpd calls without waiting is no coroutine after it was guarded, and may raise."""

    class Handler:
        def handle_STARTTLS(self, *_any: object) -> bool:
            raise ValueError

    sessions: list[Any] = []

    class Mine(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            sessions.append(self)

    lab = start(server=Mine, handler=Handler())
    lab.send("NOOP")
    assert sessions[0]._handle_hooks["STARTTLS"](sessions[0], None, None) is False


def test_a_session_that_cannot_read_ends(start: Start) -> None:
    """Where reading a line raises, each time again, the server hangs up; nothing goes round for ever."""

    class Deaf(smtplab.LabSMTP):
        async def _next_line(self, _separator: bytes | None = None) -> bytes:
            raise ValueError("deaf")

    lab = start(server=Deaf)
    with pytest.raises(smtplab.ConnectionLost):
        lab.send("NOOP")
    assert 421 in [each.reply.code for each in lab.transcript if each.reply]
