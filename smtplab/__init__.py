"""smtplab: learn SMTP's 211 and 214 replies by talking to a real server inside your notebook.

>>> import smtplab
>>> with smtplab.start() as lab:
...     lab.send("HELP").code, lab.send("XSTATUS").code
(214, 211)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtplab.course.classroom.handing_in import hand_in
    from smtplab.course.exercises import check
    from smtplab.course.experiments import experiment
    from smtplab.course.points import points
    from smtplab.course.progress import Progress, progress
    from smtplab.course.support import hint, solution
    from smtplab.errors import (
        CannotRecord,
        ConnectionLost,
        DialogueError,
        LabError,
        LabStopped,
        LessonError,
        NoAddress,
        NotACode,
        NotACommandLine,
        NotAnAnswer,
        NotAReply,
        ProbeError,
        RecordingError,
        ReplyTimeout,
        SiteError,
        SmtplabError,
        UnknownName,
    )
    from smtplab.lab.lab import Lab, start
    from smtplab.lab.probe import Probe, probe
    from smtplab.protocol.parser import ReplyParser
    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Exchange, Transcript
    from smtplab.recordings.ftp import ftp_origin
    from smtplab.recordings.personalities import personalities
    from smtplab.recordings.survey import help_chart, survey
    from smtplab.rfc.codes import ReplyCode, explain
    from smtplab.rfc.compare import compare
    from smtplab.rfc.judge import Verdict, judge
    from smtplab.server.personality import HANG_UP, SILENCE, Answer, Personality
    from smtplab.server.smtp import LabSMTP
    from smtplab.text.language import set_language
    from smtplab.widgets.notebook import (
        anatomy,
        console,
        exercise,
        gallery,
        game,
        lookup,
        sequence,
        side_by_side,
        status,
        watch_class,
    )
    from smtplab.widgets.review import quiz, review

_HOMES = {
    "course.classroom.handing_in": ("hand_in",),
    "course.exercises": ("check",),
    "course.experiments": ("experiment",),
    "course.points": ("points",),
    "course.progress": (
        "Progress",
        "progress",
    ),
    "course.support": (
        "hint",
        "solution",
    ),
    "errors": (
        "CannotRecord",
        "ConnectionLost",
        "DialogueError",
        "LabError",
        "LabStopped",
        "LessonError",
        "NoAddress",
        "NotACode",
        "NotACommandLine",
        "NotAnAnswer",
        "NotAReply",
        "ProbeError",
        "RecordingError",
        "ReplyTimeout",
        "SiteError",
        "SmtplabError",
        "UnknownName",
    ),
    "lab.lab": (
        "Lab",
        "start",
    ),
    "lab.probe": (
        "Probe",
        "probe",
    ),
    "protocol.parser": ("ReplyParser",),
    "protocol.reply": ("Reply",),
    "protocol.transcript": (
        "Exchange",
        "Transcript",
    ),
    "recordings.ftp": ("ftp_origin",),
    "recordings.personalities": ("personalities",),
    "recordings.survey": (
        "help_chart",
        "survey",
    ),
    "rfc.codes": (
        "ReplyCode",
        "explain",
    ),
    "rfc.compare": ("compare",),
    "rfc.judge": (
        "Verdict",
        "judge",
    ),
    "server.personality": (
        "HANG_UP",
        "SILENCE",
        "Answer",
        "Personality",
    ),
    "server.smtp": ("LabSMTP",),
    "text.language": ("set_language",),
    "widgets.notebook": (
        "anatomy",
        "console",
        "exercise",
        "gallery",
        "game",
        "lookup",
        "sequence",
        "side_by_side",
        "status",
        "watch_class",
    ),
    "widgets.review": (
        "quiz",
        "review",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__version__ = "0.1.0"

__all__ = [  # noqa: RUF022  in the order in which a learner meets them
    "start",
    "Lab",
    "Reply",
    "ReplyParser",
    "Exchange",
    "Transcript",
    "explain",
    "compare",
    "ReplyCode",
    "judge",
    "Verdict",
    "Personality",
    "Answer",
    "SILENCE",
    "HANG_UP",
    "personalities",
    "LabSMTP",
    "probe",
    "Probe",
    "console",
    "sequence",
    "status",
    "side_by_side",
    "anatomy",
    "exercise",
    "gallery",
    "game",
    "lookup",
    "experiment",
    "help_chart",
    "survey",
    "check",
    "hint",
    "solution",
    "progress",
    "Progress",
    "hand_in",
    "points",
    "watch_class",
    "review",
    "quiz",
    "ftp_origin",
    "set_language",
    "SmtplabError",
    "NotAReply",
    "NotACode",
    "NotACommandLine",
    "NotAnAnswer",
    "UnknownName",
    "RecordingError",
    "CannotRecord",
    "ProbeError",
    "LessonError",
    "SiteError",
    "LabError",
    "LabStopped",
    "NoAddress",
    "DialogueError",
    "ConnectionLost",
    "ReplyTimeout",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: importing smtplab loads no server and no widget."""
    if name not in _HOME:
        raise AttributeError(f"module 'smtplab' has no attribute {name!r}")
    value: object = getattr(import_module(f"smtplab.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
