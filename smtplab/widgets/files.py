"""A widget's module and stylesheet: what all widgets share, what its folder has beside `widget`, and then `widget`."""

from __future__ import annotations

from functools import cache

from smtplab.text.texts import listing, octets


def module(name: str) -> str:
    """Return a widget's ES module. name: the widget's folder."""
    return _joined(name, "js")


def stylesheet(name: str) -> str:
    """Return a widget's stylesheet. name: the widget's folder."""
    return _joined(name, "css")


@cache
def _joined(name: str, suffix: str) -> str:
    own = [f"{name}/{each}" for each in listing(f"widgets/{name}", f".{suffix}") if each != "widget"]
    return "\n".join(octets(f"widgets/{path}.{suffix}").decode() for path in ("common", *own, f"{name}/widget"))
