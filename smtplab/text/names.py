"""The sentence about a name that does not exist: what is there instead, and which of it was probably meant.

>>> unknown_name("es", "carrier", "tpc", ["tcp", "memory"])
UnknownName("transporte desconocido: 'tpc'; hay: tcp, memory (¿querías decir tcp?)")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.errors import UnknownName
from smtplab.text.tables import data

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = "text/errors"


def unknown_name(lang: str, what: str, name: object, known: Iterable[object]) -> UnknownName:
    """Return the error for a name that does not exist, its sentence in `lang`.

    what: what is named; each has a sentence of its own in errors.toml, for its gender. known: the names there are.
    """
    from difflib import get_close_matches  # only a mistake needs it

    words, names = data(FILE), [str(each) for each in known]
    sentence: str = words[f"unknown_{what.replace(' ', '_')}"][lang]
    sentence = sentence.format(name=repr(name))
    if names:
        sentence += "; " + words["there_are"][lang].format(known=", ".join(names))
    for close in get_close_matches(str(name), names, 1):
        sentence += f" ({words['did_you_mean'][lang].format(close=close)})"
    return UnknownName(what, name, names, sentence)
