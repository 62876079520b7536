"""The sentences for people: every one is used, and filled in. That both languages have it is in test_parity.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtplab.texts import Texts, data

PACKAGE = Path(__file__).resolve().parents[1] / "smtplab"
FILES = ["cli", "widgets", "roster", "marking", "probe", "progress", "course"]
PUT_TOGETHER = (
    "gallery_word_", "anatomy_name_", "anatomy_head_", "anatomy_separator_", "anatomy_code", "anatomy_enhanced",
    "anatomy_text", "anatomy_cr", "anatomy_lf", "software_", "version_", "obtained_",
    "0",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_used(name: str) -> None:
    """No text lies about that nothing says; those whose key is put together are looked for by its beginning."""
    code = "".join(path.read_text("utf-8") for kind in ("*.py", "*.js") for path in PACKAGE.rglob(kind))
    for key in data(name):
        assert key in code or key.startswith(PUT_TOGETHER), key


def test_fields_are_filled() -> None:
    """A text with fields gives them filled in."""
    assert Texts("cli", "en")("port_in_use", port=25).startswith("port 25 on 127.0.0.1")
