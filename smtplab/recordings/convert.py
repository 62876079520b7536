"""Make recordings from raw captures.

    python -m smtplab.recordings.convert CAPTURE... --to DIRECTORY

A capture is a JSON file of sessions, each exchange with the octets sent and received; one capture gives one recording.
Where a server hung up after too many commands the limit is worked out from all its sessions together, and a limit is
kept only if it explains each of them.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.errors import RecordingError
from smtplab.recordings.answers import COUNTS, Limit, RecordedReply
from smtplab.recordings.recording import Recording
from smtplab.recordings.replay import RecordedPersonality
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

_say = Sentences("recordings/errors")

_HELLO = (b"EHLO", b"HELO", b"LHLO")


@dataclass
class Step:
    """One exchange of a capture: what was sent (None: the greeting), what came, whether the server then hung up."""

    sent: bytes | None
    received: bytes
    dropped: bool


@dataclass
class Session:
    """One connection of a capture. `greeted`: EHLO was sent before the first step that was kept."""

    name: str
    greeted: bool
    steps: list[Step] = field(default_factory=list)


def _octets(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else str(value or "").encode("utf-8")


def sessions(capture: dict[str, Any]) -> list[Session]:
    """Return a capture's sessions. A fresh connection "alone" was greeted the first time, not the second."""
    captured: list[Session] = []
    seen: dict[str, int] = {}
    for row in capture["exchanges"]:
        name = row["session"]
        if row["seq"] == 0 or not captured or captured[-1].name != name:
            seen[name] = seen.get(name, 0) + 1
            captured.append(Session(name, row.get("greeted", name.startswith("alone") and seen[name] == 1)))
        sent = None if row["sent"] is None else _octets(row["sent"])
        captured[-1].steps.append(Step(sent, _octets(row["received"]), bool(row["dropped"])))
    for key in ("many_help", "many_noop"):
        many = capture.get(key) or {}
        if many.get("dropped") and many.get("last"):
            command, last = _octets(many["command"]), _octets(many["last"])
            usual = next((s.steps[0].received for s in captured if s.greeted and s.steps[0].sent == command), None)
            if usual is not None and usual != last:
                steps = [Step(command, usual, False)] * (many["sent"] - 1)
                captured.append(Session(key, True, [*steps, Step(command, last, True)]))
    return captured


def name_of(capture: dict[str, Any]) -> str:
    """Return the recording's name: the server's, and its version's number."""
    version = re.search(r"(?:^|\s)(?:\d+:)?(\d+(?:\.\d+)+(?:p\d+)?)", capture["version"])
    base = re.sub(r"(?<=[a-z])\d+(?=-)", "", re.sub(r"-[\d.]+$", "", capture["name"]))
    return f"{base}-{version[1]}" if version else base


def convert(capture: dict[str, Any]) -> Recording:
    """Make a recording of a capture. Raises KeyError where the capture lacks what every capture has."""
    all_sessions = sessions(capture)
    greeting = next(step for session in all_sessions for step in session.steps if step.sent is None)
    table = _table(all_sessions)
    changed = capture.get("changed_from_default", "").strip("\u2013 ")
    recording = Recording(
        name=name_of(capture),
        software=capture["software"],
        version=capture["version"],
        date=capture["date"],
        obtained=f"run on loopback: {capture['started']}" + (f"; changed from default: {changed}" if changed else ""),
        protocol="LMTP" if any("LHLO" in session.name for session in all_sessions) else "SMTP",
        greeting=RecordedReply(greeting.received, greeting.dropped),
        answers=table,
        note=capture.get("note", ""),
    )
    return _with_limits(recording, all_sessions)


def _table(all_sessions: list[Session]) -> dict[str, dict[bytes, RecordedReply]]:
    """Sort the answers by phase and command. One alone on a fresh connection counts more than one in a long session."""
    table: dict[str, dict[bytes, RecordedReply]] = {}
    by_itself = {
        (session.steps[0].sent, session.steps[0].received)
        for session in all_sessions
        if session.name.startswith("alone") and session.steps[0].dropped
    }
    for alone in (False, True):
        for session in all_sessions:
            if session.name.startswith("alone") != alone or session.name.startswith("many"):
                continue
            for phase, line, step, last in walk(session):
                # a drop at the end of a long session is a limit's doing, unless the command gets it by itself
                long_drop = step.dropped and last and not alone and line[:4].upper() != b"QUIT"
                if long_drop and (line, step.received) not in by_itself:
                    continue
                table.setdefault(phase, {})[line] = RecordedReply(step.received, step.dropped)
    return table


