"""Behind the status: the figures that XSTATUS tells with 211, and which of them changed last."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabStopped
from smtplab.protocol.octets import show_text
from smtplab.text.html import dialogue, paragraphs
from smtplab.widgets.live import LivePresenter

if TYPE_CHECKING:
    from smtplab.lab.lab import Lab

FIGURES = ("uptime", "sessions", "commands", "replies", "messages held", "of these by other programs")
"""The names of the figures in the reply to XSTATUS, each with a text here: status_uptime, ..., status_messages_held."""

_ALWAYS_CHANGES = "uptime"
_OWN_WORDS = "rfc5321"
"""The personality that answers XSTATUS with these figures."""


class StatusPresenter(LivePresenter):
    """The figures behind 211, each with what changes it. They follow the lab by themselves.

    lab: whose server counts.
    """

    def __init__(self, lab: Lab, lang: str | None = None) -> None:
        super().__init__(lang, lab)
        self._report: tuple[str, ...] = ()
        self._before: dict[str, dict[str, str]] = {}
        self._repr = ""
        self.state |= {"figures": [], "remark": ""}
        self.look()

    def look(self) -> None:
        """Show the figures as they are; of a lab that is gone, the last ones stay."""
        with suppress(LabStopped):
            lab = self.lab
            report, self._repr = lab.figures, repr(lab)
            remark = self._remark(lab)
            if report != self._report or remark != self.state["remark"]:
                self._report = report
                self._show(remark)

    def plain(self) -> str:
        """Return the lines that XSTATUS tells."""
        self.look()
        return paragraphs(*filter(None, [self.state["remark"]])) + dialogue(("S", line) for line in self._report)

    def __repr__(self) -> str:
        self.look()
        return f"<status of {self._repr}>"

    def _remark(self, lab: Lab) -> str:
        """Return what is to be said where XSTATUS may not tell these figures, "" where it does."""
        if not lab.keeps_figures:
            return self.say("status_counts_nothing")
        name = lab.personality.name
        return "" if name == _OWN_WORDS else self.say("status_other_server", name=show_text(str(name)))

    def _show(self, remark: str) -> None:
        now = {name: _parts(value) for name, value in map(_figure, self._report) if value}
        changed = {name for name in now if name in self._before and now[name] != self._before[name]} - {_ALWAYS_CHANGES}
        figures: list[dict[str, Any]] = []
        for name, parts in now.items():
            before = self._before.get(name, {})
            known = name in FIGURES
            figures.append({
                "name": self.say(f"status_{name.replace(' ', '_')}") if known else name,
                "parts": [
                    {"text": text, "changed": name in changed and before.get(what) != text}
                    for what, text in parts.items()
                ],
                "changed": name in changed,
                "by": self.say(f"status_{name.replace(' ', '_')}_by") if known else "",
            })  # fmt: skip
        if not changed and self._before:  # only the clock went on: what changed last stays marked
            for figure, old in zip(figures, self.state["figures"], strict=False):
                if figure["name"] == old["name"] and old["changed"]:
                    figure |= {"parts": old["parts"], "changed": True}
        self._before = now
        self.show(figures=figures, remark=remark)


def _figure(line: str) -> tuple[str, str]:
    """Return a line's name and value; the first and the last line have no value."""
    name, _, value = line.partition(": ")
    return name, value


def _parts(value: str) -> dict[str, str]:
    """Return what a figure counts, each with its text: "HELP 2, NOOP 1" and "1 open, 2 in all" have two."""
    parts = {}
    for text in value.split(", "):
        what, _, number = text.rpartition(" ")
        parts[what if what and number.isdigit() else text.lstrip("0123456789 ")] = text
    return parts
