"""Behind look up: what was typed is a code, two codes, or text with replies in it; each is taken apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from smtplab.errors import NotACode
from smtplab.protocol.loglines import replies_in
from smtplab.protocol.octets import show_text
from smtplab.rfc.codes import cite, explain
from smtplab.rfc.compare import compare
from smtplab.text.html import paragraphs, table
from smtplab.widgets.kinds import kinds_view
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import refusal, reply_view

if TYPE_CHECKING:
    from smtplab.rfc.compare import Comparison

LONGEST = 50_000
"""How many characters are searched for replies."""
MOST = 20
"""How many replies are shown."""
_CODE = re.compile(r"[0-9]{3}")
_PAIR = re.compile(r"([0-9]{3})(?:\s{0,9}[-\u2013\u2014/,;:]\s{0,9}|\s{1,9}(?:(?:and|or|vs\.?|y|o)\s{1,9})?)([0-9]{3})")


class LookupPresenter(Presenter):
    """A code explained, two compared, or the replies in a text taken apart. The page sends {type: "look", entry}.

    entry: what is looked up at first, or nothing.
    """

    def __init__(self, entry: str = "", lang: str | None = None) -> None:
        super().__init__(lang)
        self.state |= {"found": {"entry": "", "kind": ""}, "error": ""}
        if entry:
            self.look(entry)

    def look(self, entry: str) -> None:
        """Look up what was typed; what is wrong with it is shown, and raised to nobody."""
        text = entry.strip()
        try:
            found = self._found(text)
        except NotACode as error:
            codes = _PAIR.fullmatch(text)
            self.show(
                found={"entry": entry, "kind": ""},
                error=refusal(error, self.lang, *(codes.groups() if codes else (text,))),
            )
            return
        self.show(found={"entry": entry, **found}, error="" if found["kind"] else self.say("lookup_nothing"))

    def received(self, content: dict[str, Any]) -> None:
        """Look up what the page sends."""
        if content.get("type") == "look":
            self.look(str(content.get("entry", "")))

    def _found(self, text: str) -> dict[str, Any]:
        if _CODE.fullmatch(text):
            code = explain(text, self.lang)
            return {
                "kind": "code", "title": f"{code.code} {code.text}", "head": [], "lists": [],
                "rows": [list(row) for row in code.rows()], "address": f"code={code.code}",
            }  # fmt: skip
        if pair := _PAIR.fullmatch(text):
            return self._compared(compare(pair[1], pair[2], self.lang))
        replies = replies_in(text[:LONGEST])
        return {
            "kind": "replies" if replies else "",
            "replies": [
                {"shown": show_text(text[each.start : each.end]), "reply": reply_view(each.reply, self.lang),
                 "parts": kinds_view(each.reply, self.lang)}
                for each in replies[:MOST]
            ],
            "more": self.say("lookup_more", number=len(replies) - MOST) if len(replies) > MOST else "",
        }  # fmt: skip

    def _compared(self, comparison: Comparison) -> dict[str, Any]:
        a, b, lang = comparison.a, comparison.b, self.lang
        digits = [
            [
                self.say("lookup_digit", number=digit.position),
                f"{digit.a}: {digit.reading_a}",
                f"{digit.b}: {digit.reading_b}",
            ]
            for digit in comparison.digits
        ]
        corrections = [
            f"{each.claim} {each.shown}. {each.text} [{cite(each.source, lang)}]" for each in comparison.corrections
        ]
        differences = [f"{each.text} [{cite(each.source, lang)}]" for each in comparison.differences]
        return {
            "kind": "compare", "title": f"{a.code} {a.text} / {b.code} {b.text}", "head": [str(a.code), str(b.code)],
            "rows": digits + [[row.label, row.a, row.b] for row in comparison.rows],
            "lists": [
                {"title": self.say(f"lookup_{key}"), "items": items}
                for key, items in (("same", list(comparison.same)), ("differs", differences), ("claims", corrections))
                if items
            ],
            "address": f"compare={a.code}-{b.code}",
        }  # fmt: skip

    def plain(self) -> str:
        """Return what was found as tables."""
        found = self.state["found"]
        if not found["kind"]:
            return paragraphs(self.state["error"] or self.say("lookup_hint"))
        if found["kind"] == "replies":
            head = [self.say(f"lookup_{key}") for key in ("part", "octets", "what")]
            return "".join(
                paragraphs(each["shown"]) + table(head, [(p["name"], p["text"], p["explained"]) for p in each["parts"]])
                for each in found["replies"]
            )
        lists = paragraphs(*(f"• {item}" for part in found["lists"] for item in part["items"]))
        return (
            paragraphs(found["title"])
            + table(["", *found["head"]] if found["head"] else ["", ""], found["rows"])
            + lists
        )

    def __repr__(self) -> str:
        return f"<lookup {self.state['found']['kind'] or 'of nothing'}>"
