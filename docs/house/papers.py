"""The repository's own papers as pages: each stays one text, read in the repository and here."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from smtplab.site.docs import checkout

PAPERS = {
    "docs/teachers.md": "how-to/teach.md",
    "deploy/lite/README.md": "how-to/publish.md",
    "deploy/hub/README.md": "reference/hub.md",
    "CONTRIBUTING.md": "explanation/contributing.md",
    "SECURITY.md": "explanation/security.md",
    "CHANGELOG.md": "reference/changes.md",
}
"""A paper in the repository, and its page."""
_ELSEWHERE = {"README.md#two-commands": "index.md#two-commands", "README.md": "index.md"}
"""A place in a paper that is no page, and where that is told here."""
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:\s]*)(#[^)\s]*)?\)")
_NAMED = re.compile(r"^(```[\s\S]*?^```)|(`[^`\n]+`)", re.MULTILINE)


def pages(_lang: str) -> dict[str, str]:
    """Return each page's name and its Markdown."""
    texts = {paper: (checkout() / paper).read_text("utf-8") for paper in PAPERS}
    return {page: relinked(texts[paper], paper, page) for paper, page in PAPERS.items()}


def relinked(text: str, paper: str, page: str) -> str:
    """Return a paper's text with links to pages where it links to papers; a file that is no page is only named."""

    def place(match: re.Match[str]) -> str:
        picture, words, target, anchor = match[1], match[2], match[3], match[4] or ""
        if not target:
            return match[0]
        there = os.path.normpath(PurePosixPath(paper).parent / target)
        there = PurePosixPath(there).as_posix()
        found = PAPERS.get(there) or _ELSEWHERE.get(there + anchor) or _ELSEWHERE.get(there)
        if f"{there}{anchor}" in _ELSEWHERE:
            anchor = ""
        if found is None and there.startswith("docs/"):
            found = there.removeprefix("docs/")
        if found is None:
            return words
        link, _, own = found.partition("#")
        address = PurePosixPath(os.path.relpath(link, PurePosixPath(page).parent)).as_posix()
        return f"{picture}[{words}]({address}{f'#{own}' if own else anchor})"

    return _LINK.sub(place, text)
