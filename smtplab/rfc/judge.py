r"""Judging an exchange against the RFC: for each rule that applies, one of four verdicts.

>>> from smtplab.protocol.reply import Reply
>>> from smtplab.protocol.transcript import Exchange
>>> judge(Exchange(b"HELP\r\n", Reply(b"250 Supported commands: HELP\r\n"))).worst
'departs from a SHOULD'
>>> judge(Exchange(b"HELP MAIL\r\n", Reply(b"501 no topics here\r\n"))).worst
'permitted latitude'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtplab.rfc.checks import CHECKS, WITHOUT_REPLY
from smtplab.rfc.checks.outcome import LATITUDE
from smtplab.rfc.rules import Rule, rules
from smtplab.rfc.walk import alone, contexts
from smtplab.text.html import table
from smtplab.text.language import resolve
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtplab.protocol.transcript import Exchange, Transcript
    from smtplab.rfc.session import Context

CONFORMS, PERMITTED = "conforms", "permitted latitude"
DEPARTS, VIOLATES = "departs from a SHOULD", "violates a MUST"
OUTCOMES = (CONFORMS, PERMITTED, DEPARTS, VIOLATES)
"""The four verdicts, from best to worst."""

_OF_LEVEL = {"MUST": VIOLATES, "SHOULD": DEPARTS, "MAY": PERMITTED}


@dataclass(frozen=True)
class Verdict:
    """What one rule says about an exchange. outcome: one of `OUTCOMES`."""

    rule: Rule
    outcome: str

    @property
    def words(self) -> str:
        """The outcome in the rule's language."""
        return Texts("rfc/judge", self.rule.lang)(self.outcome)

    def __repr__(self) -> str:
        return f"<Verdict {self.rule.id}: {self.outcome}>"

    def __str__(self) -> str:
        return f"{self.words}: {self.rule.text} [{self.rule.id}, {self.rule.source}]"

    def _repr_html_(self) -> str:
        return Verdicts([self])._repr_html_()


class Verdicts(tuple[Verdict, ...]):
    """All verdicts on an exchange, the worst first."""

    __slots__ = ()

    @property
    def worst(self) -> str:
        """The worst outcome; "conforms" where nothing speaks against it."""
        return max((verdict.outcome for verdict in self), key=OUTCOMES.index, default=CONFORMS)

    @property
    def notable(self) -> Verdicts:
        """Those that are not simply "conforms"."""
        return Verdicts(verdict for verdict in self if verdict.outcome != CONFORMS)

    def __repr__(self) -> str:
        return f"<Verdicts {self.worst}, {len(self.notable)} notable of {len(self)}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        texts = Texts("rfc/judge", self[0].rule.lang if self else None)
        head = [texts(key) for key in ("head_verdict", "head_rule", "head_source")]
        rows = [(each.words, f"{each.rule.text} [{each.rule.id}]", each.rule.source) for each in self]
        return table(head, rows)


def judge(exchange: Exchange, transcript: Transcript | None = None, *, lang: str | None = None) -> Verdicts:
    """Judge an exchange against every rule that applies.

    exchange: the one to judge, such as `lab.transcript[-1]`.
    transcript: what was said around it; with it the rules that look at the session apply too (what EHLO listed, whether
      a transaction survived, whether a command got two replies), and what is message text is not taken for a command.
    lang: "en" or "es", else the language that is set.
    Returns the verdicts, the worst first. Raises UnknownName for an unknown language. To judge every exchange of a
    transcript, `judge_all` is the quicker way.
    """
    return _judge(_context(exchange, transcript), rules(resolve(lang)))


def judge_all(transcript: Transcript, *, lang: str | None = None) -> tuple[Verdicts, ...]:
    """Judge every exchange of a transcript in its session; the time that takes grows with the transcript's length only.

    lang: "en" or "es", else the language that is set.
    Returns the verdicts on each exchange, in the transcript's order. Raises UnknownName for an unknown language.
    """
    register = rules(resolve(lang))
    sessions: dict[int, list[Exchange]] = {}
    for exchange in transcript:
        sessions.setdefault(exchange.session, []).append(exchange)
    judged = {
        number: iter([_judge(context, register) for context in contexts(session)])
        for number, session in sessions.items()
    }
    return tuple(next(judged[exchange.session]) for exchange in transcript)


def _judge(context: Context, register: Iterable[Rule]) -> Verdicts:
    verdicts = []
    for rule in register:
        if context.exchange.reply is None and rule.id not in WITHOUT_REPLY:
            continue
        kept = CHECKS[rule.id](context)
        if kept is not None:
            outcome = PERMITTED if kept == LATITUDE else CONFORMS if kept else _OF_LEVEL[rule.level]
            verdicts.append(Verdict(rule, outcome))
    return Verdicts(sorted(verdicts, key=lambda verdict: -OUTCOMES.index(verdict.outcome)))


def _context(exchange: Exchange, transcript: Transcript | None) -> Context:
    """Return the exchange in its session: the very one, else the last that is equal to it, else by itself."""
    session = [other for other in transcript or () if other.session == exchange.session]
    equal = None
    for each, context in zip(session, contexts(session), strict=True):
        if each is exchange:
            return context
        if each == exchange:
            equal = context
    return equal or alone(exchange)
