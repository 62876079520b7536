"""The language of what smtplab says, one of `LANGUAGES`. Commands and replies stay as they are.

>>> language()
'en'
>>> resolve("es")
'es'
"""

from __future__ import annotations

import os

from smtplab.text.names import unknown_name

NAMES = {"en": "English", "es": "Español"}
"""Every language there is, and what it calls itself. The first is the default."""

LANGUAGES = tuple(NAMES)
DEFAULT = LANGUAGES[0]

_chosen: str | None = None


def resolve(lang: str | None = None) -> str:
    """Return the language to use: `lang`, or where it is None the one that is set.

    Raises UnknownName where it is not one of `LANGUAGES`.
    """
    if lang is None:
        lang = _wish()
    if lang not in LANGUAGES:
        raise unknown_name(spoken(), "language", lang, LANGUAGES)
    return lang


def language() -> str:
    """Return the language that is set: by `set_language`, else by SMTPLAB_LANG, else the default."""
    return resolve(None)


def spoken(lang: str | None = None) -> str:
    """Return the language in which an error is told: `lang`, else the one that is set, else the default.

    It raises nothing: an error says what is wrong, and not that SMTPLAB_LANG is wrong too.
    """
    wishes = (lang, _wish(), DEFAULT)
    return next(wish for wish in wishes if wish in LANGUAGES)


def set_language(lang: str) -> str:
    """Set the language of explanations, tables, widgets and errors made from now on, and return it."""
    global _chosen  # noqa: PLW0603  one setting for the process, as a learner expects
    _chosen = resolve(lang)
    return _chosen


def _wish() -> str:
    return _chosen or os.environ.get("SMTPLAB_LANG") or DEFAULT
