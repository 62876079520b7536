"""Links in a lesson's text: to the RFC Editor's pages, section by section, and from lesson to lesson.

>>> linked("see RFC 5321 §4.2", {})
'see [RFC 5321 §4.2](https://www.rfc-editor.org/rfc/rfc5321.html#section-4.2)'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = re.compile(r"^```[\s\S]*?(?:^```|\Z)|(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|!?\[[^]]*\]\([^)]*\)|<[^>]+>|^#[^\n]*|https?://\S+",
                   re.MULTILINE)  # fmt: skip
"""What no link is put into: code, links, tags, headings, addresses."""

_SECTION = r"§\d+(?:\.\d+)*"
_CITED = re.compile(rf"\bRFC (\d+)(?: ({_SECTION}))?|{_SECTION}")
_LESSONS = re.compile(
    r"\b(?:(?:lessons?|lecci(?:ón|ones)) \d|(?<=lessons \d and )\d|(?<=lecciones \d y )\d)", re.IGNORECASE
)


def rfc_address(number: str, section: str = "") -> str:
    """Return the address of an RFC at the RFC Editor's, or of a section of it ("4.2.1")."""
    return f"https://www.rfc-editor.org/rfc/rfc{number}.html" + (f"#section-{section}" if section else "")


def linked(text: str, lessons: Mapping[str, str]) -> str:
    """Return a Markdown text with links at each RFC, each section, and each lesson that it names.

    A section by itself is one of the RFC that was named last in its paragraph; where none was, it stays text.
    lessons: number ("3") → file name, of the lessons to link to. What stands in code, in a heading or in a link stays.
    """
    return re.sub(r"(?s)(.*?)(\n\s*\n|\Z)", lambda part: _paragraph(part[1], lessons) + part[2], text)


def _paragraph(text: str, lessons: Mapping[str, str]) -> str:
    last = ""

    def cited(match: re.Match[str]) -> str:
        nonlocal last
        last = match[1] or last
        section = match[2] or (match[0] if match[1] is None else "")
        return f"[{match[0]}]({rfc_address(last, section.lstrip('§'))})" if last else match[0]

    def lesson(match: re.Match[str]) -> str:
        number = match[0][-1]
        return f"[{match[0]}]({lessons[number]})" if number in lessons else match[0]

    out, at = [], 0
    for kept in [*_KEPT.finditer(text), None]:
        end = kept.start() if kept else len(text)
        out.append(_LESSONS.sub(lesson, _CITED.sub(cited, text[at:end])))
        if kept:
            out.append(kept[0])
            at = kept.end()
    return "".join(out)
