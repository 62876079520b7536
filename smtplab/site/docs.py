"""The documentation site: Sphinx, run over the pages in `docs/`. It stands beside the browser edition, as its `docs/`.

    python -m smtplab.site.docs DIR      builds it alone, into a new or empty folder

The pages are read from a checkout. What they are made of besides (the lessons, the papers, the tables) is put beside
them by `docs/house/`, in a copy, so that nothing is written into the checkout.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.errors import SiteError
from smtplab.site.tools import package_folder, run
from smtplab.text.language import DEFAULT, LANGUAGES
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

_say = Sentences("site/errors")

FOLDER = "docs"
"""Where it stands in the browser edition."""
_NEEDS = ("sphinx", "myst_nb", "furo")


def checkout() -> Path:
    """Return the checkout that has the pages. Raises SiteError where smtplab was installed without one."""
    top = package_folder().parent
    if not (top / "docs/conf.py").is_file():
        raise SiteError(_say("no_docs"))
    return top


def read_by_docs() -> Iterator[Path]:
    """Return each file that the site is made from: the pages, the papers, the lessons and the package."""
    top = checkout()
    for name in ("docs", "notebooks", "deploy", "smtplab"):
        yield from (
            path for path in sorted((top / name).rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
    yield from sorted(top.glob("*.md"))


def build_docs(target: Path) -> None:
    """Build the documentation site into a folder, every warning of Sphinx an error; nothing is fetched.

    target: a new or an empty folder; a translation goes into its language's folder there, as `es`.
    Raises SiteError: something is in it, Sphinx is missing, or it says what is wrong.
    """
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        raise SiteError(_say("no_sphinx", missing=", ".join(missing)))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SiteError(_say("not_empty", target=target))
    top = checkout()
    langs = [lang for lang in LANGUAGES if lang == DEFAULT or (top / "docs/locales" / lang).is_dir()]
    with tempfile.TemporaryDirectory(prefix="smtplab-docs-") as made, ThreadPoolExecutor() as side_by_side:
        for folder in side_by_side.map(lambda lang: _sphinx(Path(made) / lang, lang), langs):
            place = target.absolute() if folder.parent.name == DEFAULT else target.absolute() / folder.parent.name
            shutil.copytree(folder, place, dirs_exist_ok=True)


def _sphinx(folder: Path, lang: str) -> Path:
    """Run Sphinx for one language, and return the folder that it has made."""
    source, top = folder / "source", checkout()
    shutil.copytree(top / "docs", source, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["-W", "-n", "-q", "--keep-going", "-b", "html", "-D", f"language={lang}", "-d", str(folder / "doctrees")]
    path = os.pathsep.join(filter(None, [str(top), os.environ.get("PYTHONPATH")]))
    environment = {"PYTHONPATH": path, "SMTPLAB_LANG": lang, "SMTPLAB_PROGRESS": "off", "PYTHONDONTWRITEBYTECODE": "1"}
    run([sys.executable, "-m", "sphinx", *options, str(source), str(folder / "made")], folder, environment)
    (folder / "made/.buildinfo").unlink(missing_ok=True)
    return folder / "made"


if __name__ == "__main__":
    try:
        build_docs(Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs"))
    except SiteError as error:
        sys.exit(str(error))
