"""Recordings: what real servers said comes back octet for octet, with their limits, and survives its file."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.errors import RecordingError
from smtplab.recordings.convert import convert, differences, name_of, sessions
from smtplab.recordings.form import MAX_OCTETS
from smtplab.recordings.recorder import CannotRecord, record
from smtplab.recordings.recording import Recording, names, recording
from tests.helpers.paths import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

CAPTURES = SHARED / "servers"

# Where a replay differs from its capture, and why. Nothing else may.
KNOWN = {
    # HELO after EHLO switches the extended syntax off, which HELP MAIL then shows
    **{name: {b"HELP MAIL\r\n"} for name in ("aiosmtpd", "dsmtpd", "mail-devel", "smtpdfix")},
    # a second LHLO is told less than the first, and session ids differ
    "cyrus-lmtp": {b"LHLO lab.example\r\n", b"RSET\r\n"},
    # before its first message QUIT is a bad sequence, after it a good one
    "dumbster": {b"QUIT\r\n"},
    # the proxy is one reply behind after what it is silent to
    "proxsmtp": {b"\r\n", b"NOOP\r\n"},
}


@pytest.fixture(params=names())
def name(request: pytest.FixtureRequest) -> str:
    """Name each recording in turn."""
    return str(request.param)


def test_a_recording_survives_its_file(name: str) -> None:
    """Written and read again, a recording is the same."""
    own = recording(name)
    assert Recording.from_text(own.to_text()) == own
    assert own.name == name
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", own.date)
    assert own.software
    assert own.version
    assert own.obtained


def test_a_lab_says_what_the_server_said(start: Callable[..., smtplab.Lab]) -> None:
    """On both carriers a recorded personality answers with the recorded octets, greeting and all."""
    for name in names():
        own, lab = recording(name), start(name)
        hello = b"LHLO lab.example" if own.protocol == "LMTP" else b"EHLO lab.example"
        for phase, before in (("connected", None), ("greeted", hello)):
            lab.personality = name
            if before is not None:
                lab.send(before)
            for line in (b"HELP", b"HELP NOSUCH", b"STAT", b"NOOP"):
                reply = own.answers.get(phase, {}).get(line + b"\r\n")
                if reply is None or not reply.octets or reply.hangs_up:
                    continue
                assert reply.octets.startswith(lab.send(line).raw), (name, phase, line)
                assert lab.transcript[-1].source == "recorded"
        assert lab.transcript[0].reply.raw == own.greeting.octets
        lab.stop()


def test_round_trip(name: str) -> None:
    """A recording of a lab that answers as X is X again: no answer differs, nearly all are there, limits as before."""
    own = recording(name)
    recipient = next(
        (re.search(rb"<(.*)>", line)[1].decode() for line in own.answers.get("mail", {}) if line.startswith(b"RCPT")),
        None,
    )
    with smtplab.start(name, carrier="memory") as lab:
        again = record(
            lab._carrier.connect, name, software=own.software, version=own.version, protocol=own.protocol,
            transaction=recipient, limits=True,
        )  # fmt: skip
    kept = {(phase, line): reply for phase, line, reply in own.lines()}
    read = {(phase, line): reply for phase, line, reply in again.lines()}
    assert {place: reply for place, reply in read.items() if kept.get(place) != reply} == {}
    assert len(read) >= 0.85 * len(kept) or name.startswith("secure-smtpd")
    assert again.greeting == own.greeting
    assert set(again.limits) == set(own.limits)


@pytest.mark.skipif(not CAPTURES.exists(), reason="the raw captures are not here")
def test_replays_are_faithful_to_the_captures() -> None:
    """Every session of every capture, replayed, yields the octets that were captured, but for the few known."""
    count = 0
    for path in sorted(CAPTURES.glob("*.json")):
        capture = json.loads(path.read_text("utf-8"))
        if not isinstance(capture, dict) or "session" not in capture["exchanges"][0]:
            continue
        own = convert(capture)
        wrong = {sent for session in sessions(capture) for sent, _, _ in differences(own, session)}
        assert wrong <= KNOWN.get(capture["name"], set()), (capture["name"], wrong)
        shipped = recording(f"{own.name}-recorded" if own.name == "aiosmtpd-1.4.6" else own.name)
        assert (shipped.answers, shipped.limits, shipped.greeting) == (
            own.answers,
            own.limits,
            own.greeting,
        )
        count += 1
    assert count == len(names())


def test_a_server_that_hung_up_hangs_up(start: Callable[..., smtplab.Lab]) -> None:
    """Exim's tenth HELP is its last: the eleventh gets its 554, and the connection is gone."""
    lab = start("exim-4.96")
    lab.send("EHLO lab.example")
    assert [lab.send("HELP").code for _ in range(11)] == [214] * 10 + [554]
    assert lab.transcript[-1].closed
    assert lab.send("HELP").code == 214
    assert lab.transcript[-1].session == 2


