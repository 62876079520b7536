"""Text that means more than it says, out of a file: a recording, a learner's answers, a class's folder; to any page."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import logbook
from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom import page, tables
from smtplab.course.classroom.summing_up import sum_up
from smtplab.course.record import Record, write_record
from smtplab.recordings import personalities, recording, survey
from smtplab.recordings.recording import Recording
from smtplab.site import evidence, reference
from smtplab.text.language import LANGUAGES
from tests.helpers.amount import texts_of
from tests.helpers.paths import TOP
from tests.helpers.showing import Elements, obeyed_in_html, obeyed_in_state, obeyed_in_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAYLOADS = texts_of("payloads.txt")
HARMLESS = ["word", "two words", "x" * 300, "", "-", "0", "\\x00", "\\n"]
AT = "2026-11-20T10:00:00Z"


def looked_at(shown: Iterator[tuple[str, Any]], allowed: set[str]) -> list[str]:
    """Return what of a text is obeyed where it is shown."""
    looks = {"html": lambda text: obeyed_in_html(text, allowed), "text": obeyed_in_text, "state": obeyed_in_state}
    return [f"{kind}: {obeyed}: {text!r:.200}" for kind, text in shown if (obeyed := looks[kind](text))]


def elements(shown: Iterator[tuple[str, Any]]) -> set[str]:
    """Return the markup in what is shown."""
    return {each for kind, text in shown if kind == "html" for each in Elements(text).found}


# --- recordings


def whole(number: int, texts: list[str]) -> dict[str, Any]:
    """Return a recording's data: a server that says these texts, is asked them, and is called them where it can be."""
    lines = [re.sub(rb"[\r\n]", b" ", text.encode("utf-8", "surrogatepass"))[:400] for text in texts]
    put = lambda octets: {"base64": base64.b64encode(octets).decode()}  # noqa: E731
    helped = b"".join(b"214-" + line + b"\r\n" for line in lines) + b"214 " + lines[0] + b"\r\n"
    named = next((text for text in texts if text.isprintable() and text), "x")
    asked = [put(b"HELP " + line) for line in lines]
    return {
        "smtplab-recording": 1, "name": f"odd-{number}", "software": named, "version": named, "date": "2026-01-01",
        "obtained": named, "protocol": "SMTP", "note": named, "greeting": {"octets": put(b"220 " + lines[0] + b"\r\n")},
        "limits": [{"counts": "HELP", "most": 3, "octets": put(b"421 " + lines[0] + b"\r\n")}],
        "answers": [
            {"octets": put(helped), "to": {"connected": ["HELP"], "greeted": ["HELP"]}},
            {"octets": put(b"250 " + lines[0] + b"\r\n"), "to": {"connected": ["EHLO lab.example", *asked]}},
            {"octets": put(b"250 " + lines[0] + b"\r\n"), "to": {"greeted": asked}},
            {"octets": put(b"504 " + lines[0] + b"\r\n"), "to": {"greeted": ["HELP NOSUCH", "XSTATUS", "STAT"]}},
        ],
    }  # fmt: skip


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Have these recordings in the place of those that come with smtplab."""
    caches = (recording.recording, survey.survey, personalities.personalities, evidence.evidence, reference.pairs)

    def serve(servers: list[dict[str, Any]]) -> None:
        by_name = {server["name"]: json.dumps(server).encode() for server in servers}
        monkeypatch.setattr(recording, "listing", lambda *_where: tuple(by_name))
        monkeypatch.setattr(recording, "octets", lambda path: by_name[path.rpartition("/")[2].removesuffix(".json")])
        for each in caches:
            each.cache_clear()

    yield serve
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


def recorded(tmp_path: Path, server: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Show all that is made of recordings: tables, the gallery, the game, the site's pages, a lab that answers so."""
    for thing in (smtplab.survey(), smtplab.personalities(), smtplab.help_chart()):
        yield "text", str(thing)
        yield "html", thing._repr_html_()
    gallery, told = smtplab.gallery(), []
    gallery.presenter.tell = told.append
    for row in gallery.presenter.state["servers"]:
        gallery.presenter.take({"type": "open", "server": row["name"], "command": "HELP"})
    yield "state", [gallery.get_state(["servers"]), told]
    assert len(told) == len(smtplab.survey().servers)
    words = TOP / "deploy/lite/page"
    reference.add_reference(tmp_path, words)
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 100
    for each in pages:
        yield "html", each.read_text("utf-8").removeprefix("<!doctype html>")
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(server))
    for thing in (smtplab.sequence(str(file)), smtplab.sequence(server["name"])):
        yield "html", thing.plain()
        yield "state", thing.get_state(list(thing.presenter.state))
    with smtplab.start(str(file), carrier="memory") as lab:
        for line in ("HELP", "HELP NOSUCH", "XSTATUS"):
            lab.send(line)
        yield "text", f"{lab!r} {lab.transcript}"
        yield "html", lab.transcript._repr_html_()


