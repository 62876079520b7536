"""Servers as learners write them in lesson 8, sound and unsound; each unsound one with the key of its feedback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, syntax

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable

TOPICS = {"HELP": "Syntax: HELP [topic]", "MAIL": "Syntax: MAIL FROM:<address>"}


class Helpful(SMTP):
    """A server whose HELP conforms."""

    @syntax("HELP [topic]")
    async def smtp_HELP(self, arg: str | None) -> None:
        """Answer HELP."""
        await self.push(self.answer((arg or "").upper()))

    def answer(self, topic: str) -> str | bytes:
        """Return the reply to HELP and a topic."""
        if not topic:
            return "214-Topics:\r\n214 HELP MAIL"
        return f"214 {TOPICS[topic]}" if topic in TOPICS else "504 No such topic"


class Counting(SMTP):
    """A server with a status of its own, which counts on the class."""

    count = 0

    @syntax("XASKED")
    async def smtp_XASKED(self, _arg: str | None) -> None:
        """Answer with how often it was asked, by whomever."""
        type(self).count += 1
        await self.push(f"211-Status\r\n211 asked: {type(self).count}")


def helping(answer: Callable[[str], Any]) -> type[SMTP]:
    """Make a server whose HELP answers with what a function returns for the topic."""
    own = {"answer": lambda _self, topic: answer(topic), "smtp_HELP": Helpful.smtp_HELP}
    return type("MyServer", (Helpful,), own)


def of_both() -> type[SMTP]:
    """Make a server in whose class both a HELP that conforms and a status of its own stand."""
    return type("MyServer", (SMTP,), {**own_names(Helpful), **own_names(Counting)})


def own_names(server: type[SMTP]) -> dict[str, Any]:
    """Return what stands in a class itself, to be put into another."""
    return {name: value for name, value in vars(server).items() if name not in ("__dict__", "__weakref__")}


def again(server: type[SMTP], own: dict[str, Any]) -> type[SMTP]:
    """Make the class that a cell with `class MyServer(MyServer)` leaves when it is run once more."""
    return type(server.__name__, (server,), {"__module__": server.__module__, **own})


def bare(text: str | bytes) -> type[SMTP]:
    """Make a server whose HELP alone answers with a text, and its topics rightly."""
    return helping(lambda topic: text if not topic else Helpful.answer(None, topic))


def topics(text: str) -> type[SMTP]:
    """Make a server that answers unknown topics with a text."""
    return helping(lambda topic: Helpful.answer(None, topic) if topic in ("", *TOPICS) else text.format(topic))


def method(verb: str, body: Callable[[Any, str | None], Any], base: type[SMTP] = SMTP) -> type[SMTP]:
    """Make a server whose verb is answered by a coroutine function, or what stands for one."""
    return type("MyServer", (base,), {f"smtp_{verb}": syntax(verb)(body)})


# --- methods that go wrong, whatever the verb


async def raises(_self: Any, _arg: str | None) -> None:
    """Fail."""
    raise KeyError("topic")


async def exits(_self: Any, _arg: str | None) -> None:
    """Leave Python."""
    raise SystemExit


async def silent(_self: Any, _arg: str | None) -> None:
    """Say nothing."""


async def sleepless(_self: Any, _arg: str | None) -> None:
    """Wait without end."""
    while True:  # noqa: ASYNC110  that nothing ever comes is the point
        await asyncio.sleep(1)


async def restless(_self: Any, _arg: str | None) -> None:
    """Never come to rest, and never wait for anything."""
    while True:  # noqa: ASYNC110  as above
        await asyncio.sleep(0)


async def talks_on(self: Any, _arg: str | None) -> None:
    """Return one reply after the other without end."""
    while True:
        await self.push("214 Help")


async def never_ends(self: Any, _arg: str | None) -> None:
    """Return one reply without end."""
    while True:
        await self.push("214-Help")


async def unawaited(self: Any, _arg: str | None) -> None:
    """Forget to wait for push."""
    self.push("214 Help")


def not_async(self: Any, _arg: str | None) -> None:
    """Answer as a plain method would."""
    self._writer.write(b"214 Help\r\n")


async def closes(self: Any, _arg: str | None) -> None:
    """Answer and hang up."""
    await self.push("214 Help")
    self.transport.close()


async def closes_first(self: Any, _arg: str | None) -> None:
    """Hang up."""
    self.transport.close()


async def twice(self: Any, _arg: str | None) -> None:
    """Answer twice."""
    await self.push("214 Topics:")
    await self.push("214 HELP MAIL")


async def twice_later(self: Any, _arg: str | None) -> None:
    """Answer, and again after a while."""
    await self.push("214 Topics:")
    await asyncio.sleep(3)
    await self.push("214 HELP MAIL")


async def forgets(self: Any, _arg: str | None) -> None:
    """Answer, and forget the mail transaction."""
    self._set_rset_state()
    await Helpful.smtp_HELP(self, _arg)


async def undecorated(self: Any, arg: str | None) -> None:
    """Answer rightly, and tell aiosmtpd nothing of the syntax."""
    await Helpful.smtp_HELP(self, arg)


async def early(self: Any, _arg: str | None) -> None:
    """Insist on EHLO."""
    if not await self.check_helo_needed("EHLO"):
        await self.push("214 Help")


async def shouts(self: Any, arg: str | None) -> None:
    """Know topics in capitals only."""
    await self.push(self.answer(arg or "") if arg in (None, *TOPICS) else "504 No such topic")


class Misbuilt(SMTP):
    """A server that aiosmtpd's options cannot be given to."""

    def __init__(self, handler: object) -> None:
        super().__init__(handler)


