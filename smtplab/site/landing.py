"""The landing page, and what is added to JupyterLite's own pages. The sources stand in deploy/lite/page."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from smtplab.course.experiments import describe, experiments
from smtplab.course.lessons import lessons
from smtplab.errors import SiteError
from smtplab.recordings.recording import names
from smtplab.rfc.codes import cite
from smtplab.site.docs import FOLDER
from smtplab.site.reference import add_reference
from smtplab.site.wheels import merge
from smtplab.text.language import DEFAULT, LANGUAGES, NAMES
from smtplab.text.sentences import Sentences
from smtplab.text.texts import octets
from smtplab.widgets.files import module

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

_say, _told = Sentences("site/errors"), Sentences("site/texts")

_WIDGETS = ("console", "anatomy", "side_by_side", "game", "lookup")
_NOT_NEEDED = (
    "smtplab/course/exercises",
    "smtplab/course/graders/",
    "smtplab/course/grading",
    "smtplab/course/lessons",
    "smtplab/course/logbook",
    "smtplab/course/disk",
    "smtplab/course/progress",
    "smtplab/widgets/notebook.py",
    "smtplab/widgets/outputs.py",
    "smtplab/widgets/exercise/",
    "smtplab/widgets/gallery/",
    "aiosmtpd/tests/",
    "aiosmtpd/testing/",
    "aiosmtpd/docs/",
)
"""What the landing page never loads."""
_BAR = f'<script type="module" src="../page/bar.mjs" data-languages="{" ".join(LANGUAGES)}"></script>'
_FILES = ("page.mjs", "page.css", "worker.mjs", "bar.mjs", "bar.css", "reference.css")


def add_landing(site: Path, source: Path, specs: Iterable[str]) -> None:
    """Write the landing page of each language, and what it needs, into a built JupyterLite.

    site: the built folder. source: deploy/lite/page. specs: the packages that the page loads before the first HELP.
    """
    page = site / "page"
    page.mkdir()
    for name in _FILES:
        shutil.copyfile(source / name, page / name)
    shutil.copyfile(site / "static/favicons/favicon.ico", site / "favicon.ico")  # JupyterLab's page asks for it there
    write_widgets(page / "widgets")
    lock = json.loads((site / "static/pyodide-lock/pyodide-lock.json").read_text("utf-8"))
    merge(page / "python.zip", _wheels_of(lock, specs, site / "page"), _NOT_NEEDED)
    template = Template((source / "index.html").read_text("utf-8"))
    texts = tomllib.loads((source / "page.toml").read_text("utf-8"))
    for lang in LANGUAGES:
        target = site / home(lang) / "index.html"
        target.parent.mkdir(exist_ok=True)
        target.write_text(template.substitute(fields(texts, lang)), "utf-8")
        bar = {key: words[lang] for key, words in texts.items() if key.startswith("bar_")}
        (page / f"bar.{lang}.json").write_text(json.dumps(bar, ensure_ascii=False, indent=1) + "\n", "utf-8")
    add_reference(site, source)


def write_widgets(folder: Path) -> None:
    """Write the widgets that the landing page mounts, each with the very module that a notebook has."""
    folder.mkdir()
    for name in _WIDGETS:
        (folder / f"{name}.js").write_bytes(module(name).encode())
        (folder / f"{name}.css").write_bytes(octets(f"widgets/{name}/widget.css"))
    (folder / "common.css").write_bytes(octets("widgets/common.css"))


def add_bar(site: Path, apps: Iterable[str]) -> None:
    """Have JupyterLite's pages load the strip that shows how far the start is. Raises SiteError for an unknown page."""
    for app in apps:
        page = site / app / "index.html"
        html = page.read_text("utf-8")
        if html.count("</head>") != 1:
            raise SiteError(_say("unexpected_page", app=app))
        page.write_text(html.replace("</head>", f"{_BAR}</head>"), "utf-8")


def add_docs(site: Path, pages: Path) -> None:
    """Put the documentation beside the browser edition, and link to it from each landing page.

    site: the built folder. pages: the built documentation, with a folder for each language but the default one.
    """
    shutil.copytree(pages, site / FOLDER)
    for lang in LANGUAGES:
        place = f"{FOLDER}/{home(lang)}" if (pages / home(lang) / "index.html").is_file() else f"{FOLDER}/"
        top = "../" if home(lang) else ""
        add_to_footer(site, lang, f"{top}{place}index.html", escape(_told("docs", lang)))


