"""Text that means more than it says, by every way to a page or a terminal: it is shown there, and never obeyed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import logbook
from smtplab.protocol.parser import ReplyParser
from smtplab.server.personality import Answer
from smtplab.widgets import notebook
from tests.helpers.amount import texts_of
from tests.helpers.showing import Elements, obeyed_in_html, obeyed_in_state, obeyed_in_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from tests.helpers.amount import Amount, Figures

    Shown: TypeAlias = Iterator[tuple[str, Any]]

PAYLOADS = texts_of("payloads.txt")
HARMLESS = (
    "word",
    "two\r\nlines",
    "two\nlines\n\nand an empty one",
    "",
    "x" * 3000,
    "x " * 2000,
    "-",
    "[1]",
    "\0",
    "0",
)
"""Texts of all shapes that hold no markup: what HTML they lead to is ours."""


def octets_of(payload: str) -> bytes:
    """Return a text's octets; half a character has some too."""
    try:
        return payload.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return payload.encode("utf-8", "surrogatepass")


def value(thing: Any) -> Shown:
    """Show a value of Python's as a notebook does."""
    yield "text", repr(thing)
    yield "text", str(thing)
    if hasattr(thing, "_repr_html_"):
        yield "html", thing._repr_html_()


def refusal(call: Callable[..., Any], *given: Any) -> Shown:
    """Show what is said to a text that is no name, no code, no command line."""
    try:
        call(*given)
    except (smtplab.SmtplabError, ValueError, TypeError, OSError) as error:
        yield "text", str(error)


def widget(shown: Any, *messages: dict[str, Any]) -> Shown:
    """Show a widget, after its page has said this and that."""
    told: list[Any] = []
    shown.send = told.append
    for message in messages:
        shown.presenter.take(message)
    yield "state", shown.get_state(list(shown.presenter.state))
    yield "state", told
    yield "html", shown.plain()
    yield "text", repr(shown)


def lab_of(payload: str, **more: Any) -> smtplab.Lab:
    """Start a lab that says a text to XODD, and on and on."""
    odd = octets_of(payload)
    said = Answer(b"250-" + odd + b"\r\n250-5.5.5 " + odd + b"\r\n250 " + odd + b"\r\n")
    script = smtplab.Personality.scripted(
        {"XODD": said, "XHALF": Answer(b"250-" + odd, close=True), **more}, name=payload
    )
    return smtplab.start(script, carrier="memory")


def talk(lab: smtplab.Lab, payload: str) -> None:
    """Have the lab say the text, get it, and lose a connection over it."""
    for line in (b"XODD", b"EHLO " + octets_of(payload), b"HELP " + octets_of(payload), octets_of(payload), b"XHALF"):
        try:
            lab.send(line)
        except (smtplab.SmtplabError, ValueError):
            lab.send_raw(line + b"\r\n") if line == b"XODD" else None


# --- the routes: each shows a text as "html", "text" or the "state" of a widget


def replies(payload: str) -> Shown:
    """Show the octets of a reply."""
    for data in (b"250 " + octets_of(payload) + b"\r\n", b"250-" + octets_of(payload) + b"\r\n250 x\r\n"):
        try:
            found = ReplyParser().feed(data)
        except smtplab.NotAReply as error:
            yield "text", str(error)
            continue
        for reply in found:
            yield from value(reply)
            yield from widget(smtplab.anatomy(reply))
    yield from refusal(smtplab.Reply, octets_of(payload))
    yield from refusal(smtplab.Reply.of, 250, payload)


def transcripts(payload: str) -> Shown:
    """Show what was said in a lab, judged too, and what a lab's own code raised."""

    class Raising(smtplab.LabSMTP):
        async def smtp_XRAISE(self, _arg: str | None) -> None:
            raise LookupError(payload)

        async def smtp_XPUSH(self, _arg: str | None) -> None:
            await self.push(f"250 {payload}")

    with lab_of(payload) as lab, smtplab.start(carrier="memory", server=Raising) as raising:
        talk(lab, payload)
        for line in ("XRAISE", "XPUSH"):
            raising.send(line)
        assert all(each.sent is not None for each in raising.transcript[1:]), "a reply was doubled"
        for each in (*lab.transcript, *raising.transcript):
            yield from value(each)
        for dialogue in (lab.transcript, raising.transcript):
            yield from value(dialogue)
            yield from value(smtplab.judge(dialogue[-1]))
        yield from value(lab)
        yield from value(lab.personality)


