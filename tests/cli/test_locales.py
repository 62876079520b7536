"""The reader's language: SMTPLAB_LANG and --lang, then the system's variables in gettext's order."""

from __future__ import annotations

import pytest

from smtplab import cli
from smtplab.cli.locales import language_of_locale

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

CASES = {
    "LANGUAGE=es": "es",
    "LANGUAGE=es LANG=en_US.UTF-8": "es",
    "LANGUAGE=es LANG=C.UTF-8": "es",
    "LANGUAGE=es LANG=C": None,
    "LANGUAGE=es LC_ALL=POSIX LANG=es_ES": None,
    "LANGUAGE=es LC_MESSAGES=C": None,
    "LANGUAGE=es LC_ALL=en_US.UTF-8 LANG=C": "es",
    "LANGUAGE=ca:es:en LANG=ca_ES.UTF-8": "es",
    "LANGUAGE=ca:fr:en LANG=ca_ES.UTF-8": "es",
    "LANGUAGE=fr:ca:es": "es",
    "LANGUAGE=fr:de LANG=es_ES.UTF-8": None,
    "LANGUAGE=en:es LANG=es_ES.UTF-8": "en",
    "LANGUAGE=en_GB:ca LANG=ca_ES.UTF-8": "en",
    "LANGUAGE=:es: LANG=en_US": "es",
    "LANG=es": "es",
    "LANG=es_ES.UTF-8": "es",
    "LANG=es_MX": "es",
    "LANG=es_419": "es",
    "LANG=es_US.UTF-8": "es",
    "LANG=es.UTF-8@valencia": "es",
    "LANG=es_ES@euro": "es",
    "LANG=es-AR": "es",
    "LANG=ca_ES.UTF-8@valencia": "es",
    "LANG=gl_ES.UTF-8": "es",
    "LANG=eu_ES": "es",
    "LANG=ast_ES.UTF-8": "es",
    "LANG=an_ES": "es",
    "LANG=est_EE": None,
    "LANG=et_EE": None,
    "LANG=pt_BR.UTF-8": None,
    "LANG=en_US.UTF-8": "en",
    "LANG=C": None,
    "LC_ALL=es_CL LC_MESSAGES=en_US LANG=en_US": "es",
    "LC_MESSAGES=es_CL LANG=en_US": "es",
    "LC_ALL=en_US LC_MESSAGES=es_CL LANG=es_CL": "en",
    "LC_ALL=C LANG=es_ES": None,
    "LC_ALL= LANG=es_ES": "es",
    "LANG=Spanish_Spain.1252": "es",
    "": None,
}
"""The variables, and the language that they ask for; None: the default."""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variables", CASES)
def test_the_order_of_the_variables(monkeypatch: pytest.MonkeyPatch, variables: str) -> None:
    """The language is the first that the variables ask for, in gettext's order, and that there is."""
    for each in variables.split():
        monkeypatch.setenv(*each.split("=", 1))
    assert language_of_locale() == CASES[variables]


@pytest.mark.parametrize(
    ("lang", "arguments", "word"),
    [("en", [], "Help"), ("es", [], "Mensaje"), ("en", ["--lang", "es"], "Mensaje"), ("es", ["--lang=en"], "Help")],
)
def test_what_wins(monkeypatch, capsys, lang: str, arguments: list[str], word: str) -> None:
    """--lang wins over SMTPLAB_LANG, and that over the system's variables."""
    monkeypatch.setenv("LANGUAGE", "en" if lang == "es" else "es")
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.setenv("SMTPLAB_LANG", lang)
    assert cli.run(["explain", "214", *arguments]) == 0
    assert capsys.readouterr().out.startswith(f"214 {word}")


def test_an_argument_after_two_hyphens_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    """--lang after -- is an argument like any other."""
    assert cli.run(["send", "--", "NOOP", "--lang", "es"]) == 0
    assert "C: --lang" in capsys.readouterr().out
