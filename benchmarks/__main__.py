"""What is fast, measured against peers in the same run: python -m benchmarks [name ...].

Each row is a median over many runs, peer and lab taking turns; the ratio is what counts, not the microseconds.
"""

from __future__ import annotations

import sys

from benchmarks import classroom, click, cold, commands, fixtures, hub, life, load, memory, recorded, round_trip, site

MEASURES = {
    "round_trip": round_trip, "commands": commands, "recorded": recorded, "cold": cold, "life": life, "load": load,
    "click": click, "site": site, "memory": memory, "fixtures": fixtures,
    "classroom": classroom, "hub": hub,
}  # fmt: skip


def main() -> int:
    """Run the measurements named on the command line, or all, and return 1 where a goal was missed."""
    names = sys.argv[1:] or list(MEASURES)
    missed = 0
    print(f"{'what':<46}{'lab':>12}{'peer':>12}{'ratio':>8}{'goal':>9}")
    for name in names:
        for row in MEASURES[name].measure():
            missed += not row.met
            print(row, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
