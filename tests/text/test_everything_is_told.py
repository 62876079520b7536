"""Everything that a person can be told in English is told in Spanish: each error, each way to raise it, the source."""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import socket
import ssl
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import LabSMTP, Personality, Reply, ReplyParser, testing
from smtplab.course import lessons
from smtplab.course.exercises import exercise
from smtplab.course.graders.sandbox import Endless, patiently
from smtplab.errors import SmtplabError
from smtplab.lab import remote
from smtplab.lab.steploop import StepLoop
from smtplab.recordings import recording as recordings
from smtplab.recordings.form import MAX_OCTETS
from smtplab.recordings.recorder import checked_name, record
from smtplab.rfc.codes import codes
from smtplab.rfc.rules import rule
from smtplab.site import landing, parts, place, tools
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts, data, reason
from smtplab.widgets.console.presenter import ConsolePresenter
from tests.helpers.foreign import foreign
from tests.helpers.paths import PACKAGE
from tests.test_errors import OURS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Way = Callable[["Place"], Any]


class Place:
    """Where an error is raised: a lab, an empty folder, and what can be changed for the length of a test."""

    def __init__(self, lab: smtplab.Lab, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.lab, self.folder, self.patch = lab, folder, patch
        self._count = count()

    def new(self) -> Path:
        """Return a folder that nothing is in."""
        folder = self.folder / str(next(self._count))
        folder.mkdir()
        return folder

    def file(self, text: str | bytes, name: str = "bad.json") -> Path:
        """Return a file with that in it."""
        path = self.new() / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scripted(self, **answers: Any) -> smtplab.Lab:
        """Return the lab, answering by a script."""
        greeting = answers.pop("greeting", None)
        self.lab.personality = Personality.scripted(answers, greeting=greeting)
        return self.lab


def recording(**changes: Any) -> str:
    """Return the text of a recording with something changed in it."""
    whole = {
        "smtplab-recording": 1, "name": "x", "software": "x", "version": "1", "date": "2026-01-01", "obtained": "x",
        "protocol": "SMTP", "greeting": {"octets": "220 x\r\n"}, "limits": [],
        "answers": [{"octets": "214 x\r\n", "to": {"connected": ["HELP"]}}],
    }  # fmt: skip
    return json.dumps({**whole, **changes})


def unread(text: str) -> Way:
    """Return what reads a text as a recording."""
    return lambda here: smtplab.start(str(here.file(text)), carrier="memory")


def answers_it(say: str | bytes | None) -> Way:
    """Return what records a server that answers everything with `say`; None: that is silent."""

    def way(here: Place) -> None:
        octets = b"" if say is None else say
        every = dict.fromkeys(("EHLO", "HELP", "NOOP", "HELO", "XSTATUS", "STAT"), octets)
        with smtplab.start(Personality.scripted(every, greeting=octets), carrier="memory") as lab:
            record(lab._carrier.connect, "mine", timeout=0.01)

    return way


def inside(call: Callable[[smtplab.Lab], Any]) -> Way:
    """Return what calls a lab in its own server's method."""

    def way(_here: Place) -> None:
        caught: list[Exception] = []
        labs: list[smtplab.Lab] = []

        class Server(LabSMTP):
            async def smtp_NOOP(self, arg: str) -> None:
                try:
                    call(labs[0])
                except Exception as error:
                    caught.append(error)
                await self.push("250 OK")

        with smtplab.start(server=Server, carrier="memory") as lab:
            labs.append(lab)
            lab.send("NOOP")
        raise caught[0]

    return way


def stopped(call: Callable[[smtplab.Lab], Any]) -> Way:
    """Return what calls a lab that was stopped."""

    def way(_here: Place) -> None:
        lab = smtplab.start(carrier="memory")
        lab.stop()
        call(lab)

    return way


def late(here: Place) -> None:
    """Wait for a reply that does not come."""
    here.scripted(NOOP=smtplab.SILENCE).send("NOOP", timeout=0.01)


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def never_rests() -> None:
    loop = StepLoop()

    def again() -> None:
        loop.call_soon(again)

    again()
    loop.step()


def forgotten(_here: Place) -> None:
    """Ask a widget whose lab nobody holds any more."""
    presenter = ConsolePresenter(smtplab.start(carrier="memory"))
    presenter.release()
    assert presenter.lab is None


def blocked(here: Place) -> Path:
    """Return a directory that cannot be made: a file is in the way."""
    return here.file("", "file") / "below"


def changed_site(here: Place) -> Path:
    """Return a site with a file in it that is not its own."""
    site = here.new()
    (site / "index.html").write_text("x")
    place.write_list(site)
    (site / "mine.txt").write_text("x")
    return site


def without_trustme(here: Place) -> Any:
    here.patch.setitem(sys.modules, "trustme", None)
    return testing.certificate.__wrapped__()


def without_lessons(here: Place) -> Any:
    here.patch.setattr(lessons, "files", lambda _name: here.new())
    return lessons.lessons()


def from_a_zip(here: Place) -> Any:
    here.patch.setattr(tools, "files", lambda _name: "smtplab.zip")
    return tools.package_folder()


def without_a_program(find: Callable[[], Any]) -> Way:
    def way(here: Place) -> Any:
        here.patch.setitem(sys.modules, "uv", None)
        here.patch.setenv("PATH", str(here.new()))
        return find()

    return way


def without_sources(here: Place) -> Any:
    here.patch.setattr(parts, "package_folder", here.new)
    return parts.sources()


def without_cache(here: Place) -> Any:
    here.patch.setenv("SMTPLAB_CACHE", "~nosuchuser-x/cache")
    return parts.default_cache()


def without_python(here: Place) -> Any:
    here.patch.setenv("UV_PYTHON", "3.1")
    return tools.make_environment(sys.executable, here.new() / "venv")


def another_page(here: Place) -> Any:
    site = here.new()
    (site / "lab").mkdir()
    (site / "lab/index.html").write_text("<p>")
    return landing.add_bar(site, ["lab"])


def without_sockets(here: Place) -> Any:
    here.patch.setattr(sys, "platform", "emscripten")
    return smtplab.probe("mail.example")


def in_a_browser(here: Place) -> Any:
    here.patch.setattr(sys, "platform", "emscripten")
    return smtplab.start(carrier="tcp")


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
    "a probe of nobody": lambda _: smtplab.probe("127.0.0.1", closed_port(), timeout=5),
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


def of_kind(kind: str) -> str:
    """Return an exercise of a kind."""
    from smtplab.course.exercises import exercises

    return next(each for each in exercises() if exercise(each).kind == kind)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a place for errors."""
    with smtplab.start(carrier="memory") as lab:
        yield Place(lab, tmp_path, monkeypatch)


NAMES = re.compile(r"\b(?:there are|hay): .*")
"""The names that there are, which are code."""

RAISED: set[type[BaseException]] = set()


def told(way: Way, here: Place, lang: str) -> str:
    """Return what is told in a language when something is done wrong: without quoted code and addresses of objects."""
    smtplab.set_language(lang)
    here.lab.personality = "rfc5321"
    with pytest.raises((SmtplabError, ValueError, TypeError, Endless)) as caught, here.patch.context() as patch:
        way(Place(here.lab, here.new(), patch))
    RAISED.add(caught.type)
    return str(caught.value)


@pytest.mark.parametrize("name", WAYS)
def test_an_error_is_told_in_each_language(name: str, here: Place) -> None:
    """Whatever is done wrong, it is told in the language that is set, and in no other."""
    by_language = {lang: told(WAYS[name], here, lang) for lang in LANGUAGES}
    for lang, sentence in by_language.items():
        assert sentence.strip()
        assert foreign(NAMES.sub("", sentence), lang) == [], sentence
    assert len(set(by_language.values())) == len(LANGUAGES), by_language


def test_each_class_is_raised() -> None:
    """The ways above raise every error class of the package."""
    if len(RAISED) < 3:
        pytest.skip("the ways were not gone")
    bases = {base for each in RAISED for base in each.__mro__}
    public = {each for each in OURS if each.__module__ == "smtplab.errors"}
    assert public <= bases, public - bases


def test_a_language_of_ones_own() -> None:
    """What takes `lang` tells its errors in it, whatever language is set."""
    for call in (
        lambda: smtplab.explain("21", "es"), lambda: smtplab.compare(211, "x", "es"), lambda: rule("nosuch", "es"),
        lambda: smtplab.exercise("nosuch", lang="es"), lambda: smtplab.check("01.help", "999", lang="es"),
        lambda: smtplab.check(of_kind("sort"), 5, lang="es"), lambda: smtplab.probe(5, lang="es"),
        lambda: lessons.find_lesson("99", "es"),
    ):  # fmt: skip
        smtplab.set_language("en")
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        sentence = str(caught.value)
        smtplab.set_language("es")
        with pytest.raises((ValueError, TypeError)) as again:
            call()
        assert sentence == str(again.value)
        assert foreign(sentence, "es") == []


def test_a_wrong_language_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SMTPLAB_LANG names no language an error is still the one that it is, in the default language."""
    monkeypatch.setenv("SMTPLAB_LANG", "fr")
    with pytest.raises(smtplab.NotAReply, match="three digits"):
        Reply(b"x")
    with pytest.raises(smtplab.UnknownName, match="unknown language 'fr'"):
        smtplab.explain(214)


def test_the_systems_reasons() -> None:
    """A reason of the system's is told in Spanish where there is a sentence for it, in the system's words elsewhere."""
    smtplab.set_language("es")
    assert reason(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))) == "no existe ese archivo o directorio"
    assert reason(socket.gaierror(socket.EAI_NONAME, "x")) == "nombre o servicio desconocido"
    assert reason(TimeoutError("timed out")) == "se agotó el tiempo de espera de la conexión"
    assert reason(OSError(errno.ENOTTY, "Inappropriate ioctl")) == "Inappropriate ioctl"
    assert reason(OSError(errno.ENOENT, "No such file"), "en") == "No such file"


