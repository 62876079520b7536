"""The sequence: who said what and when; of a lab that goes on, of a transcript, of a recorded server."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.recordings.recording import recording
from smtplab.widgets.sequence.presenter import MOST, MOST_CHARACTERS, MOST_LINES, SequencePresenter

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["memory", "tcp"])
def lab(request: pytest.FixtureRequest) -> Iterator[smtplab.Lab]:
    """Return a lab over each carrier."""
    with smtplab.start(carrier=request.param) as lab:
        yield lab


class Shown:
    """What a page would show: the steps that it was told of, put in their places."""

    def __init__(self, presenter: SequencePresenter) -> None:
        self.presenter = presenter
        self.steps: dict[int, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        presenter.tell = self._take
        presenter.take({"type": "hello"})

    def _take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.steps = {place: step for place, step in self.steps.items() if place < message["start"]}
        self.steps |= dict(enumerate(message["steps"], message["start"]))

    def said(self) -> list[str]:
        """Return the commands, and the first line of each reply."""
        rows = []
        for step in self.steps.values():
            rows += step["sent"][:1]
            rows += ["".join(piece["text"] for piece in step["lines"][0] if piece["kind"] not in ("cr", "lf"))] * bool(
                step["lines"]
            )
        return rows


def test_it_follows_a_lab(lab: smtplab.Lab) -> None:
    """Each command's exchange is told once, without being asked for; the greeting before the first."""
    shown = Shown(SequencePresenter(lab))
    assert shown.messages[-1]["steps"] == []
    lab.send("HELP NOSUCH")
    lab.send_raw(b"NOOP\r\nQUIT\r\n")
    assert shown.said() == [
        "220 lab.example smtplab",
        "HELP NOSUCH", '504 HELP topic "NOSUCH" unknown; HELP alone lists the topics',
        "NOOP", "250 OK",
        "QUIT", "221 Bye",
    ]  # fmt: skip
    assert [step["unasked"] for step in shown.steps.values()] == ["greeting", "", "", ""]
    assert shown.steps[3]["notes"] == ["the server closed the connection"]
    assert sum(len(message["steps"]) for message in shown.messages) <= len(lab.transcript) + 1


def test_times_are_the_transcript_s(lab: smtplab.Lab) -> None:
    """Each exchange has its time, in milliseconds since the first connection, and time goes forward."""
    shown = Shown(SequencePresenter(lab))
    for command in ("HELP", "QUIT", "NOOP"):
        lab.send(command)
    times = [exchange.at for exchange in lab.transcript]
    assert all(at is not None and 0 <= at < 60_000 for at in times)
    assert times == sorted(times, key=lambda at: at or 0)
    assert [step["at"] for step in shown.steps.values()] == [round(at or 0, 1) for at in times]


def test_a_session_begins(lab: smtplab.Lab) -> None:
    """A new session is headed, in the widget's language."""
    lab.send("QUIT")
    lab.send("NOOP")
    shown = Shown(SequencePresenter(lab, "es"))
    assert [step["begins"] for step in shown.steps.values()] == ["sesión 1", "", "sesión 2", ""]


