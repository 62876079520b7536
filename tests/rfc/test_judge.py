"""Judging an exchange in its session: which exchange is meant, and how few verdicts are shown."""

from __future__ import annotations

import pytest

import smtplab
from smtplab.rfc.judge import Verdicts


def outcome(exchange: smtplab.Exchange, transcript: smtplab.Transcript, rule_id: str) -> str | None:
    """Return what a rule says of an exchange in its session."""
    verdicts = smtplab.judge(exchange, transcript)
    return next((verdict.outcome for verdict in verdicts if verdict.rule.id == rule_id), None)


def test_the_very_exchange_is_judged_not_its_like() -> None:
    """Of two exchanges that are equal the one that was handed over is judged, with what was said around that one."""
    twice = smtplab.Personality.scripted({"HELP": [b"214 a\r\n250 b\r\n", b"214 a\r\n"]})
    with smtplab.start(twice, carrier="memory") as lab:
        lab.send("HELP")
        lab.send("HELP")
        transcript = lab.transcript
    first, last = (exchange for exchange in transcript if exchange.sent == b"HELP\r\n")
    assert first == last
    outcomes = [outcome(exchange, transcript, "reply.one-per-command") for exchange in (first, last)]
    assert outcomes[0] == "violates a MUST"
    assert outcomes[1] != "violates a MUST"


def test_an_equal_exchange_is_found_in_the_transcript() -> None:
    """An exchange from an earlier look at the transcript is found again in a later one."""
    odd = smtplab.Personality.scripted({"HELP": b"214 a\r\n250 b\r\n"})
    with smtplab.start(odd, carrier="memory") as lab:
        lab.send("HELP")
        earlier = next(exchange for exchange in lab.transcript if exchange.sent == b"HELP\r\n")
        assert outcome(earlier, lab.transcript, "reply.one-per-command") == "violates a MUST"


@pytest.mark.parametrize(("lang", "head"), [("en", ">verdict<"), ("es", ">veredicto<")])
def test_few_verdicts_are_shown(lang: str, head: str) -> None:
    """One verdict is a table in its own language, and none is a table with nothing but its head."""
    verdicts = smtplab.judge(smtplab.Exchange(b"HELP\r\n", smtplab.Reply(b"250 x\r\n")), lang=lang)
    assert head in Verdicts(verdicts[:1])._repr_html_()
    assert Verdicts(verdicts[:1])._repr_html_().count("<tr>") == 2
    assert Verdicts()._repr_html_().count("<td") == 0
    assert f"[{verdicts[0].rule.id}]" in verdicts[0]._repr_html_()
