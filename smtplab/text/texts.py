"""What smtplab says: the sentences of its rooms' data files, in each language.

>>> Texts("cli/texts", "es").lang
'es'
"""

from __future__ import annotations

import errno
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.text.language import DEFAULT, LANGUAGES, resolve, spoken
from smtplab.text.names import unknown_name
from smtplab.text.tables import data, listing, octets, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtplab.errors import UnknownName

__all__ = ["Texts", "data", "listing", "octets", "read", "reason", "told", "unknown"]


class Texts:
    """The texts of one file in one language: `texts("key", field=value)` is the sentence, its fields filled in.

    name: of the file, as `data` takes it; each of its tables is a key with a text in each language.
    Raises KeyError for a key that is not there: a fault of this package, found by a test.
    """

    def __init__(self, name: str, lang: str | None = None) -> None:
        self.name = name
        self.lang = resolve(lang)

    def __call__(self, key: str, /, **fields: object) -> str:
        """Return a text, its fields filled in."""
        return filled(self.name, key, self.lang, fields)

    def all(self) -> dict[str, str]:
        """Return every text, by key."""
        return {key: texts[self.lang] for key, texts in told(self.name, self.lang).items()}


@cache
def told(name: str, lang: str) -> dict[str, Any]:
    """Return the table in a TOML file as `data` does, but with its texts in one language: who learns asks for one."""
    table = read(name)
    return {sys.intern(key): _only(table.pop(key), lang) for key in list(table)}  # each goes before the next is made


def _only(value: Any, lang: str) -> Any:
    """Return a value of a table without its texts in other languages. Its keys, the same in each row, are kept once."""
    if isinstance(value, list):
        return [_only(each, lang) for each in value]
    if not isinstance(value, dict):
        return value
    kept = ((key, each) for key, each in value.items() if key == lang or key not in LANGUAGES)
    return {sys.intern(key): _only(each, lang) for key, each in kept}


def filled(name: str, key: str, lang: str, fields: dict[str, object]) -> str:
    """Return a text of a file in a language, its fields filled in."""
    text: str = told(name, lang)[key][lang]
    return text.format(**fields) if fields else text


def unknown(what: str, name: object, known: Iterable[object], lang: str | None = None) -> UnknownName:
    """Return the error for a name that does not exist, its sentence in `lang` or the language that is set."""
    return unknown_name(spoken(lang), what, name, known)


def reason(error: Exception, lang: str | None = None) -> str:
    """Return what the system gives for the reason of an error, in a language; in its own words where we have none.

    error: mostly an OSError. lang: else the language that is set.
    """
    words = getattr(error, "strerror", None) or str(error)
    code = _code_of(error)
    if spoken(lang) == DEFAULT or code not in (reasons := data("text/reasons")):
        return words
    sentence: str = reasons[code][spoken(lang)]
    return sentence


def _code_of(error: Exception) -> str:
    """Return the name of an error's number, as ENOENT, or EAI_NONAME of one in looking a host up; "" without one."""
    number = getattr(error, "errno", None)
    if number is None:
        return "ETIMEDOUT" if isinstance(error, TimeoutError) else ""
    if type(error).__name__ != "gaierror":
        return errno.errorcode.get(number, "")
    module = vars(sys.modules["socket"])  # it is there: only it raises this, and nothing here needs it
    return next((name for name, value in module.items() if name.startswith("EAI_") and value == number), "")
