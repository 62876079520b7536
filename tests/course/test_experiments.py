"""Experiments: each shows what it says one is to look for, with a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.course.experiments import describe, experiment, experiments
from smtplab.course.lessons import lessons
from smtplab.errors import UnknownName
from smtplab.recordings.recording import names
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

CODES = {
    "eleventh-help": [220, 250, *[214] * 10, 554],
    "who-says-211": [220, 214, 220, 214, 220, 502, 220, 211],
    "mid-mail": [220, 250, 250, 214, 250, 354, None, 250],
    "make-421": [220, 250, 500, 500, 421],
    "two-in-one": [220, 250, 250, 214],
    "one-in-two": [220, None, 250],
    "no-status": [220, 500, 500, 211],
    "before-ehlo": [220, 214, 250],
    "one-program-two-answers": [220, 500, 220, 214],
    "help-with-250": [220, 250, 501],
}
"""What each shows, in short: its sentence of what to look for says the same."""


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory in which a mail was begun."""
    with smtplab.start(carrier="memory") as lab:
        lab.send("EHLO client.example")
        lab.send("MAIL FROM:<me@client.example>")
        yield lab


@pytest.mark.parametrize("name", experiments())
def test_it_shows_what_it_says(lab: smtplab.Lab, name: str) -> None:
    """Whatever was said before, the replies are those that the sentence tells; twice gives them twice."""
    for _ in range(2):
        done = experiment(name, lab)
        assert [exchange.reply and exchange.reply.code for exchange in done.transcript] == CODES[name]
        assert done.transcript == lab.transcript[-len(done.transcript) :]


@pytest.mark.parametrize("name", experiments())
@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_sentences_and_its_lesson(lab: smtplab.Lab, name: str, lang: str) -> None:
    """It has its sentences in each language, its sources, a lesson to go on in, and reads well as text and as HTML."""
    it = experiment(name, lab, lang=lang)
    for shown in (str(it), it._repr_html_()):
        assert it.look.split("«")[0][:20] in shown
        assert "250" in shown or "214" in shown or "211" in shown
    assert it.source
    for source in it.source:
        kind, _, place = source.partition(": ")
        assert kind.startswith("RFC ") or (kind == "recorded" and place in names())
    assert [lesson for lesson in lessons(lang) if lesson.name.startswith(it.lesson)]
    assert next(iter(it.steps[0])) == "server"
    assert repr(it) == f"<Experiment {name}: {len(it.transcript)} exchanges>"


@pytest.mark.parametrize("name", experiments())
def test_nothing_of_it_is_made_up(lab: smtplab.Lab, name: str) -> None:
    """No reply that it shows is one that was never recorded of that server."""
    said = [remark for exchange in experiment(name, lab).transcript for remark in exchange.remarks("en")]
    assert [remark for remark in said if "never recorded" in remark] == []


def test_one_goes_on_where_it_ended(lab: smtplab.Lab) -> None:
    """Afterwards the lab's server answers as the experiment's did, until its personality is set again."""
    smtplab.experiment("who-says-211", lab)
    assert lab.send("HELP").code == 211
    lab.personality = "rfc5321"
    assert lab.send("HELP").code == 214


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unknown_one(lang: str) -> None:
    """A name that there is not is refused with those that there are, in the language asked for."""
    with pytest.raises(UnknownName, match=r"experiment\w* .*nosuch.*make-421"):
        describe("nosuch", lang)
