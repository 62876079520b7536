"""The register of rules (rules.toml): id, level, source, and the rule in our own words.

>>> rule("reply.one-code").source
'RFC 5321 §4.2.1'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from smtplab.text.language import resolve
from smtplab.text.texts import read, unknown

LEVELS = ("MUST", "SHOULD", "MAY")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. level: one of `LEVELS`, as RFC 2119 means them. source: RFC and section. text: in `lang`."""

    id: str
    level: str
    source: str
    text: str
    lang: str

    def __str__(self) -> str:
        return f"{self.text} ({self.level}, {self.source})"


def rule(rule_id: str, lang: str | None = None) -> Rule:
    """Return a rule by its id, in a language. Raises UnknownName, listing those there are."""
    lang = resolve(lang)
    register = _register(lang)
    if rule_id not in register:
        raise unknown("rule", rule_id, register, lang)
    return register[rule_id]


def rules(lang: str | None = None) -> tuple[Rule, ...]:
    """Return every rule, in the register's order."""
    return tuple(_register(resolve(lang)).values())


@cache
def _register(lang: str) -> dict[str, Rule]:
    rows = read("rfc/rules").items()
    return {rule_id: Rule(rule_id, row["level"], row["source"], row["text"][lang], lang) for rule_id, row in rows}
