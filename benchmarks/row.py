"""A row of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement: lab and peer in the same unit, their ratio, and the goal (a minimum where `at_least`)."""

    what: str
    lab: float
    peer: float
    unit: str
    goal: float
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """Lab divided by peer."""
        return self.lab / self.peer

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def __str__(self) -> str:
        goal = f"{'>=' if self.at_least else '<='} {self.goal:g}"
        mark = "" if self.met else "  MISSED"
        lab, peer = f"{self.lab:.3g} {self.unit}", f"{self.peer:.3g} {self.unit}"
        return f"{self.what:<46}{lab:>12}{peer:>12}{self.ratio:>8.2f}{goal:>9}{mark}"
