"""For nbval: what changes from run to run in a notebook that uses smtplab, as the rules that nbval takes."""

from __future__ import annotations

from smtplab.text.tables import octets


def rules() -> str:
    """Return the text of the file for `pytest --nbval --nbval-sanitize-with FILE`."""
    return octets("testing/nbval-sanitize.cfg").decode("utf-8")
