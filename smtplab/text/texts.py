"""What smtplab knows and says: the data files of its rooms, and their sentences in each language.

A room's files lie in that room. They are read through the package's own loader, so a wheel used as a zip file serves
them too.

>>> Texts("cli/texts", "es").lang
'es'
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.text.language import resolve

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def _place(path: str) -> Traversable:
    from importlib.resources import files  # a lab starts without it

    return files("smtplab").joinpath(*path.split("/"))


def octets(path: str) -> bytes:
    """Return the octets of a data file. path: from the package's top, such as "rfc/codes.toml"."""
    return _place(path).read_bytes()


@cache
def listing(folder: str, suffix: str) -> tuple[str, ...]:
    """Return the names of a folder's data files of one suffix, in order and without the suffix; none is opened."""
    names = (entry.name for entry in _place(folder).iterdir())
    return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))


@cache
def data(name: str) -> dict[str, Any]:
    """Return the table in a TOML file, read once. name: from the package's top and without suffix: "rfc/codes"."""
    import tomllib

    return tomllib.loads(octets(f"{name}.toml").decode("utf-8"))


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
        text: str = data(self.name)[key][self.lang]
        return text.format(**fields) if fields else text

    def all(self) -> dict[str, str]:
        """Return every text, by key."""
        return {key: texts[self.lang] for key, texts in data(self.name).items()}
