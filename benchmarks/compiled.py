"""An environment in which every module is compiled once and kept, as those of an installed package are.

A checkout's modules may be compiled at each start (PYTHONDONTWRITEBYTECODE), and a peer's, which were installed, not.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """Return the environment's variables for the length of a `with`; what ran in it once is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}
