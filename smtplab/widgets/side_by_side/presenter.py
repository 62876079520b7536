"""Behind side by side: two commands' replies, or two codes; what is the same and what differs."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

from smtplab.errors import NotACode, SmtplabError
from smtplab.protocol.octets import show_octets
from smtplab.rfc.codes import cite
from smtplab.rfc.compare import compare
from smtplab.text.html import paragraphs, table
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import code_view, defects, refusal, reply_view

if TYPE_CHECKING:
    from smtplab.lab.lab import Lab
    from smtplab.protocol.reply import Reply

Line: TypeAlias = "list[dict[str, str]]"
"""A line of a reply as its pieces."""


class SideBySidePresenter(Presenter):
    """Two replies, or two codes. The page may ask for another pair.

    lab: whom to send the commands to; None, or two numbers, compares codes.
    """

    def __init__(self, lab: Lab | None, first: str | int, second: str | int, lang: str | None = None) -> None:
        super().__init__(lang, lab)
        self.codes = lab is None or isinstance(first, int)
        self.state |= {"codes": self.codes, "pair": {}, "error": ""}
        self.compare(first, second)

    def compare(self, first: str | int, second: str | int) -> None:
        """Show another pair. Raises what `Lab.send` and `smtplab.compare` raise."""
        if self.codes:
            compare(first, second, self.lang)  # says what is wrong with them
            self._show(first, second, None, None)
        else:
            lab = self.lab
            one, other = lab.send(str(first)), lab.send(str(second))
            self._show(str(first), str(second), one, other)

    def received(self, content: dict[str, Any]) -> None:
        """Compare what the page asks for."""
        if content.get("type") != "compare":
            return
        self.show(error="")
        first, second = (str(content.get(which, "")) for which in ("first", "second"))
        if self.codes:
            first, second = first.strip(), second.strip()
        try:
            self.compare(first, second)
        except (SmtplabError, OSError, ValueError) as error:
            self.show(error=refusal(error, self.lang, first, second))

    def _show(self, first: str | int, second: str | int, one: Reply | None, other: Reply | None) -> None:
        codes = (one.code, other.code) if one is not None and other is not None else (int(first), int(second))
        sides = [
            {"title": show_octets(str(title).encode("utf-8", "surrogateescape")), "code": f"{code:03}",
             **code_view(code, self.lang), "defects": [] if reply is None else defects(reply, self.lang)}
            for title, code, reply in ((first, codes[0], one), (second, codes[1], other))
        ]  # fmt: skip
        self._titles = (sides[0]["title"], sides[1]["title"])
        self.show(pair={
            "sides": sides,
            "digits": _digits(*codes),
            "lines": [] if one is None or other is None else _lines(one, other, self.lang),
            **self._words(*codes),
        })  # fmt: skip

    def _words(self, one: int, other: int) -> dict[str, Any]:
        """Return what is the same, what differs, and what pages get wrong, where the two are codes at all."""
        try:
            comparison = compare(one, other, self.lang)
        except NotACode as error:
            why = refusal(error, self.lang, f"{one:03}", f"{other:03}")
            return {"readings": [], "same": [], "differences": [why], "corrections": []}
        return {
            "readings": [(digit.reading_a, digit.reading_b) for digit in comparison.digits],
            "same": list(comparison.same),
            "differences": [
                f"{difference.text} [{cite(difference.source, self.lang)}]" for difference in comparison.differences
            ],
            "corrections": [
                {
                    "claim": correction.claim,
                    "verdict": correction.shown,
                    "text": correction.text,
                    "source": cite(correction.source, self.lang),
                }
                for correction in comparison.corrections
            ],
        }

    def plain(self) -> str:
        """Return the two as a table."""
        pair = self.state["pair"]
        one, other = pair["sides"]
        words = {True: f"= {self.say('side_same')}", False: f"≠ {self.say('side_differs')}"}
        readings = pair["readings"] or [("", "")] * 3
        rows = [
            (self.say("side_code"), one["code"], other["code"], words[one["code"] == other["code"]]),
            *(
                (self.say("side_digit").format(number=n), f"{a} {left}", f"{b} {right}", words[same])
                for n, ((a, b, same), (left, right)) in enumerate(zip(pair["digits"], readings, strict=True), 1)
            ),
            *(
                (self.say("side_line").format(number=n), _text(a), _text(b), verdict)
                for n, ((a, b, _), verdict) in enumerate(zip(pair["lines"], self._marks(words), strict=True), 1)
            ),
        ]
        points = [f"• {text}" for text in pair["differences"]]
        differences = paragraphs(self.say("side_what_differs"), *points) if points else paragraphs(*pair["same"])
        return table(("", one["title"], other["title"], ""), rows) + differences

    def _marks(self, words: dict[bool, str]) -> list[str]:
        """Return what is said beside each line: of lines that are all alike in this it is said once, at the first."""
        marks = [same for _, _, same in self.state["pair"]["lines"]]
        if len(marks) < 2 or len(set(marks)) > 1:
            return [words[same] for same in marks]
        all_same = marks[0]
        once = f"= {self.say('side_all_same')}" if all_same else f"≠ {self.say('side_all_differ')}"
        return [once, *[""] * (len(marks) - 1)]

    def __repr__(self) -> str:
        return f"<side by side {self._titles[0]!r} {self._titles[1]!r}>"


def _digits(one: int, other: int) -> list[tuple[str, str, bool]]:
    return [(a, b, a == b) for a, b in zip(f"{one:03}", f"{other:03}", strict=True)]


def _lines(one: Reply, other: Reply, lang: str) -> list[tuple[Line, Line, bool]]:
    """Return the lines that stand at the same place, in their pieces, and whether they are the same."""
    views = (reply_view(reply, lang)["lines"] for reply in (one, other))
    both = zip_longest(zip(one.lines, next(views), strict=True), zip(other.lines, next(views), strict=True))
    return [
        (left[1] if left else [], right[1] if right else [], (left or (None,))[0] == (right or (None,))[0])
        for left, right in both
    ]


def _text(line: Line) -> str:
    """Return a line's text without its end."""
    return "".join(piece["text"] for piece in line if piece["kind"] not in ("cr", "lf"))
