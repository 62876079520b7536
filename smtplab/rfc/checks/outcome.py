"""What a check says."""

from __future__ import annotations

from typing import TypeAlias

LATITUDE = "latitude"
"""What the rule leaves to the server."""

Outcome: TypeAlias = "bool | str | None"
"""True: kept. False: broken, as gravely as the rule's level says. None: the rule does not apply, or the octets do not
show it."""
