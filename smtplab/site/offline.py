"""Keeping the site for offline use: the page that does it, and the service worker. Sources: deploy/lite/start."""

from __future__ import annotations

import shutil
import tomllib
from html import escape
from string import Template
from typing import TYPE_CHECKING

from smtplab.site.landing import add_to_footer, home
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path


def add_offline(site: Path, source: Path) -> None:
    """Write the page that keeps the site, in each language, link to it from the landing page, and the service worker.

    site: the built folder, but for its list. source: deploy/lite/start. Raises SiteError for an unexpected page.
    """
    shutil.copyfile(source / "offline.mjs", site / "start/offline.mjs")
    (site / "service-worker.js").rename(site / "start/jupyterlite-service-worker.js")
    shutil.copyfile(source / "service-worker.js", site / "service-worker.js")
    texts = tomllib.loads((source / "offline.toml").read_text("utf-8"))
    template = Template((source / "offline.html").read_text("utf-8"))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    (site / "offline").mkdir()
    for lang in LANGUAGES:
        words = {name: escape(text[lang].replace("{size}", f"{size:.0f}")) for name, text in texts.items()}
        page = template.substitute(words, lang=lang, home=f"../{home(lang)}index.html")
        (site / f"offline/{lang}.html").write_text(page, "utf-8")
        top = "../" if home(lang) else ""
        add_to_footer(site, lang, f"{top}offline/{lang}.html", words["link"])
