"""The sentences that smtplab's faces say, in English and Spanish side by side, from the TOML files in data/.

>>> Texts("cli", "es").lang
'es'
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from smtplab.language import resolve

DATA = Path(__file__).parent / "data"
"""The folder of everything that smtplab knows and says."""


@cache
def data(name: str) -> dict[str, Any]:
    """Read data/`name`.toml, once."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


class Texts:
    """The texts of one face in one language: `texts("key", field=value)` gives the sentence, fields filled in.

    name: of the file in data/; each of its tables is a key with `en` and `es`.
    Raises KeyError for a key that is not there: a fault of ours, found by a test.
    """

    def __init__(self, name: str, lang: str | None = None) -> None:
        self.name = name
        self.lang = resolve(lang)

    def __call__(self, key: str, /, **fields: object) -> str:
        """Give a text, its fields filled in."""
        text: str = data(self.name)[key][self.lang]
        return text.format(**fields) if fields else text

    def all(self) -> dict[str, str]:
        """Give every text, by key."""
        return {key: both[self.lang] for key, both in data(self.name).items()}
