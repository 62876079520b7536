"""What a learner may hand to a check that takes a function, and the time that checks have in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, syntax

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders import bounds
from smtplab.course.hints import solution

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

FUNCTIONS = [name for name in exercises() if exercise(name).kind == "function"]
"""The exercises that take one."""


def server_of(smtp: Callable[[Any, str | None], Awaitable[None]]) -> type[SMTP]:
    """Make a server whose HELP and status verb are a method."""
    return type("MyServer", (SMTP,), {"smtp_HELP": syntax("HELP")(smtp), "smtp_XLOAD": syntax("XLOAD")(smtp)})


def check_solutions() -> None:
    """Check each solution once: where time is short, none is to be left for an import."""
    for name in FUNCTIONS:
        names: dict[str, Any] = {"smtplab": smtplab}
        exec(solution(name, "en").code, names)
        assert eval(exercise(name).call, names).right


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time that a learner's code has."""
    monkeypatch.setattr(bounds, "SECONDS", 0.3)
    monkeypatch.setattr(bounds, "_AGAIN", 0.2)
