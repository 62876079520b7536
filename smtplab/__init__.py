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
    from smtplab.codes import ReplyCode, compare, explain
    from smtplab.course import Progress, progress
    from smtplab.errors import (
        ConnectionLost,
        DialogueError,
        LabError,
        LabStopped,
        NoAddress,
        NotACode,
        NotACommandLine,
        NotAnAnswer,
        NotAReply,
        ProbeError,
        ReplyTimeout,
        SmtplabError,
        UnknownName,
    )
    from smtplab.exercises import check
    from smtplab.exhibits import ftp_origin
    from smtplab.lab import Lab, start
    from smtplab.language import set_language
    from smtplab.personality import Personality
    from smtplab.probing import Probe, probe
    from smtplab.reply import Reply, ReplyParser
    from smtplab.roster import personalities
    from smtplab.server import LabSMTP
    from smtplab.surveying import help_chart, survey
    from smtplab.transcript import Exchange, Transcript
    from smtplab.verdicts import Verdict, judge
    from smtplab.widgets.anatomy import anatomy
    from smtplab.widgets.console import console
    from smtplab.widgets.exercise import exercise
    from smtplab.widgets.gallery import gallery
    from smtplab.widgets.side_by_side import side_by_side

# A public name must not be a module's name: importing the module would put it in the name's place.
_HOMES = {
    "codes": ("ReplyCode", "compare", "explain"),
    "course": ("Progress", "progress"),
    "errors": (
        "ConnectionLost",
        "DialogueError",
        "LabError",
        "LabStopped",
        "NoAddress",
        "NotACode",
        "NotACommandLine",
        "NotAnAnswer",
        "NotAReply",
        "ProbeError",
        "ReplyTimeout",
        "SmtplabError",
        "UnknownName",
    ),
    "lab": ("Lab", "start"),
    "language": ("set_language",),
    "personality": ("Personality",),
    "roster": ("personalities",),
    "exercises": ("check",),
    "exhibits": ("ftp_origin",),
    "probing": ("Probe", "probe"),
    "reply": ("Reply", "ReplyParser"),
    "server": ("LabSMTP",),
    "surveying": ("help_chart", "survey"),
    "transcript": ("Exchange", "Transcript"),
    "verdicts": ("Verdict", "judge"),
    "widgets.anatomy": ("anatomy",),
    "widgets.console": ("console",),
    "widgets.exercise": ("exercise",),
    "widgets.gallery": ("gallery",),
    "widgets.side_by_side": ("side_by_side",),
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
    "personalities",
    "LabSMTP",
    "probe",
    "Probe",
    "ProbeError",
    "console",
    "side_by_side",
    "anatomy",
    "exercise",
    "gallery",
    "help_chart",
    "survey",
    "check",
    "progress",
    "Progress",
    "ftp_origin",
    "set_language",
    "SmtplabError",
    "NotAReply",
    "NotACode",
    "NotACommandLine",
    "NotAnAnswer",
    "UnknownName",
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
