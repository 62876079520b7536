"""Where personalities come from, told in each language: the recordings' words by a table, their code as it stands."""

from __future__ import annotations

import re

import pytest

import smtplab
from smtplab.recordings.personalities import about, personalities
from smtplab.recordings.recording import names, recording
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.foreign import foreign

CODE = re.compile(r"\w+='[^']*'|\S*[/=_]\S*|(?<!\w)-\w+|[\d.:+~-]{3,}\w*")
"""What is no language's: paths, settings, options, versions."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_origins_are_in_one_language(lang: str) -> None:
    """No personality's origin has words of the other language."""
    smtplab.set_language(lang)
    for row in personalities().about():
        for text in (row.software, row.version, row.obtained):
            assert foreign(CODE.sub("", text), lang) == [], row.name
            if lang == "es":
                assert not re.search(r"\b(the|and|with|as|of|only|on|is|from|that|own|to)\b", CODE.sub("", text)), text


def test_code_stays_as_it_is() -> None:
    """Every path, setting, option and version of an origin stands in the Spanish one too."""
    for name in names():
        smtplab.set_language("en")
        english = about(name)
        smtplab.set_language("es")
        spanish = about(name)
        for one, other in zip(
            (english.software, english.version, english.obtained),
            (spanish.software, spanish.version, spanish.obtained), strict=True,
        ):  # fmt: skip
            assert sorted(CODE.findall(one)) == sorted(CODE.findall(other)), name


def test_every_phrase_is_used() -> None:
    """No phrase lies about that no recording has, but for those of recordings that are yet to be made."""
    texts = " ".join(
        f"{each.software} {each.version} {each.obtained} {' '.join(added.obtained for added in each.additions)}"
        for each in map(recording, names())
    )
    for key, row in data("recordings/origins").items():
        assert row["en"] in texts or key in ("network", "unknown"), key
