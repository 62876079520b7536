"""The public names, which the reference has a page for each of, and the classes of what they hand out."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import smtplab
import smtplab.testing

NAMES = (
    *(f"smtplab.{name}" for name in smtplab.__all__),
    *(f"smtplab.testing.{name}" for name in smtplab.testing.__all__),
)
VALUES = (
    "course.classroom.handing_in.HandIn", "course.exercises.Feedback", "course.experiments.Experiment",
    "course.hints.Solution", "course.review.Rest", "course.support.Hint", "course.tasks.Lesson",
    "protocol.reply.Defect", "protocol.reply.Part", "recordings.likeness.Likeness", "recordings.personalities.About",
    "recordings.personalities.Personalities", "recordings.survey.HelpChart", "recordings.survey.Server",
    "recordings.survey.Survey", "course.tasks.Task", "course.exercises.RowFeedback", "rfc.compare.Link",
    "rfc.compare.Comparison", "rfc.compare.Correction", "rfc.compare.Difference", "rfc.compare.Digit",
    "rfc.compare.Row", "rfc.judge.Verdicts", "rfc.rules.Rule", "server.personality.Dialogue", "server.state.Message",
    "testing.certificates.Certificate", "widgets.notebook.LabWidget",
)  # fmt: skip
"""What public names hand out: classes that nobody needs to import, each with a place on one page."""


def value_of(name: str) -> Any:
    """Return what a public name stands for."""
    module, _, own = name.rpartition(".")
    return getattr(import_module(module), own)
