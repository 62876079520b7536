"""The learner's names: what a notebook's cells, or the program's main module, have defined by now."""

from __future__ import annotations

import sys
from typing import Any


class NoSuchName(LookupError):
    """Nothing has this name yet. Its argument is the name."""


def named(name: str) -> Any:
    """Return what a name stands for in the notebook now; outside a notebook, in the main module.

    Raises NoSuchName where nothing has the name yet.
    """
    names = _names()
    if name not in names:
        raise NoSuchName(name)
    return names[name]


def _names() -> dict[str, Any]:
    if "IPython" in sys.modules:  # without it no notebook runs here
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None:
            names: dict[str, Any] = shell.user_ns
            return names
    return vars(sys.modules["__main__"])
