"""The wheel as pyproject.toml describes it, put together without a build back-end and so without a network."""

from __future__ import annotations

import tomllib
import zipfile
from typing import TYPE_CHECKING

from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path


def make_wheel(folder: Path) -> Path:
    """Write a wheel of this checkout: the packages, and what rides inside them by `force-include`."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    table = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    target = folder / f"smtplab-{project['project']['version']}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for source, inside in {**{name: name for name in table["packages"]}, **table["force-include"]}.items():
            for path in sorted((TOP / source).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, f"{inside}/{path.relative_to(TOP / source).as_posix()}")
    return target
