"""How much of the campaign is tried, from which seed, and the figures of what came of it."""

from __future__ import annotations

import codecs
import os
import random
import re
from dataclasses import dataclass, field

from tests.helpers.paths import TOP

DATA = TOP / "tests/data/hostile"


@dataclass(frozen=True)
class Amount:
    """How much is tried: a little in every run, much with SMTPLAB_LONG=1, more yet with SMTPLAB_FACTOR=10.

    seed: SMTPLAB_SEED, else always the same; what fails is tried again by its number.
    """

    long: bool = field(default_factory=lambda: bool(os.environ.get("SMTPLAB_LONG")))
    factor: float = field(default_factory=lambda: float(os.environ.get("SMTPLAB_FACTOR") or 1))
    seed: int = field(default_factory=lambda: int(os.environ.get("SMTPLAB_SEED") or 15))

    def of(self, short: int, long: int) -> int:
        """Return how many are tried."""
        return max(1, round((long if self.long else short) * self.factor))

    def draw(self, what: object) -> random.Random:
        """Return where chance comes from, always the same for the same seed and thing."""
        return random.Random(f"{self.seed} {what}")


@dataclass
class Figures:
    """What came of a part of the campaign; seconds and MiB are the worst of its inputs. A crash or a hang fails it."""

    inputs: int = 0
    seconds: float = 0.0
    mib: float = 0.0
    more: dict[str, object] = field(default_factory=dict)

    def took(self, seconds: float) -> None:
        """Note an input and its time."""
        self.inputs += 1
        self.seconds = max(self.seconds, seconds)

    def __str__(self) -> str:
        more = "".join(f", {name} {value}" for name, value in self.more.items())
        return f"inputs {self.inputs}, worst {1000 * self.seconds:.1f} ms, {self.mib:.1f} MiB{more}"


def octets_of(name: str) -> list[bytes]:
    """Return the inputs of a data file, an input a line, written as in a Python bytes literal."""
    return [codecs.escape_decode(line.encode("ascii"))[0] for line in _lines(name)]


def texts_of(name: str) -> list[str]:
    """Return the inputs of a data file, an input a line, written as in a Python string; "@9 x" is nine times x."""
    return [
        line.encode("ascii").decode("unicode_escape") * int(times or 1)
        for times, line in (re.fullmatch(r"(?:@(\d+) )?(.*)", line).groups() for line in _lines(name))
    ]


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("ascii").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]
