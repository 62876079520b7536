"""What is added to JupyterLite's pages from deploy/lite/start: a sooner start, and a sentence where one is needed."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from smtplab.errors import SiteError
from smtplab.site.landing import home
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_say = Sentences("site/errors")

_FILES = ("ahead.mjs", "any-type.mjs", "early.js", "keep.mjs", "kernel.mjs", "python.mjs")
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'"
)
"""JupyterLab compiles its settings' schemas, and a widget's module is a blob: the scripts' rule cannot be stricter."""
_BEGINS_WITH = (
    "start/*.data", "build/lab/bundle.js", "build/notebooks/bundle.js", "build/jlab_core.*.js", "jupyter-lite.json",
    "extensions/*/*/static/remoteEntry.*.js", "extensions/*/*/static/comlink.worker.*.js",
)  # fmt: skip
"""What a lesson's page begins with, beside the site's own files that the landing page has loaded."""
_EXTENSION = "extensions/@jupyterlite/pyodide-kernel-extension/static"
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


def add_start(site: Path, source: Path, packages: Path, apps: Iterable[str]) -> None:
    """Have JupyterLite's kernel begin with the page, and take its packages from the one archive.

    site: the built folder. source: deploy/lite/start. packages: the folder of the archive. apps: JupyterLite's pages.
    Raises SiteError where JupyterLite is not as expected.
    """
    start = site / "start"
    start.mkdir()
    for name in _FILES:
        shutil.copyfile(source / name, start / name)
    for name in ("packages.data", "packages.json"):
        shutil.copyfile(packages / name, start / name)
    digest = b64encode(hashlib.sha256((start / "packages.data").read_bytes()).digest()).decode()
    python = (start / "python.mjs").read_text("utf-8")
    (start / "python.mjs").write_text(python.replace('integrity = ""', f'integrity = "sha256-{digest}"', 1), "utf-8")
    texts = tomllib.loads((source / "told.toml").read_text("utf-8"))
    sentences = {lang: {name: words[lang] for name, words in texts.items()} for lang in LANGUAGES}
    workers = sorted((site / _EXTENSION).glob("comlink.worker.*.js"))
    if len(workers) != 1:
        raise SiteError(_say("unexpected_page", app=_EXTENSION))
    worker = f"../{_EXTENSION}/{workers[0].name}"
    (start / "worker.mjs").write_text(f'import "./kernel.mjs";\nimport "{worker}";\n', "utf-8")
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<script src="../start/early.js" data-worker="{worker}"'
        f' data-sentences="{escape(json.dumps(sentences, ensure_ascii=False))}"></script>'
        '<script type="module" src="../start/ahead.mjs"></script>'
    )
    for app in apps:
        page = site / app / "index.html"
        before, found, after = page.read_text("utf-8").partition("<head>")
        if not found:
            raise SiteError(_say("unexpected_page", app=app))
        # the encoding first: a browser looks for it in a page's first octets alone
        page.write_text(f'{before}{found}<meta charset="utf-8">{head}{after}', "utf-8")
    for lang in LANGUAGES:
        page = site / home(lang) / "index.html"
        before, _, after = page.read_text("utf-8").partition("</head>")
        top = "../" if home(lang) else ""
        page.write_text(f'{before}<script type="module" src="{top}start/ahead.mjs"></script></head>{after}', "utf-8")
    _use_archive(site)
    first = [path for pattern in _BEGINS_WITH for path in sorted(site.glob(pattern))]
    paths = [path.relative_to(site).as_posix() for path in first]
    (start / "ahead.json").write_text(json.dumps(paths) + "\n", "utf-8")


def _use_archive(site: Path) -> None:
    """Put the archive in the place of the wheels, in JupyterLite's settings and on the disk."""
    file = site / "jupyter-lite.json"
    settings = json.loads(file.read_text("utf-8"))
    # where the browser refuses to keep anything, a lesson runs all the same
    settings["jupyter-config-data"]["enableMemoryStorage"] = True
    kernel = settings["jupyter-config-data"]["litePluginSettings"][_KERNEL]
    kernel["pyodideUrl"] = "./start/kernel.mjs"
    # these are there already: JupyterLite's kernel looks for none of them
    kernel["loadPyodideOptions"] = {"packages": kernel["loadPyodideOptions"]["packages"]}
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    shutil.rmtree(site / "static/pyodide-lock")
