"""Checks of the timeouts that people pass in.

>>> seconds(2.5)
2.5
"""

from __future__ import annotations

from smtplab.text.sentences import Sentences

_say = Sentences("protocol/errors")

LONGEST = 86_400
"""Seconds: a day. RFC 5321 §4.5.3.2 asks a client for ten minutes at most, and a socket takes no number at all."""


def seconds(timeout: float) -> float:
    """Return the timeout, checked. Raises ValueError when it is not a number of seconds above 0, or is over a day."""
    if not isinstance(timeout, int | float) or not 0 < timeout < float("inf"):
        raise ValueError(_say("timeout", timeout=repr(timeout)))
    if timeout > LONGEST:
        raise ValueError(_say("long_timeout", longest=LONGEST, timeout=repr(timeout)))
    return timeout
