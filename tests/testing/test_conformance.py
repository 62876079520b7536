"""The RFC as an assertion: it passes where nothing is wrong, and says what is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab import Exchange, Reply, Transcript
from smtplab.testing import assert_conforms

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab import Lab


def test_what_conforms_passes(smtp_lab: Lab) -> None:
    """A dialogue of the lab's own server, from the greeting to the end of a mail, conforms."""
    for command in ("EHLO me", "HELP", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "NOSUCH", "QUIT"):
        smtp_lab.send(command)
    assert_conforms(smtp_lab.transcript)


def test_a_breach_is_named(smtp_says: Callable[..., Lab]) -> None:
    """The message names the exchange, the rule, and RFC and section; what conforms is not in it."""
    lab = smtp_says({"HELP": b"214-one\r\n211 two\r\n"})
    lab.send("NOOP")
    lab.send("HELP")
    with pytest.raises(AssertionError) as caught:
        assert_conforms(lab.transcript)
    message = str(caught.value)
    assert "exchange 3 of 3\n    C: HELP\n    S: 214-one\n    S: 211 two\n  violates a MUST: " in message
    assert re.search(r"\[reply\.one-code, RFC 5321 §4\.2\.1\]", message)
    assert "NOOP" not in message


def test_a_departure_counts_unless_it_may_not() -> None:
    """A departure from a SHOULD fails, and passes where only breaches of a MUST are looked for."""
    dialogue = Transcript([Exchange(b"HELP\r\n", Reply(b"250 Supported commands: HELP\r\n"))])
    with pytest.raises(AssertionError, match=r"departs from a SHOULD: .*RFC 5321 §4\.3\.2"):
        assert_conforms(dialogue)
    assert_conforms(dialogue, should=False)


def test_in_spanish(smtp_says: Callable[..., Lab]) -> None:
    """The message is told in the language that is asked for, remarks on the dialogue too."""
    lab = smtp_says({"HELP": "250 no"})
    lab.send("HELP")
    exchange = lab.transcript[-1]
    dialogue = Transcript([Exchange(exchange.sent, exchange.reply, closed=True)])
    with pytest.raises(AssertionError, match=r"(?s)no es conforme.*intercambio 1 de 1.*- .*conexión.*SHOULD"):
        assert_conforms(dialogue, "es")
    with pytest.raises(smtplab.UnknownName):
        assert_conforms(dialogue, "fr")
