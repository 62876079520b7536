"""What makes JupyterLite start sooner: the kernel's worker first, one archive for its packages. From deploy/lite/start."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from smtplab.errors import SiteError
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_say = Sentences("site/errors")

_FILES = ("early.js", "kernel.mjs")
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
    workers = sorted((site / _EXTENSION).glob("comlink.worker.*.js"))
    if len(workers) != 1:
        raise SiteError(_say("unexpected_page", app=_EXTENSION))
    worker = f"../{_EXTENSION}/{workers[0].name}"
    (start / "worker.mjs").write_text(f'import "./kernel.mjs";\nimport "{worker}";\n', "utf-8")
    for app in apps:
        page = site / app / "index.html"
        html, found = re.subn(
            r"(<head>)", rf'\1<script src="../start/early.js" data-worker="{worker}"></script>', page.read_text("utf-8")
        )
        if found != 1:
            raise SiteError(_say("unexpected_page", app=app))
        page.write_text(html, "utf-8")
    _use_archive(site)


def _use_archive(site: Path) -> None:
    """Put the archive in the place of the wheels, in JupyterLite's settings and on the disk."""
    file = site / "jupyter-lite.json"
    settings = json.loads(file.read_text("utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][_KERNEL]
    kernel["pyodideUrl"] = "./start/kernel.mjs"
    # these are there already: JupyterLite's kernel looks for none of them
    kernel["loadPyodideOptions"] = {"packages": kernel["loadPyodideOptions"]["packages"]}
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    shutil.rmtree(site / "static/pyodide-lock")
