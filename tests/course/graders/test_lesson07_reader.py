"""The grader of lesson 7's reader: sound readers pass, each unsound one gets the words for its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smtplab.course.graders import lesson07
from smtplab.text.texts import data
from tests.helpers.paths import TOP
from tests.helpers.readers import READERS, by_octet, by_parser, by_pattern, good

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = data("course/exercises/07")
SOURCE = TOP / "notebooks/source"


@pytest.mark.parametrize("read", [good, by_octet, by_parser, by_pattern])
def test_sound_readers(read: Callable[..., Any]) -> None:
    """Readers that stop at the last line are right, whatever they ask for at a time and however they look for it."""
    result = lesson07.read_reply(read)
    assert result.key == "right", result


@pytest.mark.parametrize(("read", "key"), READERS.items())
def test_unsound_readers(read: Callable[..., Any], key: str) -> None:
    """Each wrong idea of where a reply ends, and of what it is, gets its own feedback."""
    assert lesson07.read_reply(read).key == key


def test_a_line_without_a_code_is_no_line_of_a_reply() -> None:
    """A reader that drops lines without a code is told of the server that really sends one."""

    def drops(recv: Any) -> Any:
        octets, lines, code = b"", [], b""
        while True:
            while b"\r\n" not in octets:
                piece = recv(4096)
                if not piece:
                    raise ConnectionError
                octets += piece
            line, _, octets = octets.partition(b"\r\n")
            if line[:3].isdigit():
                code = code or line[:3]
                if line[:3] != code:
                    raise ValueError
                lines.append(line[4:])
                if line[3:4] != b"-":
                    return int(code), lines

    result = lesson07.read_reply(drops)
    assert result.key == "uncoded"
    assert "214-Commands" in str(result.fields["octets"])
