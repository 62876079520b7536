"""The register has what reply.py names, and the widgets can show it."""

from __future__ import annotations

import inspect
import re

import pytest

from smtplab.errors import UnknownName
from smtplab.protocol import reply
from smtplab.rfc.rules import LEVELS, rule, rules

NAMED = sorted(set(re.findall(r'Defect\("([^"]+)"', inspect.getsource(reply))))


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("rule_id", NAMED)
def test_every_defect_has_its_rule(rule_id: str, lang: str) -> None:
    """Each defect that a reply may have is a rule with a level, a section and a sentence."""
    entry = rule(rule_id, lang)
    assert entry.level in LEVELS
    assert re.fullmatch(r"RFC \d+ §[\d.]+(, §[\d.]+)*", entry.source)
    assert entry.text.endswith(".")
    assert entry.text != rule(rule_id, "es" if lang == "en" else "en").text
    assert entry in rules(lang)
    assert str(entry) == f"{entry.text} ({entry.level}, {entry.source})"


def test_the_names_are_found() -> None:
    """The eight defects are there to be looked for; an unknown rule is refused by name."""
    assert len(NAMED) == 8
    with pytest.raises(UnknownName, match=r"'reply\.nosuch'"):
        rule("reply.nosuch")
