"""The sentences for people: every one is used, and filled in. That both languages have it is in test_parity.py."""

from __future__ import annotations

import pytest

from smtplab.text.texts import Texts, data
from tests.helpers.paths import PACKAGE

NOT_SENTENCES = (
    "course/exercises/", "course/lessons", "rfc/codes", "rfc/commands", "rfc/extensions", "rfc/rules", "recordings/ftp",
)  # fmt: skip
FILES = sorted(
    name for path in PACKAGE.rglob("*.toml")
    if not (name := path.relative_to(PACKAGE).with_suffix("").as_posix()).startswith(NOT_SENTENCES)
)  # fmt: skip
PUT_TOGETHER = (
    "gallery_word_", "part_", "remark_", "anatomy_head_", "anatomy_separator_", "anatomy_code", "anatomy_enhanced",
    "anatomy_text", "anatomy_cr", "anatomy_lf", "software_", "version_", "obtained_",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_used(name: str) -> None:
    """No text lies about that nothing says; those whose key is put together are looked for by its beginning."""
    code = "".join(path.read_text("utf-8") for kind in ("*.py", "*.js") for path in PACKAGE.rglob(kind))
    for key in data(name):
        assert key in code or key.startswith(PUT_TOGETHER), key


def test_fields_are_filled() -> None:
    """A text with fields gives them filled in."""
    assert Texts("cli/texts", "en")("port_in_use", port=25).startswith("port 25 on 127.0.0.1")
