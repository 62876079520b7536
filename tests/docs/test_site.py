"""The documentation as files: built without a warning, whole, linked inside, nothing loaded from afar."""

from __future__ import annotations

import json
import posixpath
import re
import zlib
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from babel.messages.pofile import read_po

import smtplab
import smtplab.testing
from smtplab.cli import cli
from smtplab.errors import SiteError
from smtplab.recordings.recording import names
from smtplab.rfc.codes import codes
from smtplab.rfc.rules import rules
from smtplab.site.docs import build_docs
from smtplab.site.landing import add_docs, home
from smtplab.text.language import DEFAULT, LANGUAGES
from tests.docs.conftest import Page
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.conftest import Site

pytestmark = pytest.mark.timeout(600)

LESSONS = sorted((TOP / "notebooks").glob("e?/*.ipynb"))
WIDGET = re.compile(r"<(?:exercise|console|anatomy|side by side|gallery|game|lookup|sequence|status|class) ")
"""How a widget looks where there is nothing but text."""


def inventory(site: Site) -> dict[tuple[str, str], str]:
    """Return domain:role and name of everything in objects.inv, and its address."""
    text = (site.folder / "objects.inv").read_bytes().split(b"\n", 4)[4]
    rows = re.findall(r"^(.+?) (\S+:\S+) -?\d+ (\S*) .*$", zlib.decompress(text).decode(), re.MULTILINE)
    return {(role, name): address.replace("$", name) for name, role, address in rows}


