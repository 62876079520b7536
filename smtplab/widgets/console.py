"""The console: type a command, see the reply taken apart and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from smtplab.presenters.console import ConsolePresenter
from smtplab.widgets.base import HERE, LabWidget, stylesheet

if TYPE_CHECKING:
    from smtplab.lab import Lab


class ConsoleWidget(LabWidget):
    """A console for a lab."""

    _esm = HERE / "console.js"
    _css = stylesheet("console")

    personalities = traitlets.List(traitlets.Unicode()).tag(sync=True)
    personality = traitlets.Unicode().tag(sync=True)
    suggestions = traitlets.List(traitlets.Unicode()).tag(sync=True)


def console(lab: Lab, *, lang: str | None = None) -> ConsoleWidget:
    """Make a console for a lab. The plain equivalent: `lab.send(...)` and `print(lab.transcript)`.

    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    return ConsoleWidget(ConsolePresenter(lab, lang))
