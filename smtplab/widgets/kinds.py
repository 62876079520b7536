"""A reply's parts, each kind once: what it is, where the reply first has it, and its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.widgets.anatomy.presenter import AnatomyPresenter

if TYPE_CHECKING:
    from smtplab.protocol.reply import Reply

_SHOWN = 60


def kinds_view(reply: Reply, lang: str) -> list[dict[str, str]]:
    """Return the kinds of a reply's parts in the order in which they come: part, octets as text, explanation."""
    kinds: dict[str, dict[str, str]] = {}
    for part in AnatomyPresenter(reply, lang).state["parts"]:
        text = {"cr": "CR", "lf": "LF", "separator": part["text"].replace(" ", "SP")}.get(part["kind"], part["text"])
        shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
        kinds.setdefault(part["explained"], {"name": part["name"], "text": shown, "explained": part["explained"]})
    return list(kinds.values())
