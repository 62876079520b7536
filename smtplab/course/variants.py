"""The same idea asked in another case: a variant is laid over an exercise's row, and a number says which.

Seed 0 is the lesson's own question. Seed n is variant n, counted round: of two, 1 and 3 are the first, 2 the second.
The same seed is the same question on every machine and Python.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from smtplab.course.grading import kind_of
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smtplab.course.answering import Row

_say = Sentences("course/errors")


def varied(row: Row, variants: Sequence[Row], seed: int) -> Row:
    """Return an exercise's row as a seed has it; the row itself for seed 0, and where there are no variants.

    variants: whole or partial rows, as variants/NN.toml has them.
    """
    if not seed or not variants:
        return row
    return _laid_over(row, variants[(seed - 1) % len(variants)], seed)


def whole_number(seed: Any, lang: str) -> int:
    """Return a seed. Raises TypeError, in `lang`, for what is no whole number."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(_say("seed", lang, seed=repr(seed)))
    return seed


def _laid_over(row: Row, variant: Row, seed: int) -> Row:
    """Lay a variant over a row: its keys replace the row's, but for feedback, which is replaced answer by answer.

    Feedback for what can come up no more falls away, and so does the row's server where the variant names another.
    """
    before = dict(row)
    if variant.keys() & {"personality", "script"}:
        before = {key: value for key, value in row.items() if key not in ("personality", "script")}
    new = {**before, **variant, "feedback": {**row["feedback"], **variant.get("feedback", {})}}
    if "pool" in new:
        new["item"] = drawn(new.pop("pool"), new.pop("draw"), seed)
    outcomes = kind_of(new).outcomes
    if outcomes is not None:
        kept = outcomes(new) | {"right", "otherwise"}
        new["feedback"] = {key: words for key, words in new["feedback"].items() if key in kept}
    return new


def drawn(pool: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return `count` of the items to sort, mixed; every bin has an item before any has two."""
    number = Random(seed)  # noqa: S311  no secret; only random() is promised to be the same in every Python
    mixed = sorted(pool, key=lambda _item: number.random())
    of_bin = {item.get("bin"): at for at, item in reversed(list(enumerate(mixed)))}
    first = set(of_bin.values())
    chosen = sorted(range(len(mixed)), key=lambda at: at not in first)[:count]
    return [mixed[at] for at in sorted(chosen)]