def slug(name: str) -> str:
    """Return a name as it stands in an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", name)


def test_it_is_built_in_time(site: Site, pages: dict[str, Page]) -> None:
    """Sphinx builds it nitpicky and without a warning, in three minutes of a processor, to 20 MB at most."""
    assert site.seconds < 180
    assert {"index.html", "search.html", "how-to/teach.html", "explanation/two-codes.html"} <= pages.keys()
    assert sum(path.stat().st_size for path in site.folder.rglob("*") if path.is_file()) < 20e6


def test_every_public_name_can_be_looked_up(site: Site, pages: dict[str, Page]) -> None:
    """Each public name is in objects.inv, and what stands there is a place on a page that is its own."""
    there = {name: address for (role, name), address in inventory(site).items() if role.startswith("py:")}
    public = [
        *(f"smtplab.{name}" for name in smtplab.__all__),
        *(f"smtplab.testing.{name}" for name in smtplab.testing.__all__),
    ]
    assert [name for name in public if name not in there] == []
    for name in public:
        page, _, anchor = there[name].partition("#")
        assert page == f"reference/api/{name}.html"
        assert anchor in pages[page].ids
    for fixture in ("smtp_lab", "smtp_says", "smtp_personality", "smtp_certificate"):
        assert fixture in there


def test_every_command_rule_code_and_server_has_an_anchor(site: Site, pages: dict[str, Page]) -> None:
    """Commands and their options, rules, codes and recorded servers are in objects.inv, at anchors that last."""
    there = inventory(site)
    wanted = {
        **{f"rule-{slug(rule.id)}": "reference/rules.html" for rule in rules("en")},
        **{f"code-{code}": "reference/codes.html" for code in codes()},
        **{f"server-{slug(name)}": "reference/servers.html" for name in names()},
    }
    assert {name: there.get(("std:label", name)) for name in wanted} == {
        name: f"{page}#{name}" for name, page in wanted.items()
    }
    for name, page in wanted.items():
        assert name in pages[page].ids
    for name, command in cli.commands.items():
        assert f"reference/commands/smtplab-{name}.html" in pages
        for option in (each.opts[-1] for each in command.params if each.param_type_name == "option"):
            assert ("std:cmdoption", f"smtplab-{name}.{option}") in there


def test_links_inside_resolve(pages: dict[str, Page], site: Site) -> None:
    """Each link inside goes to a page, and to a place on it; a link out goes to the browser edition beside it."""
    faults = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = posixpath.join(posixpath.dirname(path), unquote(parts.path)) if parts.path else path
            target = posixpath.normpath(there)
            if target.startswith("../"):
                good = in_edition(target.removeprefix("../").removeprefix("es/"), parts.query)
            elif target in pages:
                good = not parts.fragment or unquote(parts.fragment) in pages[target].ids
            else:
                good = (site.folder / target).is_file()
            if not good:
                faults.append((path, link))
    assert faults == []


def in_edition(path: str, query: str) -> bool:
    """Return whether the browser edition has a page."""
    if path == "lab/index.html":
        return all((TOP / "notebooks" / lesson).is_file() for lesson in parse_qs(query)["path"])
    code = re.fullmatch(r"codes/(\d+)\.html", path)
    return path == "index.html" or bool(code and int(code[1]) in codes())


def test_nothing_is_loaded_from_afar(pages: dict[str, Page], site: Site) -> None:
    """No page, stylesheet or script asks another host for anything."""
    for path, page in pages.items():
        parts = map(urlsplit, page.loads)
        assert [each for each in parts if each.scheme not in ("", "data") or each.netloc] == [], path
        assert page.loads, path
    for style in site.folder.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", style.read_text("utf-8")), style


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_output_is_on_the_page(lesson: Path, pages: dict[str, Page]) -> None:
    """Each output of a lesson stands on its page as text; a widget has its plain form and a link to where it lives."""
    lang = lesson.parent.name
    home, up = ("", "../..") if lang == DEFAULT else (f"{lang}/", "../../..")
    html = pages[f"{home}tutorial/{lesson.stem}.html"].html.replace('<pre tabindex="0"', "<pre")
    text = unescape(re.sub(r"<[^>]*>", "", html))
    cells = json.loads(lesson.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert len(outputs) > 10
    for output in outputs:
        data = output.get("data", {"text/plain": output.get("text")})
        shown = "".join(data.get("text/html", data["text/plain"])).strip()
        assert shown in (html if "text/html" in data else text)
    widgets = [output for output in outputs if WIDGET.match("".join(output.get("data", {}).get("text/plain", "")))]
    assert html.count('<p class="smtplab-static">') == len(widgets) > 1
    assert html.count(f'href="{up}/lab/index.html?path={lang}/{lesson.name}"') == len(widgets) + 1


def test_it_is_not_built_over_anything(tmp_path: Path) -> None:
    """A folder with something in it is named and left as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SiteError, match="is not an empty folder"):
        build_docs(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_without_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where smtplab was installed without a checkout, one sentence says that the pages are missing."""
    monkeypatch.setattr("smtplab.site.docs.package_folder", lambda: tmp_path / "smtplab")
    with pytest.raises(SiteError, match="built from a checkout"):
        build_docs(tmp_path / "docs")


def test_beside_the_browser_edition(site: Site, tmp_path: Path) -> None:
    """Put beside the browser edition it is the folder docs, and each front page has a link to it in its footer."""
    for lang in LANGUAGES:
        (tmp_path / home(lang)).mkdir(exist_ok=True)
        (tmp_path / home(lang) / "index.html").write_text("<footer></footer>")
    add_docs(tmp_path, site.folder)
    for lang in LANGUAGES:
        front = tmp_path / home(lang) / "index.html"
        (link,) = Page(front.read_text("utf-8")).links
        assert (front.parent / link).is_file()
        assert (front.parent / link).resolve().is_relative_to(tmp_path.resolve() / "docs")


def test_without_sphinx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Sphinx is missing, what is missing is named and how to install it."""
    monkeypatch.setattr("smtplab.site.docs.find_spec", lambda name: None if name == "furo" else object())
    with pytest.raises(SiteError, match=r'needs furo.*pip install "\.\[docs\]"'):
        build_docs(tmp_path / "docs")


# --- in Spanish

TRANSLATED = ("index.html", "tutorial/index.html", "how-to/")
"""The pages that the catalogue translates; the lessons and the tables have their own Spanish."""


def test_the_catalogue_is_whole() -> None:
    """No message of the catalogue is untranslated, fuzzy or left over."""
    with (TOP / "docs/locales/es/LC_MESSAGES/smtplab.po").open("rb") as file:
        catalogue = read_po(file)
    messages = [message for message in catalogue if message.id]
    assert len(messages) > 100
    assert [message.id for message in messages if not message.string or message.fuzzy] == []
    assert not catalogue.obsolete


def test_what_is_translated_is_translated_whole(pages: dict[str, Page]) -> None:
    """On the index, the tutorial's and the how-to pages in Spanish nothing is left in English."""
    translated = [path for path in pages if path.startswith(tuple(f"es/{name}" for name in TRANSLATED))]
    assert len(translated) > 8
    for path in translated:
        html = pages[path].html
        assert 'lang="es"' in html
        left = re.findall(r'<(?!img )[^>]*class="[^"]*\buntranslated\b[^>]*>[^<]*', html)  # a picture is no text
        assert left == [], path
    assert "Guías prácticas" in pages["es/index.html"].html


def test_each_page_has_its_twin(pages: dict[str, Page]) -> None:
    """Every page is there in each language, with a link to the other; what is in English there says so."""
    english = {path for path in pages if not path.startswith("es/")}
    assert {path.removeprefix("es/") for path in pages if path.startswith("es/")} == english
    for path in english - {"search.html"}:
        up = "../" * path.count("/")
        assert f"{up}es/{path}" in pages[path].links
        assert f"../{up}{path}" in pages[f"es/{path}"].links
    assert '<div lang="en">' in pages["es/explanation/two-codes.html"].html
    assert '<div lang="en">' not in pages["es/reference/rules.html"].html
    assert "Primer contacto" in pages["es/tutorial/01-first-contact.html"].html
