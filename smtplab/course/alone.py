"""One process at a time: a lock on a file, which the system frees when its holder dies and keeps while it sleeps."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.005
_FLAGS = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

elif sys.platform == "emscripten":  # one process, one thread, and files whose numbers mean nothing

    def _lock(_handle: int) -> None:
        pass

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(lock: Path, patience: float) -> Iterator[bool]:
    """Hold a lock file, and remove it in the end. Yields whether it could be had within so many seconds.

    Where no lock file can be made, or the file system locks none, it goes on as if it had been: what is to be written
    there will fail by itself, or nobody could do better.
    """
    end = time.monotonic() + patience
    while (handle := _take(lock)) is None and time.monotonic() < end:
        time.sleep(_PAUSE)
    try:
        yield handle is not None
    finally:
        if handle is not None and handle >= 0:
            if sys.platform != "win32":  # there it can be removed only once it is closed
                with suppress(OSError):
                    lock.unlink()
            os.close(handle)
            if sys.platform == "win32":
                with suppress(OSError):
                    lock.unlink()


def _take(lock: Path) -> int | None:
    """Return the handle of the lock file, -1 where there is none to be had; None while another holds it."""
    if sys.platform == "emscripten":
        return -1
    try:
        handle = os.open(lock, _FLAGS, 0o600)
    except OSError:
        return -1
    try:
        _lock(handle)
        if sys.platform == "win32" or os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
    except (BlockingIOError, PermissionError, FileNotFoundError):  # held; or its holder has just removed it
        pass
    except OSError:
        os.close(handle)
        return -1
    os.close(handle)
    return None
