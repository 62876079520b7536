"""The package for a learning platform: its manifest, its names, and its place. Made of a small site."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET  # what is read here was written here
import zipfile
from typing import TYPE_CHECKING

import pytest

from smtplab.course.exercises import exercises
from smtplab.course.lessons import lessons
from smtplab.errors import SiteError
from smtplab.site.place import LIST, is_site, write_list
from smtplab.site.scorm import MANIFEST, build_package, package_of
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {"": "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2"}
SCORM_TYPE = f"{{{NAMES['adlcp']}}}scormtype"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with the folders that a real one has, two modules, and a name that XML must escape."""
    folder = tmp_path / "public"
    for name in ("es", "lab", "notebooks", "offline", "page", "start", "static/pyodide"):
        (folder / name).mkdir(parents=True)
    (folder / "index.html").write_text('<script type="module" src="page/page.mjs"></script>', "utf-8")
    (folder / "page/page.mjs").write_text('import "../static/pyodide/pyodide.mjs";\n', "utf-8")
    (folder / "static/pyodide/pyodide.mjs").write_bytes(b"export const core = '.mjson';\n")
    (folder / "a & b.json").write_text("{}", "utf-8")
    (folder / "start/packages.data").write_bytes(bytes(range(256)) + b".mjs")
    write_list(folder)
    return folder


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manifest(site: Path, lang: str, tmp_path: Path) -> None:
    """Every file is listed once, each lesson is an item with its title and a page that names its exercises."""
    with zipfile.ZipFile(build_package(site, lang)) as packed:
        assert packed.testzip() is None
        members = packed.namelist()
        packed.extractall(tmp_path / "out")
    assert members[0] == MANIFEST
    root = ET.parse(tmp_path / "out" / MANIFEST).getroot()
    files = [file.get("href") for file in root.findall(".//file", NAMES)]
    assert sorted(files) == sorted(set(members) - {MANIFEST})
    resources = {each.get("identifier"): each for each in root.findall("resources/resource", NAMES)}
    items = root.findall("organizations/organization/item", NAMES)
    assert [each.findtext("title", None, NAMES) for each in items] == [
        "".join(json.loads(lesson.read_bytes())["cells"][0]["source"]).split("\n")[0].lstrip("# ")
        for lesson in lessons(lang)
    ]
    asked = []
    for item in items:
        resource = resources[item.get("identifierref")]
        assert resource.get(SCORM_TYPE) == "sco"
        page = ET.fromstring(
            (tmp_path / "out" / str(resource.get("href")))
            .read_text("utf-8")
            .partition("<body")[2]
            .partition(">")[0]
            .join(("<body", "/>"))
        )
        asked += json.loads(str(page.get("data-exercises")))
        assert str(page.get("data-lesson")).startswith(f"{lang}/")
    assert tuple(asked) == exercises()
    assert resources["site"].get(SCORM_TYPE) == "asset"


def test_modules_have_an_ending_that_platforms_know(site: Path, tmp_path: Path) -> None:
    """No file ends in .mjs, what names one names the new one, all else stays as it was, and the site's list is true."""
    with zipfile.ZipFile(build_package(site)) as packed:
        packed.extractall(tmp_path / "out")
    out = tmp_path / "out"
    assert not list(out.rglob("*.mjs"))
    assert "page/page.module.js" in (out / "index.html").read_text()
    assert (out / "page/page.module.js").read_text() == 'import "../static/pyodide/pyodide.module.js";\n'
    assert (out / "static/pyodide/pyodide.module.js").read_text() == "export const core = '.mjson';\n"
    assert (out / "start/packages.data").read_bytes() == (site / "start/packages.data").read_bytes()
    assert is_site(out)
    assert "page/page.mjs" in json.loads((site / LIST).read_text())["files"]


def test_made_twice_it_is_the_same(site: Path) -> None:
    """A package replaces an earlier one, and two of one site are the same to the last octet."""
    first = build_package(site).read_bytes()
    assert build_package(site).read_bytes() == first
    assert [path.name for path in sorted(site.parent.iterdir())] == ["public", "public-scorm.zip"]


@pytest.mark.parametrize("octets", [b"", b"my own", None])
def test_nothing_else_is_overwritten(site: Path, octets: bytes | None) -> None:
    """A file, another zip or a folder of that name stays, and is named."""
    target = package_of(site)
    if octets is None:
        target.mkdir()
    else:
        target.write_bytes(octets)
    with pytest.raises(SiteError, match=r"public-scorm\.zip is in the way"):
        build_package(site)
    assert target.is_dir() if octets is None else target.read_bytes() == octets
    with zipfile.ZipFile(site.parent / "other.zip", "w") as other:
        other.writestr(MANIFEST, "<manifest identifier='theirs'/>")
    if octets is not None:
        (site.parent / "other.zip").replace(target)
        with pytest.raises(SiteError, match="is in the way"):
            build_package(site)
