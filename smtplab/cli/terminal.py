"""What is printed: it always gets out, whatever the terminal can show, and nobody has to read it."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


_KEPT = "\n\t\u200c\u200d\xa0"
"""What prints nothing by itself and does no harm: a line's end, a tab, what joins letters in names, a firm space."""

_WIPES = "\r\x1b[K"
"""What goes to the beginning of a terminal's line and wipes it."""


def say(text: str, *, err: bool = False, nl: bool = True, wiping: bool = False) -> None:
    """Print text; what a terminal would obey, as in a name from elsewhere, is printed as an escape.

    err: to stderr. nl: end the line. wiping: wipe the terminal's line first.
    Raises OSError where it cannot be written, but not for a reader that is gone.
    """
    text = "".join(
        char if char.isprintable() or char in _KEPT else char.encode("unicode_escape").decode() for char in text
    )
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed before Python began
        return
    try:
        click.echo(f"{_WIPES}{text}" if wiping else text, file=stream, nl=nl)
    except BrokenPipeError:
        _let_go(stream)


@contextmanager
def escaping() -> Iterator[None]:
    """Have what a stream's encoding lacks printed as an escape, for the length of a `with`."""
    changed = []
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors != "backslashreplace":
            changed.append((stream, stream.errors))
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream, errors in changed:
            with suppress(ValueError, OSError):  # it is closed, or its reader is gone
                stream.reconfigure(errors=errors)


def flushed() -> bool:
    """Write out what is still held back, so that Python has nothing left to do at its end; return whether it went."""
    went = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            _let_go(stream)
        except (OSError, ValueError):
            _let_go(stream)
            went = False
    return went


def _let_go(stream: TextIO) -> None:
    """Send what is still to come on a stream nowhere: its reader has had enough, and that changes no status."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
