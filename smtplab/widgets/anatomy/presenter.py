"""Behind anatomy: every octet of a reply, CR and LF too; each part with its explanation and its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.protocol.octets import NAMES, show_octets
from smtplab.text.html import table
from smtplab.text.texts import Texts
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import code_view, defects

if TYPE_CHECKING:
    from smtplab.protocol.reply import Reply

EACH_OCTET = 600
"""A reply of more octets than this shows its texts in one piece, not octet by octet."""


class AnatomyPresenter(Presenter):
    """A reply taken apart.

    reply: a Reply, or octets that are one.
    """

    def __init__(self, reply: Reply, lang: str | None = None) -> None:
        super().__init__(lang)
        self._names = Texts("protocol/texts", self.lang)
        self.take_apart(reply)

    def take_apart(self, reply: Reply) -> None:
        """Show another reply."""
        self._reply = reply
        self.show(
            defects=[{**defect, "shown": self._place(defect)} for defect in defects(reply, self.lang)],
            parts=[self._part(part) for part in reply.parts],
        )

    def _part(self, part: Any) -> dict[str, Any]:
        octets = self._reply.raw[part.start : part.end]
        whole = part.kind == "text" and len(self._reply.raw) > EACH_OCTET
        cells = [] if whole else [{"hex": f"{octet:02X}", "shown": _glyph(octet)} for octet in octets]
        key = f"anatomy_{part.kind}"
        if part.kind == "separator":
            key += "_more" if octets == b"-" else "_last"
        explained = self.say(key)
        if part.kind == "code":
            view = code_view(int(octets), self.lang)
            explained = " ".join(filter(None, (explained, f"{octets.decode()}: {view['name']}.")))
            explained += "".join(f" {reading}." for reading in (view["severity"], view["category"]) if reading)
        return {
            "kind": part.kind, "line": part.line, "start": part.start, "end": part.end, "octets": cells,
            "text": show_octets(octets), "name": self._names(f"part_{part.kind}"), "explained": explained,
        }  # fmt: skip

    def _place(self, defect: dict[str, Any]) -> str:
        return self.say("anatomy_defect", line=defect["line"] + 1, text=defect["text"], source=defect["source"])

    def plain(self) -> str:
        """Return the parts as a table."""
        head = [self.say(f"anatomy_head_{key}") for key in ("octets", "part", "what")]
        rows = [
            (f"{p['start']}-{p['end'] - 1}", f"{p['name']}: {_visible(p)}", p["explained"]) for p in self.state["parts"]
        ]
        rows += [("!", defect["rule"], defect["shown"]) for defect in self.state["defects"]]
        return table(head, rows)

    def __repr__(self) -> str:
        return f"<anatomy of {self._reply!r}>"


def _glyph(octet: int) -> str:
    return NAMES.get(octet) or (chr(octet) if 0x20 < octet < 0x7F else f"\\x{octet:02x}")  # printable ASCII


def _visible(part: dict[str, Any]) -> str:
    return {"cr": "CR", "lf": "LF"}.get(part["kind"]) or ("SP" if part["text"] == " " else part["text"])