def test_message_text_is_told_from_commands(lab: smtplab.Lab) -> None:
    """What follows a 354 is message text, line by line; nothing else is."""
    for command in ("EHLO me.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        lab.send(command)
    lab.send_raw(b"Subject: x\r\n\r\nHELP\r\n.\r\n")
    lab.send("HELP")
    shown = Shown(SequencePresenter(lab))
    assert [step["sent"] for step in shown.steps.values() if step["is_message"]] == [["Subject: x", "", "HELP", "."]]


def test_tls_is_noted() -> None:
    """After a 220 to STARTTLS TLS is negotiated, and that is said; after another reply it is not."""
    server = smtplab.Personality.scripted({"STARTTLS": ["454 later", "220 go ahead"]})
    with smtplab.start(server, carrier="memory") as lab:
        lab.send("STARTTLS")
        lab.send("STARTTLS")
        shown = Shown(SequencePresenter(lab))
        assert [step["notes"] for step in shown.steps.values()] == [
            [], [], ["after this 220, TLS is negotiated (RFC 3207 §4)"],
        ]  # fmt: skip
        assert "RFC 3207 §4" in smtplab.sequence(lab).plain()


def test_a_transcript_is_shown_as_it_is(lab: smtplab.Lab) -> None:
    """A transcript is shown whole, and what is said afterwards is no part of it."""
    lab.send("HELP")
    widget = smtplab.sequence(lab.transcript)
    lab.send("NOOP")
    assert Shown(widget.presenter).said()[-1].startswith("214-")  # type: ignore[arg-type]
    assert repr(widget) == "<sequence of 2 exchanges>"


@pytest.mark.parametrize("name", smtplab.personalities()[2:])
def test_a_recorded_server(name: str) -> None:
    """Every recorded answer of a server is there, in its phase, with no time; nothing is dropped."""
    presenter = SequencePresenter(name)
    shown = Shown(presenter)
    recorded = list(recording(name).lines())
    assert len(shown.steps) == len(recorded) + 1
    assert shown.steps[0]["begins"] == "before EHLO"
    assert {step["at"] for step in shown.steps.values()} == {None}
    silent = [place for place, (_, _, reply) in enumerate(recorded, 1) if not reply.octets]
    assert all(step["lines"] or step["partial"] or place in silent for place, step in shown.steps.items())
    assert presenter.state["about"].startswith(name)


def test_what_cannot_be_shown() -> None:
    """A name that is no recording's is refused with the names that there are; anything else, by its kind."""
    with pytest.raises(smtplab.UnknownName, match=r"exim-4\.96"):
        smtplab.sequence("rfc5321")
    with pytest.raises(smtplab.UnknownName, match="nosuch"):
        smtplab.sequence("nosuch")
    with pytest.raises(TypeError, match="a Lab, a Transcript, or the name of a recorded server, not 42"):
        smtplab.sequence(42)  # type: ignore[arg-type]


def test_a_long_session_is_bounded() -> None:
    """The newest exchanges are shown, and how many are not is said; the same in the text."""
    with smtplab.start(carrier="memory") as lab:
        shown = Shown(SequencePresenter(lab))
        for number in range(MOST + 5):
            lab.send(f"NOOP {number}")
        shown.presenter.take({"type": "hello"})
        assert shown.messages[-1]["start"] == 6
        assert len(shown.messages[-1]["steps"]) == MOST
        assert shown.messages[-1]["older"].startswith("Earlier exchanges that are not shown: 6.")
        html = shown.presenter.plain()
    assert "shown: 6." in html
    assert "NOOP 4<" not in html
    assert "NOOP 5<" in html


def test_a_long_reply_is_bounded() -> None:
    """Of a very long reply the page gets its first lines, each within bounds, and how many there are."""
    lines = [f"214-{'x' * 5000}"] + ["214-x"] * 500 + ["214 end"]
    with smtplab.start(smtplab.Personality.scripted({"HELP": "\n".join(lines)}), carrier="memory") as lab:
        lab.send("HELP")
        step = Shown(SequencePresenter(lab)).steps[1]
    assert (len(step["lines"]), step["reply_lines"]) == (MOST_LINES, 502)
    assert max(len(piece["text"]) for line in step["lines"] for piece in line) == MOST_CHARACTERS + 1


def test_a_released_sequence_follows_no_more(lab: smtplab.Lab) -> None:
    """A widget that no page shows is told nothing; shown again, it has caught up."""
    presenter = SequencePresenter(lab)
    shown = Shown(presenter)
    presenter.release()
    lab.send("NOOP")
    assert shown.said() == []
    presenter.hold()
    assert shown.said() == ["220 lab.example smtplab", "NOOP", "250 OK"]


def test_what_is_said_in_another_thread_is_shown_in_the_page_s() -> None:
    """In a kernel, the page is told in the event loop's thread, once for many commands, whoever sent them."""
    threads = []

    async def kernel() -> list[str]:
        with smtplab.start(carrier="tcp") as lab:
            widget = smtplab.sequence(lab)
            shown = Shown(widget.presenter)  # type: ignore[arg-type]
            told = asyncio.Event()
            tell = widget.presenter.tell

            def note(message: dict[str, Any]) -> None:
                threads.append(threading.get_ident())
                tell(message)
                told.set()

            widget.presenter.tell = note
            sender = threading.Thread(target=lambda: [lab.send(f"NOOP {number}") for number in range(20)])
            sender.start()
            sender.join()
            await asyncio.wait_for(told.wait(), 10)
            return shown.said()

    said = asyncio.run(kernel())
    assert said[-2:] == ["NOOP 19", "250 OK"]
    assert set(threads) == {threading.get_ident()}
    assert len(threads) <= 3
