"""Where things stand."""

from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
"""The checkout."""

PACKAGE = TOP / "smtplab"

SHARED = TOP.parent / "shared"
"""Raw captures and the RFCs' texts, where they are there."""