def test_recordings(tmp_path: Path, served: Callable[..., None]) -> None:
    """What a recorded server said, was asked and is called is text in every table, widget and page of the site."""
    odd = [whole(number, PAYLOADS[number::12]) for number in range(12)]
    served([whole(number, HARMLESS[number:]) for number in range(4)])
    allowed = elements(recorded(tmp_path / "harmless", whole(0, HARMLESS)))
    served(odd)
    assert looked_at(recorded(tmp_path / "odd", odd[3]), allowed) == []


@pytest.mark.parametrize("key", ["name", "software", "version", "date", "obtained", "protocol", "note"])
def test_recordings_that_are_refused(key: str) -> None:
    """A text that a terminal would obey is no name of a server; the error shows it and does not obey it either."""
    for payload in PAYLOADS:
        data = {**whole(0, HARMLESS), key: payload}
        try:
            made = Recording.from_text(json.dumps(data), payload.encode("unicode_escape").decode())
        except smtplab.RecordingError as error:
            shown = str(error)
        else:
            assert payload.isprintable()
            shown = repr(made)
        assert obeyed_in_text(shown) == ""


# --- answers


def answered(folder: Path, texts: list[str], name: str) -> None:
    """Write a progress file whose answers are these texts, also to exercises that there are not."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = ("01.rcpt", "01.help", "04.verb", "07.log", "05.refute", "06.session")
    histories: dict[str, History] = {}
    for number, text in enumerate(texts):
        known = asked[number % len(asked)]
        history = histories.get(known, History())
        histories[known] = history.with_attempt(Attempt(AT, text, text, right=False))
        histories[f"99.{text}"] = History().with_attempt(Attempt(AT, (text, text), text, right=True))
    (folder / logbook.FILE).write_bytes(write_record(Record(histories)))
    (folder / "hand-in.json").write_text(json.dumps({"name": name}), "utf-8")


def progressed(folder: Path, texts: list[str], lang: str) -> Iterator[tuple[str, Any]]:
    """Show the progress of a learner whose answers are these texts, and whose name is each of them."""
    answered(folder, texts, "")
    found = smtplab.progress(folder, lang=lang)
    yield from (("text", str(found)), ("text", repr(found)), ("html", found._repr_html_()))
    for text in texts:
        yield "html", found.page(name=text).removeprefix("<!DOCTYPE html>")


def test_progress(tmp_path: Path) -> None:
    """A learner's answers and name stand as text in the table of progress and on its page, in every language."""
    allowed = elements(progressed(tmp_path / "harmless", HARMLESS, "en"))
    for number in range(0, len(PAYLOADS), 6):
        texts, lang = PAYLOADS[number : number + 6], LANGUAGES[number // 6 % len(LANGUAGES)]
        assert looked_at(progressed(tmp_path / str(number), texts, lang), allowed) == [], texts


def reported(folder: Path) -> Iterator[tuple[str, Any]]:
    """Show the report of a class in all its forms."""
    for anonymous in (False, True):
        report = sum_up([folder], lang="en", anonymous=anonymous, at_least=1)
        yield "text", tables.text(report)
        yield "html", page.page(report).decode().removeprefix("<!DOCTYPE html>")
        yield "text", tables.for_programs(report).decode()
        json.loads(tables.for_programs(report))
        sheet = tables.sheet(report).decode("utf-8-sig")
        yield "text", sheet.replace("\r\n", "\n")
        cells = [cell for row in csv.reader(io.StringIO(sheet, newline="")) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
        assert not [cell for cell in cells if re.match(r"-.*[^\d.]", cell)]
    shown = smtplab.watch_class(folder, at_least=1)
    yield "html", shown.plain()
    yield "state", shown.get_state(list(shown.presenter.state))


def test_a_class(tmp_path: Path) -> None:
    """Names of folders and files, names in hand-ins and answers stand as text in each form of a class's report."""
    for number, text in enumerate(HARMLESS):
        answered(tmp_path / "harmless" / f"learner {number}", HARMLESS, text)
    (tmp_path / "harmless/broken.zip").write_bytes(b"no zip")
    allowed = elements(reported(tmp_path / "harmless"))
    for number, payload in enumerate(PAYLOADS):
        try:
            folder = tmp_path / "odd" / (payload.replace("/", "_").replace("\0", "0").strip(".")[:60] or "x")
            answered(folder, PAYLOADS[number : number + 3], payload)
            (folder / f"{folder.name[:50]}.zip").write_bytes(payload.encode("utf-8", "surrogatepass"))
        except (OSError, ValueError):  # no name of a file on this disk
            answered(tmp_path / "odd" / f"learner {number}", PAYLOADS[number : number + 3], payload)
    assert looked_at(reported(tmp_path / "odd"), allowed) == []
