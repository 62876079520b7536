"""Whatever was added was added whole: each recipe of CONTRIBUTING.md is followed to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.parametrize("left_out", STEPS, ids=lambda check: check.__name__)
def test_no_step_is_left_out(left_out: Callable[[], Iterator[str]]) -> None:
    """Nothing of this kind lacks a step; what lacks one is said in a sentence."""
    steps = list(left_out())
    assert not steps, "\n".join(steps)