def walk(session: Session) -> Iterator[tuple[str, bytes, Step, bool]]:
    """Return each line's phase, octets, step, and whether it is the session's last; no segments of several lines."""
    phase = "greeted" if session.greeted else "connected"
    begun = b""
    for number, step in enumerate(session.steps):
        if step.sent is None:
            continue
        if phase == "data":
            if step.sent.endswith(b".\r\n") and len(step.sent) == 3:  # a dot and CRLF
                yield phase, step.sent, step, False
                phase = "greeted"
            continue
        if step.sent.count(b"\n") > 1:
            return  # several lines in one segment: what a line gets then is not its own answer
        line, begun = begun + step.sent, b""
        yield phase, line, step, number == len(session.steps) - 1
        if line.endswith(b"\n") and not line.endswith(b"\r\n") and not step.received and not step.dropped:
            begun = line  # the server waits for CRLF: the next line is glued on
            continue
        verb, accepted = line[:4].upper(), step.received[:1] == b"2"
        if step.received[:3] == b"354":
            phase = "data"
        elif accepted and (verb in _HELLO or (verb == b"RSET" and phase != "connected")):
            phase = "greeted"
        elif accepted and verb in (b"MAIL", b"RCPT"):
            phase = verb.decode().lower()


def _with_limits(recording: Recording, all_sessions: list[Session]) -> Recording:
    """Find the limits that explain where the server hung up: each time the one that explains most, while any helps."""
    while True:
        missing = _unexplained(recording, all_sessions)
        tried = [
            replace(recording, limits=(*recording.limits, Limit(counts, _counted(recording, session, counts), octets)))
            for session in all_sessions
            if session.steps[-1].dropped and (octets := session.steps[-1].received) and differences(recording, session)
            for counts in COUNTS
        ]
        best = min(tried, key=lambda with_limit: _unexplained(with_limit, all_sessions), default=recording)
        if _unexplained(best, all_sessions) >= missing:
            return recording
        recording = best


def _unexplained(recording: Recording, all_sessions: list[Session]) -> int:
    personality = RecordedPersonality(recording.name, recording)  # one for all: what it infers from is prepared once
    return sum(len(_play(personality.dialogue(), session)) for session in all_sessions)


def _counted(recording: Recording, session: Session, counts: str) -> int:
    """Count, with no limit in force, what a limit of this kind would have counted before the session's last command."""
    unlimited = replace(recording, limits=(Limit(counts, 10**9, b""),))
    dialogue = RecordedPersonality(recording.name, unlimited).dialogue()
    _play(dialogue, session, upto=len(session.steps) - 1)
    return int(dialogue._counted[counts])  # type: ignore[attr-defined]  # noqa: SLF001  the same package's replay


def differences(recording: Recording, session: Session) -> list[tuple[bytes, bytes, bytes]]:
    """Replay a session against a recording; return (sent, captured, replayed) where the octets differ."""
    return _play(RecordedPersonality(recording.name, recording).dialogue(), session)


def _play(dialogue: Any, session: Session, upto: int | None = None) -> list[tuple[bytes, bytes, bytes]]:
    if session.greeted:
        dialogue._phase, dialogue._hellos = "greeted", 1  # noqa: SLF001  the capture left its EHLO out
    wrong: list[tuple[bytes, bytes, bytes]] = []
    for step in session.steps[:upto]:
        if step.sent is None:
            continue
        if step.sent.count(b"\n") > 1 and dialogue._phase != "data":  # noqa: SLF001
            break
        answers = [dialogue.answer(line) for line in step.sent.splitlines(keepends=True)]
        octets = b"".join(answer.octets for answer in answers)
        if (octets, answers[-1].close) != (step.received, step.dropped):
            wrong.append((step.sent, step.received, octets))
    return wrong


def main() -> None:
    """Convert the captures named on the command line."""
    import click

    texts = Sentences("recordings/convert")

    @click.command()
    @click.argument("captures", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--to", "target", required=True, type=click.Path(file_okay=False, path_type=Path))
    def run(captures: tuple[Path, ...], target: Path) -> None:
        """Make a recording of each CAPTURE in the directory --to."""
        target.mkdir(parents=True, exist_ok=True)
        for path in captures:
            capture = json.loads(path.read_text("utf-8"))
            if not isinstance(capture, dict) or "exchanges" not in capture or "session" not in capture["exchanges"][0]:
                click.echo(texts("left_out", name=path.name))
                continue
            recording = convert(capture)
            text = recording.to_text()
            if Recording.from_text(text) != recording:
                raise RecordingError(_say("does_not_survive", path=path))
            (target / f"{recording.name}.json").write_text(text, "utf-8")
            wrong = sum(len(differences(recording, session)) for session in sessions(capture))
            limits = len(recording.limits)
            click.echo(texts("converted", name=recording.name, size=len(text), limits=limits, wrong=wrong))

    run()


if __name__ == "__main__":
    main()
