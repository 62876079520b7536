"""The language of what smtplab says, one of `LANGUAGES`. Commands and replies stay as they are.

>>> language()
'en'
>>> resolve("es")
'es'
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from smtplab.text.names import unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
R = TypeVar("R")

NAMES = {"en": "English", "es": "Español"}
"""Every language there is, and what it calls itself. The first is the default."""

LANGUAGES = tuple(NAMES)
DEFAULT = LANGUAGES[0]

_chosen: str | None = None
_speaking: ContextVar[str | None] = ContextVar("speaking", default=None)


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
    """Return the language in which an error is told: `lang`, that of `speaking`, the one that is set, or the default.

    It raises nothing: an error says what is wrong, and not that SMTPLAB_LANG is wrong too.
    """
    wishes = (lang, _speaking.get(), _wish(), DEFAULT)
    return next(wish for wish in wishes if wish in LANGUAGES)


def set_language(lang: str) -> str:
    """Set the language of explanations, tables, widgets and errors made from now on, and return it."""
    global _chosen  # noqa: PLW0603  one setting for the process, as a learner expects
    _chosen = resolve(lang)
    return _chosen


@contextmanager
def speaking(lang: str | None) -> Iterator[None]:
    """Have errors told in a language for the length of a `with`, whichever is set; None changes nothing."""
    if lang is None:
        yield
        return
    token = _speaking.set(lang)
    try:
        yield
    finally:
        _speaking.reset(token)


def telling(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function that is given a `lang` by name tell every error below it in that language."""

    @wraps(function)
    def in_language(*arguments: P.args, **options: P.kwargs) -> R:
        lang = options.get("lang")
        with speaking(lang if isinstance(lang, str) else None):
            return function(*arguments, **options)

    return in_language


def _wish() -> str:
    return _chosen or os.environ.get("SMTPLAB_LANG") or DEFAULT
