"""The data files of the package's rooms, as octets and as tables; each lies in the room that uses it.

They are read through the package's own loader, so a wheel used as a zip file serves them too.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def octets(path: str) -> bytes:
    """Return the octets of a data file. path: from the package's top, such as "rfc/codes.toml"."""
    return files("smtplab").joinpath(*path.split("/")).read_bytes()


@cache
def listing(folder: str, suffix: str) -> tuple[str, ...]:
    """Return the names of a folder's data files of one suffix, in order and without the suffix; none is opened."""
    names = (entry.name for entry in files("smtplab").joinpath(*folder.split("/")).iterdir())
    return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))


@cache
def data(name: str) -> dict[str, Any]:
    """Return the table in a TOML file, read once. name: from the package's top and without suffix: "rfc/codes"."""
    return tomllib.loads(octets(f"{name}.toml").decode("utf-8"))
