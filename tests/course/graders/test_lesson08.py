"""The graders of lesson 8: a server that conforms passes, and each misconception gets the feedback made for it."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders import Result, lesson08
from smtplab.errors import UnknownName
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.servers import (
    NO_SERVERS,
    WRONG_HELP,
    WRONG_STATUS,
    Counting,
    Helpful,
    again,
    helping,
    method,
    of_both,
    own_names,
    restless,
    saying,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = data("course/exercises/08")


@pytest.fixture(autouse=True)
def _no_time_is_lost() -> Iterator[None]:
    """See that a grader waits in virtual time only, and leaves no coroutine behind."""
    began = time.monotonic()
    yield
    gc.collect()
    assert time.monotonic() - began < 8


def test_right_servers() -> None:
    """A server that conforms passes, however often it is tried, and may have more than was asked for."""
    both = of_both()
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
    return type("MyServer", (helpful,), own_names(saying(lambda _session: f"211 help asked: {len(topics)}")))


def sessions() -> type[SMTP]:
    """Make a server whose one figure is how many sessions are open."""
    talking: set[Any] = set()

    def connection_made(self: Any, transport: Any) -> None:
        talking.add(self)
        SMTP.connection_made(self, transport)

    own = own_names(saying(lambda _session: f"211 sessions: {len(talking)}"))
    return type("MyServer", (SMTP,), {**own, "connection_made": connection_made})


def messages() -> type[SMTP]:
    """Make a server whose one figure is how many messages its handler holds."""
    return saying(lambda session: f"211 held: {len(session.event_handler.messages)}")


@pytest.mark.parametrize("make", [help_asked, sessions, messages])
def test_any_live_figure_counts(make: Callable[[], type[SMTP]]) -> None:
    """Sessions, messages and requests for help are each figure enough, and a STATUS that refuses may stand beside."""
    server = make()
    assert lesson08.status(server).key == "right"
    refusing = own_names(saying("500 SMTP has no STATUS", "STATUS"))
    assert lesson08.status(type("MyServer", server.__bases__, {**own_names(server), **refusing})).key == "right"


@pytest.mark.parametrize(("key", "deleted"), [pair for pair in WRONG_STATUS if isinstance(pair[1], type)])
def test_a_deleted_verb_gets_no_feedback(key: str, deleted: type[SMTP]) -> None:
    """Whatever an earlier attempt did, a class that still extends it is judged by what stands in it now."""
    if deleted is SMTP:
        return
    renamed = type("StatusServer", (deleted,), {})
    assert lesson08.status(renamed).key == "no_verb"
    assert lesson08.status(again(deleted, {})).key == "itself", key
    assert lesson08.status(type("StatusServer", (deleted,), own_names(Counting))).key == "right"


@pytest.mark.parametrize(("key", "deleted"), [pair for pair in WRONG_HELP if isinstance(pair[1], type)])
def test_a_deleted_help_gets_no_feedback(key: str, deleted: type[SMTP]) -> None:
    """A HELP that a class inherits from an earlier attempt is no HELP of its own, be it right or wrong."""
    if deleted is SMTP:
        return
    assert lesson08.help(type("Renamed", (deleted,), {})).key == "not_overridden", key
    assert lesson08.help(again(deleted, {})).key == "itself", key
    assert lesson08.help(type("Renamed", (deleted,), own_names(Helpful))).key == "right", key


def test_a_class_that_extends_its_earlier_self() -> None:
    """What is right in it passes; what is wrong is told to extend SMTP first, under the class's own name."""
    assert lesson08.status(again(saying("211 load: 1"), own_names(Counting))).key == "right"
    assert lesson08.help(again(helping(lambda _topic: "250 Help"), own_names(Helpful))).key == "right"
    wrong = again(helping(lambda _topic: "214 Help"), {"smtp_HELP": method("HELP", restless).smtp_HELP})
    assert "earlier MyServer" in smtplab.check("08.help", again(wrong, {})).text


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


@pytest.mark.slow
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