def test_no_texts_are_read_before_they_are_needed() -> None:
    """Importing every public name and holding a dialogue opens no file of sentences."""
    code = """
import smtplab.text.tables as tables
read = []
tables.octets = lambda path, usual=tables.octets: read.append(path) or usual(path)
import smtplab
for name in smtplab.__all__:
    getattr(smtplab, name)
with smtplab.start(carrier="memory") as lab:
    lab.send("HELP")
assert [path for path in read if path.endswith("errors.toml")] == [], read
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# --- the source

NOT_FOR_PEOPLE = {
    ("smtplab/__init__.py", "AttributeError"): "Python's own sentence for a name that a module does not have",
    ("smtplab/testing/__init__.py", "AttributeError"): "the same, of another module",
    (
        "smtplab/course/graders/lesson07.py",
        "RuntimeError",
    ): "raised by a wrong answer that a grader tries",
    ("smtplab/course/graders/lesson07_reader.py", "ValueError"): "what Python's own socket says to the same mistake",
}
"""File and class → why its sentence need not be told in another language."""

CALLS = {"say", "echo", "fail", "print", "UsageError", "ClickException"}
"""What shows its argument to a person."""


def pieces(node: ast.AST) -> list[str]:
    """Return the strings that are put together in an expression; what a call in it is given is the call's own."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    below = [node.func] if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return [piece for each in below for piece in pieces(each)]


