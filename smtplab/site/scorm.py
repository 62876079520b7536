"""The browser edition as one zip for a learning platform: SCORM 1.2, a lesson each SCO. Sources: deploy/lite/scorm.

SCORM 1.2 (ADL, 2001) is what learning platforms import most widely; Moodle has no later edition of it in full. Modules
are renamed: a platform serves a file by its ending, and Moodle's list of endings has none for .mjs, so that a browser
would refuse them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
import zipfile
from html import escape
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from smtplab.course.exercises import outlines
from smtplab.course.lessons import lessons
from smtplab.errors import SiteError
from smtplab.site.landing import home
from smtplab.site.parts import sources
from smtplab.site.place import LIST, write_list
from smtplab.text.language import LANGUAGES, resolve
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason

if TYPE_CHECKING:
    from collections.abc import Iterable

_say = Sentences("site/errors")

MANIFEST = "imsmanifest.xml"
_IDENTIFIER = "smtplab-browser-edition"
_TEXT = frozenset({".html", ".js", ".json"})
_WITH_MODULES = (*map(home, LANGUAGES), "lab", "notebooks", "offline", "page", "start", "static/pyodide")
"""The folders whose files name a module."""

_MODULE = re.compile(rb"\.mjs\b")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STORED = frozenset({".data", ".whl", ".zip", ".png", ".woff", ".woff2"})
"""Endings of what is compressed already."""


def package_of(site: Path) -> Path:
    """Return the place of a site's package: beside it, with its name."""
    return site.parent / f"{site.name}-scorm.zip"


def check_package(target: Path) -> None:
    """Check that a package may be put there. Raises SiteError where something else has that name."""
    if not target.exists() and not target.is_symlink():
        return
    try:
        with zipfile.ZipFile(target) as there:
            ours = _IDENTIFIER.encode() in there.read(MANIFEST)
    except (OSError, KeyError, zipfile.BadZipFile):
        ours = False
    if not ours:
        raise SiteError(_say("not_a_package", target=target))


def build_package(site: Path, lang: str | None = None) -> Path:
    """Write the package of a site, and return its place; what it holds does not depend on when it is made.

    site: the built folder. lang: of the lessons that the platform lists; the other language's are in it too, and are
    not reported. Raises SiteError, naming what is in the way.
    """
    lang, source = resolve(lang), sources() / "scorm"
    target = package_of(site)
    check_package(target)
    try:
        with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            whole, new = Path(folder, "site"), Path(folder, target.name)
            shutil.copytree(site, whole)
            _rename_modules(whole)
            scos = list(_add_lessons(whole, source, lang))
            write_list(whole)
            title = tomllib.loads((source / "texts.toml").read_text("utf-8"))["package"][lang]
            (whole / MANIFEST).write_text(_manifest(title, scos, _files(whole), lang), "utf-8")
            _pack(whole, new)
            check_package(target)
            new.replace(target)
    except OSError as error:
        raise SiteError(_say("cannot_put", target=target, why=reason(error))) from error
    return target


def _rename_modules(site: Path) -> None:
    """Have all modules end in .js, and every file that names one name it so."""
    for folder in _WITH_MODULES:
        for path in sorted((site / folder).iterdir()):
            if path.suffix in _TEXT | {".mjs"} and path.name != LIST:
                path.write_bytes(_MODULE.sub(b".module.js", path.read_bytes()))
    for path in sorted(site.rglob("*.mjs")):
        path.rename(path.with_suffix(".module.js"))


def _add_lessons(site: Path, source: Path, lang: str) -> Iterable[tuple[str, str]]:
    """Write each lesson's page; yield its place in the package and its title."""
    texts = tomllib.loads((source / "texts.toml").read_text("utf-8"))
    words = {name: text[lang] for name, text in texts.items()}
    (site / "scorm").mkdir()
    for name in ("sco.css", "sco.js"):
        shutil.copyfile(source / name, site / "scorm" / name)
    template = Template((source / "lesson.html").read_text("utf-8"))
    for lesson in lessons(lang):
        first = "".join(json.loads(lesson.read_bytes())["cells"][0]["source"])
        title = first.partition("\n")[0].lstrip("# ")
        stem = lesson.name.removesuffix(".ipynb")
        asked = {each.id: each.prediction for each in outlines(stem.partition("-")[0])}
        page = template.substitute(
            {name: escape(text) for name, text in words.items()},
            lang=lang,
            title=escape(title),
            lesson=escape(f"{lang}/{lesson.name}"),
            exercises=escape(json.dumps(asked)),
            texts=escape(json.dumps(words, ensure_ascii=False)),
        )
        (site / f"scorm/{stem}.html").write_text(page, "utf-8")
        yield f"scorm/{stem}.html", title


def _manifest(title: str, scos: list[tuple[str, str]], files: list[str], lang: str) -> str:
    """Return the package's manifest (SCORM 1.2 Content Aggregation Model, section 2.3)."""
    places = {place for place, _ in scos}
    items = "".join(
        f'<item identifier="item-{at}" identifierref="sco-{at}"><title>{escape(name)}</title></item>\n'
        for at, (_, name) in enumerate(scos, 1)
    )
    resources = "".join(
        f'<resource identifier="sco-{at}" type="webcontent" adlcp:scormtype="sco" href={quoteattr(place)}>'
        f'<file href={quoteattr(place)}/><dependency identifierref="site"/></resource>\n'
        for at, (place, _) in enumerate(scos, 1)
    )
    shared = "".join(f"<file href={quoteattr(path)}/>\n" for path in files if path not in places)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest identifier="{_IDENTIFIER}-{lang}" version="1.2"'
        ' xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"'
        ' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">\n'
        "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>\n"
        f'<organizations default="lessons"><organization identifier="lessons"><title>{escape(title)}</title>\n'
        f"{items}</organization></organizations>\n"
        f'<resources>\n{resources}<resource identifier="site" type="webcontent" adlcp:scormtype="asset">\n'
        f"{shared}</resource></resources>\n</manifest>\n"
    )


def _files(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


def _pack(folder: Path, target: Path) -> None:
    """Write the zip, the manifest first, each member with the same date: zip has none before 1980."""
    paths = sorted(_files(folder), key=lambda path: (path != MANIFEST, path))
    with zipfile.ZipFile(target, "w") as packed:
        for path in paths:
            member = zipfile.ZipInfo(path, _EPOCH)
            member.external_attr = 0o644 << 16
            stored = os.path.splitext(path)[1] in _STORED  # noqa: PTH122  a member's name
            member.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(member, (folder / path).read_bytes())