def add_to_footer(site: Path, lang: str, href: str, html: str) -> None:
    """Write a link into the footer of a language's landing page. Raises SiteError for an unexpected page."""
    landing = site / home(lang) / "index.html"
    before, found, after = landing.read_text("utf-8").rpartition("</footer>")
    if not found:
        raise SiteError(_say("unexpected_page", app=home(lang) or "."))
    landing.write_text(f'{before}<p><a href="{href}">{html}</a></p>{found}{after}', "utf-8")


def _wheels_of(lock: dict[str, Any], specs: Iterable[str], page: Path) -> list[Path]:
    """Return the wheels of those packages and of what they stand on, but for what draws widgets in a notebook."""
    known, wanted, todo = lock["packages"], {}, list(specs)
    while todo:
        name = todo.pop()
        if name not in wanted and name not in ("anywidget", "ipywidgets"):
            wanted[name] = page / known[name]["file_name"].replace("../../", "../")
            todo += known[name]["depends"]
    return list(wanted.values())


def home(lang: str) -> str:
    """Return the address of a language's landing page, from the site's top: the default one's is the top itself."""
    return "" if lang == DEFAULT else f"{lang}/"


def fields(texts: dict[str, dict[str, str]], lang: str) -> dict[str, str]:
    """Return what is filled into the landing page of a language; it links to that of every other one."""
    top = "../" if home(lang) else ""
    links = [_link(lesson, lang, top) for lesson in lessons(lang)]
    others = [(code, NAMES[code], f"{top}{home(code)}" or "./") for code in LANGUAGES if code != lang]
    return {
        **{key: escape(words[lang]).replace("{servers}", str(len(names()))) for key, words in texts.items()},
        "lang": lang,
        "top": top,
        "alternates": "\n".join(
            f'<link rel="alternate" hreflang="{code}" href="{href}">' for code, _name, href in others
        ),
        "languages": " ".join(
            f'<a href="{href}" lang="{code}" hreflang="{code}">{escape(name)}</a>' for code, name, href in others
        ),
        "first_href": f"{top}{lesson_address(lessons(lang)[0], lang)}",
        "lessons": "\n".join(links),
        "experiments": "\n".join(_experiment(name, lang, top, texts) for name in experiments()),
        **{f"lesson_{lesson.name[:2]}": f"{top}{lesson_address(lesson, lang)}" for lesson in lessons(lang)},
    }


def _experiment(name: str, lang: str, top: str, texts: dict[str, dict[str, str]]) -> str:
    """Return an experiment as an item of the page's list: a button, what is done, and what to look for."""
    it = describe(name, lang)
    lesson = next(lesson for lesson in lessons(lang) if lesson.name.startswith(it.lesson))
    on = texts["in_lesson"][lang].format(number=int(it.lesson))
    return (
        f'      <li id="experiment-{name}"><button type="button" data-experiment="{name}">{escape(it.title)}</button>'
        f' <span class="soft">{escape(it.text)}</span>'
        f'<p class="look" hidden>{escape(it.look)} <span class="soft">[{escape(cite(it.source, lang))}]</span>'
        f' <a href="{top}{lesson_address(lesson, lang)}">{escape(on)}</a></p></li>'
    )


def lesson_address(lesson: Traversable, lang: str) -> str:
    """Return the address of a lesson in the site, from its top."""
    return f"lab/index.html?path={lang}/{lesson.name}"


def _link(lesson: Traversable, lang: str, top: str) -> str:
    cell = "".join(json.loads(lesson.read_text("utf-8"))["cells"][0]["source"])
    title = re.search(r"^# (?:\d+\. )?(.+)$", cell, re.MULTILINE)
    minutes = re.search(r"^\*\*(\d+ \w+\.)\*\*(.*)$", cell, re.MULTILINE)  # and what of them is core
    name = title[1] if title else lesson.name
    about = f' <span class="minutes">{escape(minutes[1] + minutes[2])}</span>' if minutes else ""
    return f'      <li><a href="{escape(top + lesson_address(lesson, lang))}">{escape(name)}</a>{about}</li>'
