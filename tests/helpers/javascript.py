"""What checks the widgets' JavaScript and stylesheets: TypeScript and biome, from npm, in the versions of package.json.

They are installed once, in SMTPLAB_CACHE or beside the packages of this Python, and never in the checkout.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.helpers.paths import TOP

CONFIG = TOP / "tests/widgets/javascript"


@cache
def tools() -> Path:
    """Return the folder of the installed tools. Raises OSError where npm cannot install them."""
    wanted = CONFIG / "package.json"
    parent = Path(os.environ.get("SMTPLAB_CACHE") or Path(sys.prefix) / "cache").absolute()
    folder = parent / f"javascript-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="javascript-", dir=parent))
        shutil.copy(wanted, fresh)
        npm = shutil.which("npm") or "npm"
        quiet = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run([npm, "install", *quiet], cwd=fresh, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(fresh)
            raise OSError(f"npm cannot install {wanted.name}: {done.stdout}{done.stderr}")
        try:
            fresh.rename(folder)
        except OSError:  # another run was first
            shutil.rmtree(fresh)
    return folder


def type_errors(widgets: Path, work: Path) -> list[str]:
    """Return what TypeScript finds wrong in a folder of widgets. work: an empty folder."""
    types = tools() / "node_modules/@anywidget/types/dist/index.d.ts"
    config = {
        "extends": str(CONFIG / "tsconfig.json"),
        "compilerOptions": {"paths": {"@anywidget/types": [str(types)]}},
        "include": [str(widgets / "common.js"), str(widgets / "*/*.js")],
    }
    (work / "tsconfig.json").write_text(json.dumps(config))
    return _complaints("tsc", ["-p", str(work / "tsconfig.json"), "--pretty", "false"])


def lint_errors(*files: Path) -> list[str]:
    """Return what biome finds wrong in files or folders."""
    return _complaints(
        "biome",
        ["lint", f"--config-path={CONFIG}", "--error-on-warnings", "--reporter=github", *map(str, files)],
    )


def _complaints(name: str, options: list[str]) -> list[str]:
    """Return the lines that name a fault; a tool that fails without one is a fault too."""
    program = shutil.which(name, path=str(tools() / "node_modules/.bin"))
    assert program is not None, name
    done = subprocess.run([program, *options], capture_output=True, encoding="utf-8", check=False)
    output = (done.stdout + done.stderr).splitlines()
    if not done.returncode:
        return []
    return [line for line in output if "error TS" in line or line.startswith("::")] or output
