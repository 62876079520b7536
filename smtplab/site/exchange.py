"""Two names exchanged in one step, so that there is no moment without a site.

Linux has renameat2(2) for it, macOS renamex_np(2); Python's os module has neither.
"""

from __future__ import annotations

import ctypes
import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are meant from the current directory
_EXCHANGE = 2  # RENAME_EXCHANGE, and RENAME_SWAP too
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EXDEV}


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two files or folders; return False where the system, or this disk, cannot.

    Raises OSError where it could but must not, as in a folder that is read-only.
    """
    if os.name != "posix":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):
        status = libc.renameat2(_HERE, first, _HERE, second, _EXCHANGE)
    elif hasattr(libc, "renamex_np"):
        status = libc.renamex_np(first, second, _EXCHANGE)
    else:
        return False
    number = ctypes.get_errno()
    if status and number not in _CANNOT:
        raise OSError(number, os.strerror(number), str(one), None, str(other))
    return not status