def sentences(node: ast.expr) -> str:
    """Return what is written out in an expression: the words of a string, of an f-string, of a sum of them."""
    parts = pieces(node)
    return " ".join(parts) if any(" " in piece for piece in parts) else ""


def literals(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and class of each error that is raised with a sentence in the code, and of each one that is shown."""
    texts = []
    for node in ast.walk(tree):
        raised = node.exc if isinstance(node, ast.Raise) else None
        shown = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CALLS
        call = raised if isinstance(raised, ast.Call) else node if shown else None
        if isinstance(call, ast.Call) and len(re.findall(r"[^\W\d_]+", " ".join(map(sentences, call.args[:1])))) > 1:
            texts.append((call.lineno, ast.unparse(call.func)))
    return texts


def test_no_sentence_stands_in_the_code() -> None:
    """Each error's sentence comes from a table; those that no person meets are listed with a reason, and no other."""
    used = set()
    faults = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE.parent).as_posix()
        for line, kind in literals(ast.parse(path.read_text("utf-8"))):
            if kind == "unknown":
                continue  # its first argument is what is named, for which there is a sentence
            if (name, kind) in NOT_FOR_PEOPLE:
                used.add((name, kind))
            else:
                faults.append(f"{name}:{line}: {kind}")
    assert faults == []
    assert used == set(NOT_FOR_PEOPLE)


