"""What is registered: verbs (commands.toml), EHLO keywords (extensions.toml), and the codes that an RFC defines.

>>> keyword_of("BDAT"), keyword_of("NOOP")
('CHUNKING', None)
>>> 253 in defined_codes(), 533 in defined_codes()
(True, False)
"""

from __future__ import annotations

from functools import cache

from smtplab.rfc.codes import codes
from smtplab.text.texts import data


@cache
def verbs() -> frozenset[str]:
    """Return every verb that a specification defines (RFC 5321 §2.2.2)."""
    return frozenset(data("rfc/commands"))


@cache
def required_verbs() -> frozenset[str]:
    """Return the verbs that every server must support (RFC 5321 §4.5.1)."""
    return frozenset(verb for verb, row in data("rfc/commands").items() if row.get("required"))


@cache
def keywords() -> frozenset[str]:
    """Return every EHLO keyword that is registered, in upper case (RFC 5321 §2.2.2)."""
    return frozenset(data("rfc/extensions"))


@cache
def success_codes(verb: str) -> tuple[int, ...]:
    """Return the codes of success in a verb's row, none where no row was read (RFC 5321 §4.3.2, and extensions)."""
    return tuple(data("rfc/commands").get(verb, {}).get("success", ()))


@cache
def keyword_of(verb: str) -> str | None:
    """Return what EHLO lists where a server has a verb, None for a verb that needs no listing (RFC 5321 §4.1.1.1)."""
    keyword: str | None = data("rfc/commands").get(verb, {}).get("keyword")
    return keyword


@cache
def defined_codes() -> frozenset[int]:
    """Return the codes that some RFC defines as reply codes.

    Those of RFC 5321 §4.2.3 and of its extensions. A basic code that only stands beside an enhanced one in the table of
    RFC 5248 §2.4 (422, 430, 523, 524, 525, 533) is not defined there: the table associates, and gives it no meaning.
    """
    rows = data("rfc/extensions").values()
    return frozenset(
        (*codes("standard"), *codes("extension"), *(code for row in rows for code in row.get("codes", ())))
    )
