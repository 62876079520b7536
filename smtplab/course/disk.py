"""Files on a learner's disk: written whole or not at all, and nothing that is there is ever lost.

Each function raises OSError where it fails.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Raised by a file system that cannot rename over a file, as JupyterLite's drive in a browser may.
_NO_REPLACE = {errno.EPERM, errno.EACCES, errno.EEXIST, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL, errno.EIO}
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def write_whole(path: Path, octets: bytes) -> None:
    """Write a file whole or not at all, never through a link: a link of that name is replaced.

    Where a file system cannot rename over a file, it is written in place.
    """
    beside = path.with_name(f".smtplab-{os.urandom(6).hex()}{path.suffix}")
    _put(beside, octets, os.O_EXCL)
    try:
        beside.replace(path)
    except OSError as error:
        if not refuses_to_replace(error) or path.is_symlink() or path.is_dir():
            raise
        _put(path, octets, os.O_TRUNC | _NO_FOLLOW)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def refuses_to_replace(error: OSError) -> bool:
    """Return whether a file system says by this error that it cannot rename over a file."""
    return error.errno in _NO_REPLACE


def write_new(path: Path, octets: bytes, mode: int = 0o666) -> Path:
    """Write a file under a name that nothing has: the one given, else name-2, name-3 and so on. Return its path."""
    number, free = 1, path
    while True:
        try:
            _put(free, octets, os.O_EXCL, mode)
        except FileExistsError:
            number += 1
            free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        else:
            return free


def free_name(directory: Path, stem: str, word: str, suffix: str) -> Path:
    """Return a name that nothing has: stem.word, then stem.word-2, and so on."""
    number = 1
    while os.path.lexists(path := directory / f"{stem}.{word}{'' if number == 1 else f'-{number}'}{suffix}"):
        number += 1
    return path


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be understood to a name that nothing has, and return its new path."""
    return path.rename(free_name(path.parent, path.stem, "damaged", path.suffix))


def _put(path: Path, octets: bytes, how: int, mode: int = 0o666) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | _BINARY | how, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
    except BaseException:
        if how & os.O_EXCL:  # it is ours, and unfinished
            path.unlink(missing_ok=True)
        raise
