"""The data files of the package's rooms, as octets and as tables; each lies in the room that uses it.

They are read through the package's own loader, so a wheel used as a zip file serves them too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

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
    return read(name)


def read(name: str) -> dict[str, Any]:
    """Return the table in a TOML file, which nothing keeps: for whoever needs little of it. name: as `data` has it."""
    import tomllib  # a lab starts without it

    return tomllib.loads(octets(f"{name}.toml").decode("utf-8"))
