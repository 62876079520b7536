"""Make tests/data/rfc-sections.toml again from the texts of RFCs: section numbers and headings, nothing else.

    python -m tests.helpers.rfc_headings "where they were read" FILE...

It adds the RFCs of the files (rfc5321.txt, rfc5321.txt.gz) to the data, or puts them in the place of what is there.
Where RFC 5321 is among them, the short texts of its reply codes (§4.2.3) go into tests/data/rfc5321-replies.toml.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tomllib
from pathlib import Path

from tests.helpers.citations import DATA

REPLIES = DATA.with_name("rfc5321-replies.toml")
HEAD = """# The sections of the RFCs that this project cites, so that a citation of one that is not there fails a test.
# Numbers and headings only. Made by tests/helpers/rfc_headings.py; each RFC says where its text was read.
"""
_NUMBER = r"[1-9]\d?(?:\.\d+)*|[A-Z](?:\.\d+)+|(?<=Appendix )[A-Z]|[A-Z](?=\.)"
_HEADING = re.compile(rf"( {{0,9}})(?:A(?:ppendix|PPENDIX) )?({_NUMBER})[.:]?[ \t]+(?:- )?([\w\"'/(#].*\S)")
_CONTENTS = re.compile(r"(?: ?\.){3,}|\s{3,}\d+$|\.{2,} ?\d+$")
_PAGE = re.compile(r"\[Page \d+\]$|^RFC \d+ .* \d{4}$")


def headings(text: str) -> dict[str, str]:
    """Return section number → heading, in the order of the text.

    A heading is a numbered line with an empty line before it, indented as the first heading of its depth is, whose
    number follows the one before: so the items of a numbered list are none. A table of contents is one such row of
    lines too; the longest row is the text's own.
    """
    lines = [line.rstrip() for line in text.replace("\f", "\n").splitlines()]
    lines = [line for line in lines if not _PAGE.search(line)]
    starts = [at for at, line in enumerate(lines) if (match := _HEADING.fullmatch(line)) and match[2] == "1"]
    return max((_row(lines[at:]) for at in starts), key=len, default={})


def _row(lines: list[str]) -> dict[str, str]:
    """Return the headings from the first line on."""
    numbered: dict[str, str] = {}
    indents: dict[tuple[bool, int], int] = {}
    last: tuple[str, ...] = ()
    top = "0"
    for at, line in enumerate(lines):
        match = _HEADING.fullmatch(line)
        if not match or (at and lines[at - 1]) or _CONTENTS.search(line):
            continue
        indent, number, title = len(match[1]), tuple(match[2].split(".")), match[3]
        rest = next(iter(lines[at + 1 : at + 2]), "")
        if rest and _CONTENTS.search(rest):  # an entry of the table of contents on two lines
            continue
        depth = (number[0].isalpha(), len(number))
        again = len(number) == 1 and number[0] == _next(top)  # the references, after the appendices
        if not (_follows(last, number) or again) or indents.get(depth, indent) != indent:
            continue
        if len(number) == 1 and title[0].islower():
            continue
        wrapped = rest.strip() if rest and not lines[at + 2 : at + 3][0] else ""
        title = re.sub(r"\s+", " ", f"{title} {wrapped}".strip()) if "   " not in title else title.split("   ")[0]
        if len(number) < 3 and title.endswith((".", ",", ";", ":")):
            continue
        indents[depth] = indent
        last = number
        top = number[0] if number[0].isdigit() else top
        numbered[".".join(number)] = title
    return numbered


def _follows(last: tuple[str, ...], number: tuple[str, ...]) -> bool:
    """Return whether a section may come next: its first subsection, or the next one at its depth or above it."""
    if not last:
        return number in (("1",), ("0",))
    if number == (*last, "1"):
        return True
    if number == ("A",):
        return last[0].isdigit()
    shared = number[:-1]
    return len(number) <= len(last) and last[: len(shared)] == shared and number[-1] == _next(last[len(shared)])


def _next(part: str) -> str:
    return str(int(part) + 1) if part.isdigit() else chr(ord(part) + 1)


def replies(text: str) -> dict[str, str]:
    """Return reply code → short text, of RFC 5321's list."""
    listed = text[text.index("\n4.2.3.  ") : text.index("\n4.2.4.  ")]
    rows = re.findall(r"^ {3}(\d{3}) {2}((?:\S.*\n)(?: {6}\S.*\n)*)", listed, re.MULTILINE)
    return {code: re.sub(r" \(.*", "", " ".join(short.split())) for code, short in rows}


def main(read: str, *files: str) -> None:
    """Add files' sections to the data."""
    data = tomllib.loads(DATA.read_text("utf-8")) if DATA.exists() else {}
    for path in map(Path, files):
        octets = path.read_bytes()
        text = (gzip.decompress(octets) if path.suffix == ".gz" else octets).decode("utf-8", "replace")
        number = re.match(r"rfc0*(\d+)", path.name)[1]
        data[number] = {"read": read, "sections": headings(text)}
        if number == "5321":
            rows = [f"{code} = {json.dumps(short)}\n" for code, short in replies(text).items()]
            REPLIES.write_text(
                "".join([f"# RFC 5321 §4.2.3, without the remarks in brackets. Read: {read}.\n", *rows]), "utf-8"
            )
    blocks = [HEAD]
    for number in sorted(data, key=int):
        rows = [f'"{section}" = {json.dumps(title)}' for section, title in data[number]["sections"].items()]
        blocks.append(
            "\n".join([f"[{number}]", f"read = {json.dumps(data[number]['read'])}", f"[{number}.sections]", *rows, ""])
        )
    DATA.write_text("\n".join(blocks), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
