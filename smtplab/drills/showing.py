"""What lesson 7's drills share: how a learner's value and a learner's error are shown."""

from __future__ import annotations

from typing import NamedTuple

_SHOWN = 60


def short(value: object) -> str:
    """Give a value as code, shortened; a learner's object may not even have a repr."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001
        text = object.__repr__(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class Raised(NamedTuple):
    """What a learner's function raised, in place of what it gives."""

    error: BaseException

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}({self.error})"
