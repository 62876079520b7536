"""What codes.toml holds, for the tests that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = ("text", "meaning", "when", "fix", "use")


def catalogue() -> dict[str, Any]:
    """Return codes.toml, in every language."""
    return data("rfc/codes")


def entries() -> dict[str, dict[str, Any]]:
    """Return the entry of each code that is listed."""
    return {name: entry for name, entry in catalogue().items() if name.isdigit()}


def pairs() -> dict[tuple[int, int], dict[str, Any]]:
    """Return what is written for a pair of codes, by the pair, the smaller code first."""
    return {tuple(map(int, name.split("-"))): page for name, page in catalogue()["compare"].items()}


def every_source() -> list[str]:
    """Return each source that the file cites, once."""
    sources: set[str] = set()
    for entry in (*entries().values(), catalogue()["unlisted"]):
        sources.update(entry["source"])
    for table in ("severity", "category"):
        sources.update(entry["source"] for entry in catalogue()[table].values())
    for page in pairs().values():
        for entry in (*page["difference"], *page.get("correction", ())):
            sources.update(entry["source"])
        sources.update(entry["source"] for entry in page.get("learn_more", ()) if "source" in entry)
    return sorted(sources)


def every_sentence(lang: str) -> dict[tuple[str | int, ...], str]:
    """Return each text of the file in one language, by the path to it."""
    return dict(_walk((), catalogue(), lang))


def _walk(path: tuple[str | int, ...], node: object, lang: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk((*path, key), value, lang)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _walk((*path, i), value, lang)
    elif isinstance(node, str) and path[-1] == lang:
        yield path, node
