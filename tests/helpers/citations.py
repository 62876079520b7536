"""Citations of RFCs in any text of this repository, and which of them are false."""

from __future__ import annotations

import functools
import re
import tomllib
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = TOP / "tests/data/rfc-sections.toml"
_SECTION = r"(?:\d+|[A-Z])(?:\.\d+)*"
CITATION = re.compile(
    rf"\bRFC[ -]?(?P<rfc>\d+)(?:,? (?:[Ss]ection|[Ss]ección|[Aa]ppendix|[Aa]péndice) (?P<named>{_SECTION}))?"
    rf"|§(?P<section>§?{_SECTION})"
    rf"|\brfc(?P<page>\d+)(?:\.\w+)?#(?:section|appendix)-(?P<anchor>{_SECTION})"
)
"""An RFC, a section of the RFC named last, or a link to one."""


@functools.cache
def rfcs() -> dict[int, dict[str, str]]:
    """Return RFC → section number → heading, of each RFC that may be cited."""
    data = tomllib.loads(DATA.read_text("utf-8"))
    return {int(number): row["sections"] for number, row in data.items()}


def has_section(rfc: int, section: str) -> bool:
    """Return whether an RFC has a section of this number."""
    return section in rfcs().get(rfc, {})


def cited(text: str, rfc: int = 0) -> list[tuple[int, str]]:
    """Return RFC and section of each citation in a text; the section is "" where only the RFC is named.

    A § belongs to the RFC named last before it, in the text or (rfc) before it; where none is, to the first that the
    text names at all, for in a table of data the source may stand after the sentence.
    """
    matches = list(CITATION.finditer(text))
    rfc = rfc or next((int(match["rfc"]) for match in matches if match["rfc"]), 0)
    pairs = []
    for match in matches:
        rfc = int(match["rfc"] or rfc)
        if match["page"]:
            pairs.append((int(match["page"]), match["anchor"]))
        else:
            pairs.append((rfc, match["named"] or match["section"] or ""))
    return pairs


def false_sections(text: str, rfc: int = 0) -> list[str]:
    """Return each citation in a text of an RFC, or of a section, that is not in the data."""
    return [
        f"RFC {number} §{section}" if section else f"RFC {number}"
        for number, section in cited(text, rfc)
        if number not in rfcs() or (section and not has_section(number, section))
    ]


def false_in_file(path: Path) -> list[str]:
    """Return "line: citation" for each false citation in a file; a file that is not UTF-8 text has none.

    The file is read block by block (between empty lines). In a table of data a § looks for its RFC in its own block
    first; elsewhere in what stands before it.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return []
    faults, line, rfc = [], 1, 0
    for block in re.split(r"(?<=\n)(?=\n)", text):
        before = 0 if path.suffix == ".toml" and re.search(r"\bRFC \d", block) else rfc
        faults += [f"{line}: {fault}" for fault in false_sections(block, before)]
        rfc = next((number for number, _ in reversed(cited(block, before))), rfc)
        line += block.count("\n")
    return faults


def files(top: Path = TOP) -> Iterator[Path]:
    """Return every file of the repository, but those that git is told to ignore and the headings themselves."""
    ignored = [line.strip("/") for line in (top / ".gitignore").read_text("utf-8").split()]
    for path in sorted(top.iterdir()):
        if path.name == ".git" or any(fnmatch(path.name, pattern) for pattern in ignored):
            continue
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            inside = file.relative_to(top).parts
            if file.name == DATA.name or not file.is_file():
                continue
            if not any(fnmatch(part, pattern) for part in inside for pattern in ignored):
                yield file


def citing_files() -> Iterator[Path]:
    """Return the files whose citations are ours: what a recorded server says cites what it likes."""
    yield from (path for path in files() if path.parent.name != "servers")