METHODS: dict[str, Any] = {
    "raises": raises, "silent": silent, "unawaited": unawaited, "not_async": not_async, "closes": closes,
    "twice": twice, "too_early": early,
}  # fmt: skip
TEXTS: dict[str, str | bytes] = {
    "unended": "214-Topics:\r\n214-HELP MAIL", "no_code": "Topics: HELP MAIL", "empty_line": "214 Help\r\n",
    "mixed": "214-Topics:\r\n211 HELP MAIL", "bare_lf": "214-Topics:\n214 HELP MAIL", "long": "214 " + "x" * 507,
    "not_ascii": "214 ¿Ayuda?".encode(), "separator": "214: Help", "judged": "214",
    "code_250": "250 Help", "code_211": "211 Help", "code_other": "220 Help",
}  # fmt: skip
WRONG_HELP: list[tuple[str, Any]] = [
    *((key, method("HELP", body, Helpful)) for key, body in METHODS.items()),
    ("raises", method("HELP", exits, Helpful)),
    ("silent", method("HELP", sleepless, Helpful)),
    ("twice", method("HELP", twice_later, Helpful)),
    ("twice", method("HELP", talks_on, Helpful)),
    ("unended", method("HELP", never_ends, Helpful)),
    ("closes", method("HELP", closes_first, Helpful)),
    ("disturbs", method("HELP", forgets, Helpful)),
    ("case", method("HELP", shouts, Helpful)),
    *((key, bare(text)) for key, text in TEXTS.items()),
    ("twice", bare("214 Topics:\r\n214 HELP MAIL")),
    ("mixed", bare("214-Topics:\r\nHELP MAIL\r\n214 End")),
    ("raises", bare("214 ¿Ayuda?")),
    ("code_other", bare("502 No help here")),
    ("no_topic", helping(lambda topic: "504 No topics" if topic else "214 Help")),
    ("topic_accepted", helping(lambda _topic: "214 Help")),
    ("topic_501", topics("501 No such topic")),
    ("topic_other", topics("500 No such topic")),
    ("raises", helping(lambda topic: f"214 {TOPICS[topic]}" if topic else "214 Help")),
    ("long", topics("504 There is no topic {} here")),
    ("vanished", type("MyServer", (Helpful,), {"smtp_HELP": undecorated})),
    ("not_overridden", SMTP),
    ("not_overridden", Counting),
    ("not_overridden", type("MyServer", (Helpful,), {})),
    ("itself", again(helping(lambda topic: Helpful.answer(None, topic)), {})),
    ("not_overridden", type("MyServer", (SMTP,), {"smtp_help": Helpful.smtp_HELP})),
]  # fmt: skip


def saying(text: str | bytes | Callable[[Any], str], verb: str = "XLOAD") -> type[SMTP]:
    """Make a server whose verb answers with a text, or with what a function of the session returns."""

    async def body(self: Any, _arg: str | None) -> None:
        await self.push(text(self) if callable(text) else text)

    return method(verb, body)


def count_in_self(session: Any) -> str:
    """Count where only one session sees it."""
    session.count = getattr(session, "count", 0) + 1
    return f"211 asked: {session.count}"


WRONG_STATUS: list[tuple[str, Any]] = [
    *((key, method("XLOAD", body)) for key, body in METHODS.items() if key != "too_early"),
    ("closes", method("XLOAD", closes_first)),
    *((key, saying(text)) for key, text in TEXTS.items() if not key.startswith("code_") and key != "judged"),
    ("judged", saying("299 load: 1")),
    ("code_214", saying("214 load: 1")),
    ("code_250", saying("250 load: 1")),
    ("code_other", saying("220 load: 1")),
    ("no_figures", saying("211 all is well")),
    ("frozen", saying("211 up 0 s")),
    ("per_session", saying(count_in_self)),
    ("stat", saying("211 load: 1", "STATUS")),
    ("stat", saying("211 load: 1", "STAT")),
    ("not_private", saying("211 load: 1", "LOAD")),
    ("lower_case", saying("211 load: 1", "Xload")),
    ("no_verb", SMTP),
    ("no_verb", Helpful),
    ("no_verb", type("MyServer", (Counting,), {})),
    ("itself", again(saying("211 load: 1"), {})),
    ("no_verb", saying("500 SMTP has no such command", "STAT")),
    ("disturbs", method("XLOAD", lambda self, _arg: forgets_and_counts(self))),
]


async def forgets_and_counts(session: Any) -> None:
    """Forget the session's EHLO, and answer."""
    session.session.host_name = None
    await session.push("211 load: 1")


NO_SERVERS: dict[str, Any] = {
    "instance": object.__new__(Helpful), "no_class": Helpful.answer, "not_smtp": dict, "borrowed": smtplab.LabSMTP,
    "not_started": type("MyServer", (Misbuilt,), own_names(of_both())),
}  # fmt: skip