def test_what_was_not_recorded_is_marked(start: Callable[..., smtplab.Lab]) -> None:
    """A command never recorded gets the reply to an unknown one, another spelling what is like it; both are marked."""
    lab = start("exim-4.96")
    for line in ("ehlo somebody.else", "HELP SOMETHING", "SOMETHING", "AUTH PLAIN", "BDAT 5"):
        lab.send(line)
    sources = [exchange.source for exchange in lab.transcript[1:]]
    assert sources == ["alike", "inferred", "unrecorded", "stand-in", "stand-in"]
    assert [exchange.reply.code for exchange in lab.transcript[1:]] == [250, 214, 500, 454, 503]
    assert lab.transcript[3].reply.raw == b"500 unrecognized command\r\n"
    remarks = [str(exchange) for exchange in lab.transcript[2:5]]
    assert "inferred from what this server said" in remarks[0]
    assert "never recorded: what this server says to an unknown command" in remarks[1]
    assert "the lab's words" in remarks[2]


def test_bare_lf_is_waited_for(start: Callable[..., smtplab.Lab]) -> None:
    """A server that waited for CRLF after a bare LF glues the next line on, as it was recorded."""
    lab = start("twisted-26.10.0")
    lab.send("EHLO lab.example")
    assert lab.send_raw(b"HELP\n", timeout=0.2) == ()
    assert lab.send_raw(b"\r\n", timeout=0.2)[0].code == 500


def test_mail_goes_through_a_recorded_server(start: Callable[..., smtplab.Lab]) -> None:
    """A recorded mail transaction can be gone through, its text swallowed to the dot."""
    lab = start("postfix-3.7.11")
    codes = [lab.send(line).code for line in ("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")]
    assert codes == [250, 250, 250, 354]
    assert [reply.code for reply in lab.send_raw(b"Subject: x\r\n\r\nHELP\r\n.\r\n")] == [250]
    assert lab.messages == ()


def test_personalities_tell_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has the names, prints software, version and date, and is a table in the learner's language."""
    listed = smtplab.personalities()
    assert listed[:2] == ("rfc5321", "aiosmtpd-1.4.6")
    assert "exim-4.96" in listed
    assert "2026-11-24" in str(listed)
    assert "how it was obtained" in listed._repr_html_()
    smtplab.set_language("es")
    assert "cómo se obtuvo" in listed._repr_html_()
    assert "RFC 5321" in listed.about()[0].obtained
    (exim,) = (row for row in listed.about() if row.name == "exim-4.96")
    assert exim.date == "2026-11-24"
    assert "; 2026-11-25: ejecutado en la propia máquina" in exim.obtained
    smtplab.set_language("en")
    assert "; 2026-11-25: run on loopback" in smtplab.personalities().about()[listed.index("exim-4.96")].obtained


# --- files that are no recordings

