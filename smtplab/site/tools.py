"""The programs that the build calls: uv, a Python for it, npm; each found or asked for in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.errors import SiteError
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_say = Sentences("site/errors")

PYTHONS = ((3, 12), (3, 13), (3, 14))
"""The Pythons that the build runs on."""


def package_folder() -> Path:
    """Return the folder of the smtplab that is running. Raises SiteError where it is read from a zip file."""
    package = files("smtplab")
    if not isinstance(package, Path):
        raise SiteError(_say("from_zip", package=package))
    return package


def find_uv() -> str:
    """Return uv's path. Raises SiteError where it is missing."""
    try:
        import uv  # an extra: most people never build a site
    except ImportError:
        path = shutil.which("uv")
    else:
        path = uv.find_uv_bin()
    if path is None:
        raise SiteError(_say("no_uv"))
    return path


def find_npm() -> str:
    """Return npm's path. Raises SiteError where it is missing."""
    path = shutil.which("npm")
    if path is None:
        raise SiteError(_say("no_npm"))
    return path


def find_node() -> str:
    """Return the path of Node.js. Raises SiteError where it is missing."""
    path = shutil.which("node") or shutil.which("nodejs")
    if path is None:
        raise SiteError(_say("no_npm"))
    return path


def make_environment(uv: str, folder: Path) -> None:
    """Make a virtual environment with a Python that the build runs on; UV_PYTHON names one of your choice.

    Raises SiteError where there is none and uv can fetch none.
    """
    wishes = [os.environ["UV_PYTHON"]] if os.environ.get("UV_PYTHON") else [*_running(), *_pyenv(), ">=3.12,<3.15"]
    why = ""
    for wish in wishes:
        try:
            run([uv, "venv", "--quiet", "--clear", "--python", wish, str(folder)], folder.parent)
        except SiteError as error:
            why = str(error)
        else:
            return
    raise SiteError(_say("no_python", why=why))


def _running() -> list[str]:
    return [sys.executable] if sys.version_info[:2] in PYTHONS else []


def _pyenv() -> list[str]:
    """Return the Pythons of pyenv: those on the PATH are scripts that uv cannot read."""
    top = Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")) / "versions"  # noqa: PTH111  raises never
    wanted = tuple(f"{major}.{minor}" for major, minor in PYTHONS)
    pythons = [path for path in top.glob("3.*/bin/python") if path.parts[-3].startswith(wanted)]
    return [str(path) for path in sorted(pythons)]


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program in a folder and return what it printed. Raises SiteError with the end of it when it fails."""
    try:
        process = subprocess.run(  # noqa: S603  the programs are those found above
            command, cwd=folder, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        raise SiteError(_say("cannot_run", program=command[0], why=reason(error))) from error
    if process.returncode:
        tail = "\n".join(process.stdout.strip().splitlines()[-12:])
        raise SiteError(_say("failed", program=Path(command[0]).name, status=process.returncode, tail=tail))
    return process.stdout
