"""What a person can do wrong, and how it is done: a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import smtplab
from smtplab import LabSMTP, Personality, Reply, ReplyParser, testing
from smtplab.course import lessons
from smtplab.course.graders.sandbox import patiently
from smtplab.lab.steploop import StepLoop
from smtplab.recordings import recording as recordings
from smtplab.recordings.form import MAX_OCTETS
from smtplab.recordings.recorder import checked_name
from smtplab.rfc.codes import codes
from smtplab.rfc.rules import rule
from smtplab.site import place, tools
from tests.helpers.going_wrong import (
    another_page,
    answers_it,
    blocked,
    changed_site,
    forgotten,
    from_a_zip,
    in_a_browser,
    inside,
    late,
    never_rests,
    recording,
    stopped,
    unread,
    without_a_program,
    without_cache,
    without_lessons,
    without_python,
    without_sockets,
    without_sources,
    without_trustme,
)
from tests.helpers.kinds import of_kind
from tests.helpers.running import free_port

if TYPE_CHECKING:
    from tests.helpers.going_wrong import Way

WAYS: dict[str, Way] = {
    # replies and commands
    "no reply": lambda _: Reply(b"SSH-2.0\r\n"),
    "no reply in the stream": lambda _: ReplyParser().feed(b"SSH-2.0\r\n"),
    "two replies": lambda _: Reply(b"250 a\r\n250 b\r\n"),
    "a reply of text": lambda _: Reply("250 a"),
    "an impossible code": lambda _: Reply.of(199),
    "a code of text": lambda _: Reply.of("250"),
    "a line end in a reply": lambda _: Reply.of(250, "a\r\nb"),
    "half a character in a reply": lambda _: Reply.of(250, "\ud800"),
    "a line that is no text": lambda _: Reply.of(250, 5),
    "CR in a command": lambda here: here.lab.send("HELP\rX"),
    "NUL in a command": lambda here: here.lab.send(b"HELP \0"),
    "half a character in a command": lambda here: here.lab.send("HELP \ud800"),
    "no command": lambda here: here.lab.send(5),
    "no octets": lambda here: here.lab.send_raw("HELP"),
    # dialogues
    "hung up at once": lambda here: here.scripted(greeting=smtplab.HANG_UP).send("HELP"),
    "hung up after its greeting": lambda here: here.scripted(greeting="421 no").send("HELP"),
    "hung up instead": lambda here: here.scripted(NOOP=smtplab.HANG_UP).send("NOOP"),
    "hung up in between": lambda here: here.scripted(NOOP="421 no").send_raw(b"NOOP\r\nHELP\r\n"),
    "no reply in time": late,
    "half a reply in time": lambda here: here.scripted(NOOP=b"250-a\r\n").send("NOOP", timeout=0.01),
    "no greeting in time": lambda here: here.scripted(greeting=smtplab.SILENCE).send("NOOP", timeout=0.01),
    "a reply without an end": lambda here: here.scripted(NOOP=b"250-a\r\n" * 160_000).send("NOOP"),
    "not SMTP": lambda here: here.scripted(NOOP=b"SSH-2.0\r\n").send("NOOP"),
    "a command in a message": lambda here: (
        [here.lab.send(line) for line in ("EHLO a", "MAIL FROM:<a@b.example>", "RCPT TO:<a@b.example>", "DATA", "NOOP")]
    ),
    # labs
    "a stopped lab": stopped(lambda lab: lab.send("HELP")),
    "a stopped lab's client": stopped(lambda lab: lab.other_client().__enter__()),
    "a stopped lab's address": stopped(lambda lab: lab.address),
    "no address": lambda here: here.lab.address,
    "a call from inside": inside(lambda lab: lab.send("HELP")),
    "a stop from inside": inside(lambda lab: lab.stop()),
    "a step from inside": inside(lambda lab: [lab._carrier.loop.call_soon(print), lab._carrier.loop.step()]),
    "no timeout": lambda here: here.lab.send("HELP", timeout=0),
    "a timeout of text": lambda _: smtplab.start(timeout="5"),
    "a long timeout": lambda _: smtplab.start(timeout=10**9),
    "a port in memory": lambda _: smtplab.start(carrier="memory", port=25),
    "no port": lambda _: smtplab.start(port=70000),
    "a port of text": lambda _: smtplab.start(port="25"),
    "a server that is none": lambda _: smtplab.start(server=5),
    "a server that is no class": lambda _: smtplab.start(server=LabSMTP.__new__(LabSMTP)),
    "tcp in a browser": in_a_browser,
    # labs for tests
    "no TLS": lambda _: testing.start(tls="ssl"),
    "no fault": lambda _: testing.start({}, "delay"),
    "a greeting of nobody's": lambda _: testing.start(greeting="220 hello"),
    "no trustme": without_trustme,
    "threads in memory": lambda _: StepLoop().run_in_executor(None, print),
    "a loop that is run": lambda _: StepLoop().run_forever(),
    "a server that never rests": lambda _: never_rests(),
    # names
    "unknown personality": lambda _: smtplab.start("exim"),
    "unknown personality, set": lambda here: setattr(here.lab, "personality", "nosuch"),
    "unknown carrier": lambda _: smtplab.start(carrier="tpc"),
    "unknown language": lambda _: smtplab.set_language("fr"),
    "unknown language of a code": lambda _: smtplab.explain(214, "fr"),
    "unknown rule": lambda _: rule("reply.nosuch"),
    "unknown kind": lambda _: codes("nosuch"),
    "unknown exercise": lambda _: smtplab.exercise("01.nosuch"),
    "unknown exercise, checked": lambda _: smtplab.check("nosuch", 1),
    "unknown lesson": lambda _: lessons.find_lesson("99"),
    "unknown recording": lambda _: recordings.recording("nosuch"),
    # scripts
    "a script that is none": lambda _: Personality.scripted([("HELP", "214 x")]),
    "a command of octets": lambda _: Personality.scripted({b"HELP": "214 x"}),
    "an answer of a number": lambda _: Personality.scripted({"HELP": 214}),
    "a greeting of a number": lambda _: Personality.scripted({}, greeting=220),
    "no answers": lambda _: Personality.scripted({"HELP": []}),
    "two replies in a script": lambda _: Personality.scripted({"HELP": "250 a\r\n250 b"}),
    "a control character in a script": lambda _: Personality.scripted({"HELP": "250 \x1b"}),
    # codes
    "no code": lambda _: smtplab.explain("21"),
    "an enhanced code": lambda _: smtplab.explain("5.1.1"),
    "a code of another type": lambda _: smtplab.explain(2.5),
    "a code of another kind": lambda _: smtplab.compare(211, 999),
    "a long number": lambda _: smtplab.explain(10**12),
    "a command and a code": lambda here: smtplab.side_by_side(here.lab, "HELP", 214),
    # exercises
    "an answer that is no option": lambda here: smtplab.check("01.help", "999", here.lab),
    "an answer that is no text": lambda here: smtplab.check("01.help", 2.5, here.lab),
    "a line that is no text, checked": lambda here: smtplab.check("01.rcpt", 5, here.lab),
    "parts that are no list": lambda _: smtplab.check(of_kind("parts"), "code"),
    "too few parts": lambda _: smtplab.check(of_kind("parts"), ["code"]),
    "a text that is none": lambda _: smtplab.check(of_kind("text"), 5),
    "a function without an end": lambda _: patiently(lambda: [None for _ in iter(int, 1)]),
    # recordings
    "no JSON": unread("{"),
    "no UTF-8": lambda here: smtplab.start(str(here.file(b"\xff"))),
    "too large a file": lambda here: smtplab.start(str(here.file(b" " * (MAX_OCTETS + 1)))),
    "no recording": unread("[]"),
    "another version": unread(recording(**{"smtplab-recording": 2})),
    "a name that is no text": unread(recording(name=5)),
    "no greeting": unread(recording(greeting=None)),
    "a greeting that is no text": unread(recording(greeting={"octets": 5})),
    "no base64": unread(recording(greeting={"octets": {"base64": "!"}})),
    "answers that are no list": unread(recording(answers={})),
    "no answer": unread(recording(answers=[])),
    "an answer to nothing": unread(recording(answers=[{"octets": "x"}])),
    "an unknown phase": unread(recording(answers=[{"octets": "x", "to": {"asleep": []}}])),
    "lines that are no list": unread(recording(answers=[{"octets": "x", "to": {"connected": 5}}])),
    "no flag": unread(recording(answers=[{"octets": "x", "hangs_up": "no", "to": {"connected": ["HELP"]}}])),
    "an unknown count": unread(recording(limits=[{"counts": "sheep", "most": 1, "octets": "x"}])),
    "no number": unread(recording(limits=[{"counts": "HELP", "most": -1, "octets": "x"}])),
    "an addition without a date": unread(recording(additions=[{"date": 5}])),
    "a name with a path": lambda _: checked_name("../x"),
    "a reserved name": lambda _: checked_name("con"),
    "a server of another protocol": answers_it(b"SSH-2.0\r\n"),
    "a silent server": answers_it(None),
    "a server that refuses": answers_it("421 no"),
    # probes
    "a probe of what is none": lambda _: smtplab.probe(5),
    "a probe of no port": lambda _: smtplab.probe("127.0.0.1", 70000),
    "a probe of a lab's port": lambda here: smtplab.probe(here.lab, 25),
    "a probe of nobody": lambda _: smtplab.probe("127.0.0.1", free_port(), timeout=5),
    "a probe of no name": lambda _: smtplab.probe("a" * 70 + ".example", timeout=5),
    "a probe in a browser": without_sockets,
    "a probe of a stopped lab": stopped(smtplab.probe),
    "a probe of another protocol": lambda here: smtplab.probe(here.scripted(EHLO=b"SSH-2.0\r\n")),
    "a probe that loses its server": lambda here: smtplab.probe(here.scripted(EHLO=smtplab.HANG_UP)),
    # lessons, widgets, the site
    "no lessons": without_lessons,
    "lessons where a file is": lambda here: lessons.copy_lessons(blocked(here)),
    "a lesson where a file is": lambda here: lessons.reset_lesson(blocked(here), "1"),
    "a widget that was forgotten": forgotten,
    "a site where a file is": lambda here: place.check_place(here.file("", "file")),
    "a site where something else is": lambda here: place.check_place(here.file("", "file").parent),
    "a site that was changed": lambda here: place.check_place(changed_site(here)),
    "a site that cannot be put": lambda here: place.put(here.new(), blocked(here)),
    "a site from a zip": from_a_zip,
    "no uv": without_a_program(tools.find_uv),
    "no npm": without_a_program(tools.find_npm),
    "no program": lambda here: tools.run([str(here.new() / "nosuch")], here.new()),
    "a program that fails": lambda here: tools.run([sys.executable, "-c", "raise SystemExit(3)"], here.new()),
    "no Python": without_python,
    "no sources": without_sources,
    "no cache": without_cache,
    "another page": another_page,
}  # fmt: skip
"""What is done wrong → how."""
