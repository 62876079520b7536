"""For tests of mail code: labs as pytest fixtures, what goes wrong on the wire, and the RFC as an assertion.

The fixtures come by pytest's own entry point and need no import: `smtp_lab`, `smtp_says`, `smtp_personality`,
`smtp_certificate`. What they are made of can be had from here too, for tests that are not pytest's.

>>> from smtplab.testing import faults, start
>>> with start({"HELP": "214 Ask"}, faults.DropAfter(2)) as lab:
...     lab.send("HELP").code, lab.send("NOOP").code
(214, 250)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtplab.testing.certificates import certificate
    from smtplab.testing.conformance import assert_conforms
    from smtplab.testing.labs import start

__all__ = ["assert_conforms", "certificate", "faults", "nbval", "start"]
"""What tests use, and the modules that other rooms may use."""

_HOMES = {"assert_conforms": "conformance", "certificate": "certificates", "start": "labs"}


def __getattr__(name: str) -> object:
    """Load a name when it is first asked for: pytest loads this room at every start, and mostly for nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'smtplab.testing' has no attribute {name!r}")
    module = import_module(f"smtplab.testing.{_HOMES.get(name, name)}")
    value: object = getattr(module, name) if name in _HOMES else module
    globals()[name] = value
    return value
