"""What there is to sort, as it is shown."""

from __future__ import annotations

import pytest

from smtplab.course.grading import items


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ({"reply": "214 a"}, "214 a"),
        ({"reply": "214 a\r\n", "command": "HELP"}, "C: HELP\nS: 214 a"),
        ({"reply": "214-a\r\n214 b\r\n"}, "214-a\n214 b"),
        ({"reply": "214-a\r\n214 b\r\n", "command": "HELP a"}, "C: HELP a\nS: 214-a\nS: 214 b"),
        ({"reply": "214-a\n214 b\r\n"}, "214-a\\n\n214 b"),
        ({"reply": "214 a\n"}, "214 a\\n"),
    ],
)
def test_a_reply_to_be_sorted(item: dict[str, str], shown: str) -> None:
    """A reply is shown line by line; a line that ends in LF alone says so, for it may be what one sorts by."""
    assert items({"kind": "sort", "item": [item]}) == (shown,)
