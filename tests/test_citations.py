"""Each citation of an RFC, in any file of this repository, is of a section that the RFC has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.citations import CITATION, cited, citing_files, false_in_file, false_sections, has_section, rfcs
from tests.helpers.paths import TOP
from tests.helpers.rfc_headings import headings, replies

if TYPE_CHECKING:
    import re
    from pathlib import Path

WRONG = "99" + ".9"
"""A section that no RFC has; written so that it does not stand here as a citation."""


def with_wrong_sections(text: str) -> tuple[str, int]:
    """Return a text with each section number changed to one that no RFC has, and how many there were."""
    changed = 0

    def change(match: re.Match[str]) -> str:
        nonlocal changed
        section = match["named"] or match["section"] or match["anchor"]
        if not section:
            return match[0]
        changed += 1
        return match[0].removesuffix(section) + WRONG

    return CITATION.sub(change, text), changed


def test_every_citation_in_the_repository_exists() -> None:
    """No file cites an RFC or a section that is not in the data: code, comments, data, lessons, pages, tests."""
    faults = [f"{path.relative_to(TOP)}:{fault}" for path in citing_files() for fault in false_in_file(path)]
    assert faults == []


def test_a_wrong_section_is_found_in_every_file(tmp_path: Path) -> None:
    """Each section number that is cited anywhere is looked at: changed to a wrong one, each is found."""
    places = 0
    for path in citing_files():
        try:
            text, changed = with_wrong_sections(path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
        copy = tmp_path / path.name
        copy.write_text(text, "utf-8")
        assert len(false_in_file(copy)) == changed, path
        places += changed
    assert places > 1000


def test_every_kind_of_file_is_looked_at() -> None:
    """Code, tests, lessons, data, the page, the deployment and the papers at the top are among the files."""
    names = {path.relative_to(TOP).as_posix() for path in citing_files()}
    assert names > {
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "deploy/lite/README.md", "deploy/lite/page/page.toml"),
        *("smtplab/protocol/reply.py", "smtplab/rfc/codes.toml", "smtplab/rfc/rules.toml", "tests/test_citations.py"),
        *("smtplab/course/exercises/04.toml", "notebooks/source/01-first-contact.md", "docs/side-by-side.png"),
        *("notebooks/en/01-first-contact.ipynb", "smtplab/widgets/common.css"),
    }  # fmt: skip
    assert not any(name.startswith((".git/", ".venv/")) or "__pycache__" in name for name in names)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("RFC 5321 §4.2.1", [(5321, ""), (5321, "4.2.1")]),
        (
            "RFC 5321 §4.2, §4.3.2 and (RFC 2034 §4)",
            [(5321, ""), (5321, "4.2"), (5321, "4.3.2"), (2034, ""), (2034, "4")],
        ),
        ("la RFC 5321 pide (§4.1.1.8).", [(5321, ""), (5321, "4.1.1.8")]),
        ("RFC 3207 section 4", [(3207, "4")]),
        ("At most so much (§4). RFC 5321", [(5321, "4"), (5321, "")]),
        ("rfc5321.html#section-4.2.4, rfc5321#appendix-F.3", [(5321, "4.2.4"), (5321, "F.3")]),
        ("211 or 214", []),
    ],
)
def test_what_is_a_citation(text: str, pairs: list[tuple[int, str]]) -> None:
    """An RFC with § or "section" and a number, a link, and a § alone, which belongs to the RFC named last."""
    assert cited(text) == pairs
    assert false_sections(text) == []


@pytest.mark.parametrize("text", [f"RFC 5321 §{WRONG}", "RFC 5321 §4.2.3, §" + WRONG, f"RFC {12345}", "§" + "4.2"])
def test_false_citations(text: str) -> None:
    """A section that is not there, an RFC that nobody read, and a § without any RFC are false."""
    assert len(false_sections(text)) == 1


def test_a_table_finds_its_rfc_in_its_own_block(tmp_path: Path) -> None:
    """In a table of data a § before its source does not belong to the RFC of the table before."""
    other, section = "RFC 2034 §4", "4.5.3.1.5"
    data = tmp_path / "rules.toml"
    data.write_text(f'[a]\nsource = "{other}"\n\n[b]\ntext = "So (§{section})."\nsource = "RFC 5321 §4.2"\n', "utf-8")
    assert false_in_file(data) == []


def test_the_data_knows_where_it_was_read() -> None:
    """Each RFC has its sections and the place where its text was read; four have no numbered sections.

    Two were not read, and are cited by their numbers alone.
    """
    assert {number for number, sections in rfcs().items() if not sections} == {640, 765, 772, 974, 1845, 4405}
    assert has_section(5321, "4.5.3.2.7")
    assert not has_section(5321, "4.5.3.2.8")
    assert rfcs()[5321]["4.3.2"] == "Command-Reply Sequences"


TEXT = """
   1.  Introduction ....................... 1
   2.  Replies ............................ 2

1.  Introduction

   1.  The first item of a list

   2.  The second item of a list

Somebody                    Standards Track                    [Page 1]

RFC 5321                          SMTP                      October 2008

1.1.  Reply Codes in a Heading That Is Too Long
      for One Line

2.  Replies

4.  A section out of its turn

A.  Letters
"""


def test_headings_are_read_from_a_text() -> None:
    """Lists, tables of contents and page breaks are no headings; a heading of two lines is one."""
    assert headings(TEXT) == {
        "1": "Introduction",
        "1.1": "Reply Codes in a Heading That Is Too Long for One Line",
        "2": "Replies",
        "A": "Letters",
    }


def test_replies_are_read_from_a_text() -> None:
    """A reply's short text is what stands before the remark in brackets, on however many lines."""
    rows = "   214  Help message (Information on\n      use)\n\n   250  Requested action\n      okay\n"
    text = f"\n4.2.3.  Codes\n\n{rows}\n4.2.4.  More"
    assert replies(text) == {"214": "Help message", "250": "Requested action okay"}
