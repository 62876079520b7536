"""The graders of lesson 8: a server that conforms passes, and each misconception gets the feedback made for it."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP, syntax

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders import Result, lesson08
from smtplab.errors import UnknownName
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = data("course/exercises/08")
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
    return type("MyServer", (Helpful,), {"answer": lambda _self, topic: answer(topic)})


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
    ("no_verb", saying("500 SMTP has no such command", "STAT")),
    ("disturbs", method("XLOAD", lambda self, _arg: forgets_and_counts(self))),
]


async def forgets_and_counts(session: Any) -> None:
    """Forget the session's EHLO, and answer."""
    session.session.host_name = None
    await session.push("211 load: 1")


NO_SERVERS: dict[str, Any] = {
    "instance": object.__new__(Helpful), "no_class": Helpful.answer, "not_smtp": dict, "borrowed": smtplab.LabSMTP,
    "not_started": type("MyServer", (Misbuilt, Counting, Helpful), {}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_time_is_lost() -> Iterator[None]:
    """See that a grader waits in virtual time only, and leaves no coroutine behind."""
    began = time.monotonic()
    yield
    gc.collect()
    assert time.monotonic() - began < 8


def test_right_servers() -> None:
    """A server that conforms passes, however often it is tried, and may have more than was asked for."""
    both = type("MyServer", (Counting, Helpful), {})
    for server in (Helpful, both, both):
        assert lesson08.help(server) == Result("right")
    for server in (Counting, both, both):
        assert lesson08.status(server).key == "right"
    assert smtplab.check("08.help", both).right
    assert "XASKED" in smtplab.check("08.status", both).text


def help_asked() -> type[SMTP]:
    """Make a server whose one figure is how often it was asked for help."""
    topics: list[str] = []
    helpful = helping(lambda topic: topics.append(topic) or Helpful.answer(None, topic))
    return type("MyServer", (saying(lambda _session: f"211 help asked: {len(topics)}"), helpful), {})


def sessions() -> type[SMTP]:
    """Make a server whose one figure is how many sessions are open."""
    talking: set[Any] = set()

    def connection_made(self: Any, transport: Any) -> None:
        talking.add(self)
        SMTP.connection_made(self, transport)

    return type(
        "MyServer",
        (saying(lambda _session: f"211 sessions: {len(talking)}"),),
        {"connection_made": connection_made},
    )


def messages() -> type[SMTP]:
    """Make a server whose one figure is how many messages its handler holds."""
    return saying(lambda session: f"211 held: {len(session.event_handler.messages)}")


@pytest.mark.parametrize("make", [help_asked, sessions, messages])
def test_any_live_figure_counts(make: Callable[[], type[SMTP]]) -> None:
    """Sessions, messages and requests for help are each figure enough, and a STATUS that refuses may stand beside."""
    server = make()
    assert lesson08.status(server).key == "right"
    refusing = saying("500 SMTP has no STATUS", "STATUS")
    assert lesson08.status(type("MyServer", (refusing, server), {})).key == "right"


@pytest.mark.parametrize(("key", "server"), WRONG_HELP)
def test_what_is_wrong_with_help(key: str, server: Any) -> None:
    """Each way to get HELP wrong is found for what it is, and its feedback is not the one for the rest."""
    result = lesson08.help(server)
    assert result.key == key, result
    assert key in ROWS["08.help"]["feedback"]
    for lang in LANGUAGES:
        assert not smtplab.check("08.help", server, lang=lang).right


@pytest.mark.parametrize(("key", "server"), WRONG_STATUS)
def test_what_is_wrong_with_a_status(key: str, server: Any) -> None:
    """Each way to get a status verb wrong is found for what it is, and its feedback is not the one for the rest."""
    result = lesson08.status(server)
    assert result.key == key, result
    assert key in ROWS["08.status"]["feedback"]
    for lang in LANGUAGES:
        assert not smtplab.check("08.status", server, lang=lang).right


@pytest.mark.parametrize("name", ["help", "status"])
@pytest.mark.parametrize("key", NO_SERVERS)
def test_what_is_no_server(name: str, key: str) -> None:
    """Any object at all is an answer: what is no class that extends aiosmtpd's SMTP is told what it is instead."""
    assert getattr(lesson08, name)(NO_SERVERS[key]).key == key
    assert key in ROWS[f"08.{name}"]["feedback"]


def test_a_server_that_never_rests() -> None:
    """A method that loops without ever waiting for anything is ended, and found silent."""
    assert lesson08.help(method("HELP", restless, Helpful)).key == "silent"


def test_every_feedback_is_reached() -> None:
    """No feedback of the two server exercises lies about unused."""
    for name, wrong in (("help", WRONG_HELP), ("status", WRONG_STATUS)):
        reached = {key for key, _ in wrong} | set(NO_SERVERS) | {"right", "otherwise"}
        assert set(ROWS[f"08.{name}"]["feedback"]) == reached, name


@pytest.mark.parametrize(
    ("exercise_id", "right"), [("08.stock", "departs"), ("08.lines", "two"), ("08.session", "one")]
)
def test_choices(exercise_id: str, right: str) -> None:
    """One option is right, every other one gets feedback of its own, and what is no option is refused."""
    texts = set()
    for option in exercise(exercise_id).options:
        feedback = smtplab.check(exercise_id, option)
        assert feedback.right == (option == right)
        texts.add(feedback.text)
    assert len(texts) == len(exercise(exercise_id).options)
    with pytest.raises(UnknownName):
        smtplab.check(exercise_id, "nonsense")


def test_sorting_by_verdict() -> None:
    """The judge decides where each reply belongs, and a wrong bin gets the feedback for that bin."""
    right = ["conforms", "departs", "violates", "permitted", "conforms", "violates"]
    assert smtplab.check("08.conform", right).right
    for bin_ in set(right):
        text = smtplab.check("08.conform", [bin_] * len(right)).text
        assert text.endswith(ROWS["08.conform"]["feedback"][bin_]["en"])


def test_lesson_8_has_several_kinds() -> None:
    """The lesson's exercises are of three kinds, and three of them are predictions."""
    tasks = [exercise(exercise_id) for exercise_id in exercises("08")]
    assert {task.kind for task in tasks} == {"choice", "function", "sort"}
    assert sum(task.prediction for task in tasks) == 3