GOOD: dict[str, Any] = {
    "smtplab-recording": 1, "name": "x", "software": "x", "version": "1", "date": "2026-11-24", "obtained": "x",
    "protocol": "SMTP", "greeting": {"octets": "220 x\r\n"}, "limits": [],
    "answers": [{"octets": "214 x\r\n", "to": {"connected": ["HELP"]}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"smtplab-recording": 2}, r"line 2: version 2 of the format.*reads version 1"),
        ({"name": 5}, r"line 3: name is 5, not text"),
        ({"greeting": None}, r"greeting is missing"),
        ({"greeting": {"octets": 5}}, r"greeting is 5, not text"),
        ({"greeting": {"octets": {"base64": "!"}}}, r"greeting: not base64"),
        ({"answers": {}}, r"answers is not a list"),
        ({"answers": []}, r"no answer in it"),
        ({"answers": [{"octets": "x"}]}, r"does not say to what"),
        ({"answers": [{"octets": "x", "to": {"asleep": ["HELP"]}}]}, r"unknown phase 'asleep'; there are: connected"),
        ({"answers": [{"octets": "x", "to": {"connected": "HELP"}}]}, r"connected is not a list"),
        ({"answers": [{"octets": "x", "hangs_up": "no", "to": {"connected": ["HELP"]}}]}, r"hangs_up is 'no'"),
        ({"limits": [{"counts": "sheep", "most": 1, "octets": "x"}]}, r"counts 'sheep'; there are: unknown"),
        ({"limits": [{"counts": "HELP", "most": -1, "octets": "x"}]}, r"most is -1"),
        ({"greeting": {"octets": "220 \ud800\r\n"}}, r"greeting is '220 .*half a character"),
        ({"answers": [{"octets": "x", "to": {"connected": ["\udfff"]}}]}, r"connected is .*half a character"),
        ({"name": "\ud800"}, r"name is .*cannot be shown"),
        ({"software": "exim\x1b]0;title\x07"}, r"software is .*cannot be shown"),
        ({"version": "1\u202e2"}, r"version is .*cannot be shown"),
        ({"obtained": "two\nlines"}, r"obtained is .*cannot be shown"),
        ({"note": "\x9b31m"}, r"note is .*cannot be shown"),
        ({"additions": [{"date": "\u2066", "obtained": "x", "answers": []}]}, r"date is .*cannot be shown"),
        ({"additions": 5}, r"additions is not a list"),
        ({"additions": [{"date": 5}]}, r"date of an addition is 5"),
        ({"additions": [{"date": "2026-11-25", "obtained": "x"}]}, r"answers is not a list"),
    ],
)
def test_a_malformed_file(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    """A file that is malformed or of another version is refused with file, line and reason."""
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**GOOD, **change}, indent=1))
    with pytest.raises(RecordingError, match=r"bad\.json: line \d+: .*") as refused:
        Recording.read(path)
    assert re.search(named, str(refused.value))


@pytest.mark.parametrize(
    "octets", [b"", b"{", b"[1]", b"null", json.dumps(GOOD).encode()[:-20], b"\xff\xfe", b"[" * 100_000, b"9" * 5_000]
)
def test_a_truncated_or_foreign_file(tmp_path: Path, octets: bytes) -> None:
    """A file that is cut short, no JSON or no UTF-8 is refused with its name."""
    path = tmp_path / "bad.json"
    path.write_bytes(octets)
    with pytest.raises(RecordingError, match=r"bad\.json: "):
        Recording.read(path)


def test_a_huge_file(tmp_path: Path) -> None:
    """A huge file is refused before it is read."""
    path = tmp_path / "bad.json"
    with path.open("wb") as file:
        file.truncate(MAX_OCTETS + 1)
    with pytest.raises(RecordingError, match="too many for a recording"):
        Recording.read(path)
    good = tmp_path / "good.json"
    good.write_text(json.dumps(GOOD))
    assert Recording.read(good).name == "x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_file(tmp_path: Path) -> None:
    """A pipe, a device or a directory is refused at once: it may have no end, or nothing to say."""
    os.mkfifo(pipe := tmp_path / "pipe.json")
    (folder := tmp_path / "folder.json").mkdir()
    for path in (pipe, folder, Path(os.devnull)):
        with pytest.raises(RecordingError, match=re.escape(str(path))):
            Recording.read(path)


def test_what_cannot_be_recorded() -> None:
    """A server that speaks something else, or without end, is refused in words."""
    for octets, named in ((b"SSH-2.0-x\r\n", "no SMTP server"), (b"220-x\r\n" * 200_000, "no end")):
        odd = smtplab.Personality.scripted({}, greeting=octets)
        with smtplab.start(odd, carrier="memory") as lab, pytest.raises(CannotRecord, match=named):
            record(lab._carrier.connect, "x")


def test_names_of_captures() -> None:
    """A recording is named for the server and its version's number."""
    for name, version, wanted in (
        ("postfix-3.10", "3.10.13-0+deb13u1 (Debian 13)", "postfix-3.10.13"),
        ("cpython311-smtpd", "CPython 3.11.7", "cpython-smtpd-3.11.7"),
        ("dovecot-lmtp", "1:2.3.19.1+dfsg1-2.1 (x)", "dovecot-lmtp-2.3.19.1"),
        ("opensmtpd", "6.8.0p2-4+b4 (x)", "opensmtpd-6.8.0p2"),
    ):
        assert name_of({"name": name, "version": version}) == wanted
