"""Side by side: two commands' replies, or two codes; what is the same and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from smtplab.presenters.side_by_side import SideBySidePresenter
from smtplab.widgets.base import HERE, LabWidget, stylesheet

if TYPE_CHECKING:
    from smtplab.lab import Lab


class SideBySideWidget(LabWidget):
    """Two replies, or two codes."""

    _esm = HERE / "side_by_side.js"
    _css = stylesheet("side_by_side")

    codes = traitlets.Bool().tag(sync=True)
    pair = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


def side_by_side(lab: Lab | None, first: str | int, second: str | int, *, lang: str | None = None) -> SideBySideWidget:
    """Put two commands' replies, or two codes, side by side. The plain equivalent: `print(smtplab.compare(a, b))`.

    lab: whom to send the commands to; it may be None where `first` and `second` are codes (numbers).
    lang: "en" or "es", else the language that is set.
    Raises what `Lab.send` raises; NotACode for what cannot be a code; UnknownName for another language; TypeError for
    a command and a code.
    """
    if lab is not None and isinstance(first, int) != isinstance(second, int):
        raise TypeError(f"two commands or two codes are compared, not one of each: {first!r}, {second!r}")
    return SideBySideWidget(SideBySidePresenter(lab, first, second, lang))
