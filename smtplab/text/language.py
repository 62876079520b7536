"""The language of what smtplab says, one of `LANGUAGES`. Commands and replies stay as they are.

>>> language()
'en'
>>> resolve("es")
'es'
"""

from __future__ import annotations

import os

from smtplab.errors import UnknownName

NAMES = {"en": "English", "es": "Español"}
"""Every language there is, and what it calls itself. The first is the default."""

LANGUAGES = tuple(NAMES)
DEFAULT = LANGUAGES[0]

_chosen: str | None = None


def resolve(lang: str | None = None) -> str:
    """Return the language to use: `lang` where it is given, else the one that is set.

    Raises UnknownName when it is not one of `LANGUAGES`.
    """
    if lang is None:
        lang = _chosen or os.environ.get("SMTPLAB_LANG") or DEFAULT
    if lang not in LANGUAGES:
        raise UnknownName("language", lang, LANGUAGES)
    return lang


def language() -> str:
    """Return the language that is set: by `set_language`, else by SMTPLAB_LANG, else the default."""
    return resolve(None)


def set_language(lang: str) -> str:
    """Set the language for explanations, tables and widgets made from now on, and return it."""
    global _chosen  # noqa: PLW0603  one setting for the process, as a learner expects
    _chosen = resolve(lang)
    return _chosen
