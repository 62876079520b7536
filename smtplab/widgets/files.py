"""A widget's module and stylesheet: what all widgets share, and then its own."""

from __future__ import annotations

from functools import cache

from smtplab.text.texts import octets


def module(name: str) -> str:
    """Return a widget's ES module. name: the widget's folder."""
    return _joined(name, "js")


def stylesheet(name: str) -> str:
    """Return a widget's stylesheet. name: the widget's folder."""
    return _joined(name, "css")


@cache
def _joined(name: str, suffix: str) -> str:
    return "\n".join(octets(f"widgets/{path}.{suffix}").decode() for path in ("common", f"{name}/widget"))
