"""What real servers answered, octet for octet, and how a lab answers with it.

`recording.py` is the value and its file format, `replay.py` a session that answers from one, `convert.py` and
`recorder.py` make one: from raw captures, and from a server one may talk to.
"""

from __future__ import annotations

from functools import cache

from smtplab.errors import UnknownName
from smtplab.recordings.recording import Recording
from smtplab.texts import DATA

_FOLDER = DATA / "servers"


@cache
def names() -> tuple[str, ...]:
    """Give the names of the recordings that come with smtplab, in order. No file is opened."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def recording(name: str) -> Recording:
    """Give the recording of that name, read once. Raises UnknownName, listing those there are."""
    if name not in names():
        raise UnknownName("recording", name, names())
    return Recording.read(_FOLDER / f"{name}.json")
