"""Links in a lesson's text."""

from __future__ import annotations

import pytest

from smtplab.course.links import linked

RFC = "https://www.rfc-editor.org/rfc/rfc"
LESSONS = {"2": "02-a.ipynb", "5": "05-b.ipynb"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(RFC 5321 §4.2.1)", f"([RFC 5321 §4.2.1]({RFC}5321.html#section-4.2.1))"),
        ("la RFC 640.", f"la [RFC 640]({RFC}640.html)."),
        ("RFC 5321 §4.2, §7", f"[RFC 5321 §4.2]({RFC}5321.html#section-4.2), [§7]({RFC}5321.html#section-7)"),
        ("RFC 959 says so (§5.4)", f"[RFC 959]({RFC}959.html) says so ([§5.4]({RFC}959.html#section-5.4))"),
        ("RFC 959\n\n§5.4 of what?", f"[RFC 959]({RFC}959.html)\n\n§5.4 of what?"),
        ("| 214 | RFC 959 §5 |", f"| 214 | [RFC 959 §5]({RFC}959.html#section-5) |"),
        ("`RFC 959 §5` and `` `lesson 2` ``", "`RFC 959 §5` and `` `lesson 2` ``"),
        ("```\nRFC 959", "```\nRFC 959"),
        ("## RFC 959, lesson 2", "## RFC 959, lesson 2"),
        ("[RFC 959 §5](x) and [lesson 2](y)", "[RFC 959 §5](x) and [lesson 2](y)"),
        ("lesson 2 and lesson 3", "[lesson 2](02-a.ipynb) and lesson 3"),
        ("Lessons 2 and 5", "[Lessons 2](02-a.ipynb) and [5](05-b.ipynb)"),
        ("las lecciones 2 y 5", "las [lecciones 2](02-a.ipynb) y [5](05-b.ipynb)"),
        ("la lección 5, y 2 más", "la [lección 5](05-b.ipynb), y 2 más"),
        ("2 and 5 octets", "2 and 5 octets"),
    ],
)
def test_linked(text: str, wanted: str) -> None:
    """An RFC, its section, and a lesson become links; code, headings, links, and what names nothing stay."""
    assert linked(text, LESSONS) == wanted


def test_linked_twice() -> None:
    """What is linked already stays as it is."""
    once = linked("RFC 5321 §4.2, §4.3.2; lesson 2", LESSONS)
    assert linked(once, LESSONS) == once