def widgets(payload: str) -> Shown:
    """Show the widgets of a lab, a code, a log, an answer."""
    with lab_of(payload) as lab:
        talk(lab, payload)
        lines = [{"type": "command", "line": payload}, {"type": "command", "line": "XODD"}]
        yield from widget(smtplab.console(lab), {"type": "hello"}, *lines, {"type": "personality", "name": payload})
        yield from widget(smtplab.sequence(lab), {"type": "hello"})
        try:
            yield from widget(smtplab.side_by_side(lab, "XODD", "NOOP"))
        except smtplab.NotAReply as error:
            yield "text", str(error)
        yield from widget(smtplab.status(lab), {"type": "hello"})
        entry = {"type": "look", "entry": f"550-{payload}\n550 {payload}"}
        yield from widget(smtplab.lookup(payload), entry)
        for name in ("01.rcpt", "07.log"):
            yield from widget(smtplab.exercise(name, lab), {"type": "answer", "answer": payload})


def checks(payload: str) -> Shown:
    """Show the feedback to an answer, and to what a function raises or returns."""

    def raises(*_given: Any) -> Any:
        raise LookupError(payload)

    for name, answer in (
        *((name, payload) for name in ("01.rcpt", "01.help", "04.verb", "07.log")),
        *((name, each) for name in ("05.client", "07.outcome", "02.end") for each in (raises, lambda *_given: payload)),
    ):
        try:
            yield from value(smtplab.check(name, answer))
        except (smtplab.SmtplabError, TypeError) as error:
            yield "text", str(error)


def names(payload: str) -> Shown:
    """Show what is said to a name, a code or a command line that there is not."""
    for call in (
        smtplab.explain,
        smtplab.hint,
        smtplab.solution,
        smtplab.set_language,
        smtplab.exercise,
        smtplab.start,
    ):
        yield from refusal(call, payload)
    yield from refusal(smtplab.compare, payload, payload)
    yield from refusal(smtplab.sequence, payload)
    yield from refusal(smtplab.check, payload, payload)
    yield from refusal(smtplab.Personality.scripted, {"HELP": payload})
    with smtplab.start(carrier="memory") as lab:
        yield from refusal(lab.send, payload)
        yield from refusal(smtplab.experiment, payload, lab)


ROUTES = (replies, transcripts, widgets, checks, names)


def faults(route: Callable[[str], Shown], payload: str, allowed: set[str]) -> list[str]:
    """Return what of a text is obeyed by a route."""
    looks = {"html": lambda shown: obeyed_in_html(shown, allowed), "text": obeyed_in_text, "state": obeyed_in_state}
    return [f"{kind}: {obeyed}: {shown!r:.300}" for kind, shown in route(payload) if (obeyed := looks[kind](shown))]


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("route", ROUTES)
def test_text_stays_text(amount: Amount, figures: Figures, route: Callable[[str], Shown]) -> None:
    """Each text by each route: no element and no attribute comes of it, and no character that a terminal obeys."""
    allowed: set[str] = set()
    for harmless in HARMLESS:
        allowed |= {each for kind, shown in route(harmless) if kind == "html" for each in Elements(shown).found}
    assert not any(" on" in each or each.startswith("script") for each in allowed)
    wrong = {}
    draw, count = amount.draw(route.__name__), min(amount.of(100, 1000), len(PAYLOADS))
    for payload in ["\ud800", *draw.sample(PAYLOADS, count)]:
        began = time.perf_counter()
        logbook._logbook.cache_clear()  # what was answered before
        if found := faults(route, payload, allowed):
            wrong[payload[:40]] = found[:3]
        figures.took(time.perf_counter() - began)
    assert wrong == {}


def test_there_are_enough() -> None:
    """There are at least a hundred texts, and no two are the same; every widget is tried with them."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 100
    elsewhere = {"game", "gallery", "watch_class"}  # what these show is in a file: test_payloads_in_files.py
    assert set(notebook.WIDGETS) - elsewhere == set(widgets.__code__.co_names) & set(notebook.WIDGETS) | {"anatomy"}


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<p>x<script>", "script"), ("<p onclick=x>", "onclick"), ("<p>a < b", "pieces"), ("<!-- x -->", "!"),
        ("<a href=javascript:x>", "javascript"), ("<p>\x1b[2J", "x1b"), ("<p>\u202e", "u202e"),
    ],
)  # fmt: skip
def test_what_is_obeyed_is_found(html: str, named: str) -> None:
    """Markup that is not ours, a loose bracket and a control character are all found."""
    assert named in obeyed_in_html(html, {"p", "a", "a href="})
    assert obeyed_in_state(["\ud800"])
