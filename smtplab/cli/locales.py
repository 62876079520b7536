"""The language of the reader's system, by the variables of gettext and in their order."""

from __future__ import annotations

import locale
import os
import re
import sys

from smtplab.text.language import LANGUAGES

NEIGHBOURS = dict.fromkeys(("ca", "gl", "eu", "ast", "an"), "es")
"""Whose speakers read which of our languages, where their own is not there."""

_NAMES = {
    "english": "en", "spanish": "es", "catalan": "ca", "galician": "gl", "basque": "eu", "asturian": "ast",
}  # fmt: skip
"""How Windows calls a language."""

_NONE = ("C", "POSIX")


def language_of_locale() -> str | None:
    """Return the first language that the reader's system asks for and that there is; None where it asks for none.

    LANGUAGE is a list and comes first, but not where the locale is C or POSIX; the locale is the first of LC_ALL,
    LC_MESSAGES and LANG that is set (the GNU gettext manual, "Locale Environment Variables" and "The LANGUAGE
    variable").
    """
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    if not named and sys.platform in ("win32", "darwin"):
        named = locale.getlocale()[0] or ""
    if named in _NONE:
        return None
    wishes = (os.environ.get("LANGUAGE") or named).split(":")
    languages = (_language(wish) for wish in wishes if wish)
    return next((lang for lang in languages if lang in LANGUAGES), None)


def _language(wish: str) -> str:
    """Return the language of a locale's name, such as "es_MX.UTF-8@valencia" or "Spanish_Spain"."""
    word = re.split(r"[_.@-]", wish.lower(), maxsplit=1)[0]
    word = _NAMES.get(word, word)
    return word if word in LANGUAGES else NEIGHBOURS.get(word, word)