@pytest.mark.parametrize(
    "code",
    [
        'raise ValueError("it is wrong")',
        'raise E(f"{x} is wrong")',
        'raise E("a " + "b c")',
        'raise E("{} is wrong".format(x))',
        'say(f"all {n} done")',
    ],
)
def test_a_sentence_in_the_code_is_found(code: str) -> None:
    """The search finds a sentence however it is put together, and takes no key of a table for one."""
    assert literals(ast.parse(code))
    assert not literals(ast.parse('raise E(_say("key", x=" a b ".join(y)))\nsay(texts("done"))\nraise KeyError("x")'))


def test_each_thing_that_is_named_has_a_sentence() -> None:
    """Whatever the package calls unknown has a sentence of its own, and no other has one."""
    calls = [
        node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("unknown", "unknown_name")
    ]  # fmt: skip
    named = {arg.value for call in calls for arg in call.args[:2] if isinstance(arg, ast.Constant)}
    kept = {key for key in data("text/errors") if key.startswith("unknown_")}
    assert {f"unknown_{what.replace(' ', '_')}" for what in named} == kept


@pytest.mark.parametrize(("lang", "set_one"), [("es", "en"), ("en", "es")])
def test_what_goes_wrong_below_is_told_too(here: Place, lang: str, set_one: str) -> None:
    """Where a language is given, or a widget has one, an error from deep below is told in it; the other stays set."""
    smtplab.set_language(set_one)
    mute = here.scripted(EHLO=smtplab.SILENCE)
    with pytest.raises(smtplab.ProbeError) as caught:
        smtplab.probe(mute, timeout=0.01, lang=lang)
    sentences_of = [str(caught.value)]
    with pytest.raises(smtplab.NotACommandLine) as refused:
        smtplab.check("01.rcpt", "HELP\rX", here.lab, lang=lang)
    sentences_of.append(str(refused.value))
    presenter = ConsolePresenter(here.lab, lang)
    below: list[str] = []
    presenter.received = lambda _content: below.append(Sentences("lab/errors")("inside"))
    presenter.take({})
    for sentence in (*sentences_of, *below):
        assert foreign(sentence, lang) == []
        assert foreign(sentence, set_one)
    assert smtplab.text.language.language() == set_one
    with pytest.raises(smtplab.NotAReply) as plain:
        Reply(b"x")
    assert foreign(str(plain.value), set_one) == []


def test_a_certificates_fault() -> None:
    """What is wrong with a certificate is told in Spanish by its number, and in OpenSSL's words elsewhere."""
    error = ssl.SSLCertVerificationError(1, "x")
    for code, english, spanish in ((18, "self-signed certificate", "certificado autofirmado"), (99, "odd", "odd")):
        error.verify_code, error.verify_message = code, english
        assert remote._reason(error, Texts("lab/probe", "es")) == spanish
        assert remote._reason(error, Texts("lab/probe", "en")) == english
