"""Everything that a person can be told in English is told in Spanish: each error, and each way to raise it."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import Reply
from smtplab.course import lessons
from smtplab.course.graders.sandbox import Endless
from smtplab.errors import SmtplabError
from smtplab.lab import remote
from smtplab.rfc.rules import rule
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts, reason
from smtplab.widgets.console.presenter import ConsolePresenter
from tests.helpers.foreign import foreign
from tests.helpers.going_wrong import Place
from tests.helpers.kinds import of_kind
from tests.helpers.ways import WAYS
from tests.test_errors import OURS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.going_wrong import Way


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
