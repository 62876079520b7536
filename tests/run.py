"""Install everything and run all the tests: python3 tests/run.py [options and arguments of pytest].

    python3 tests/run.py                     all of them
    python3 tests/run.py -m "not slow"       those that take less than a second or two
    python3 tests/run.py tests/rfc -k 211    any selection that pytest knows
    python3 tests/run.py --help              this text; nothing is installed

It makes the virtual environment .venv in this checkout, installs smtplab with its lab and test extras into it, and, on
a Debian-like system as root, the programs that some tests need. Elsewhere those tests skip and say why.
Nothing but Python and pip is needed to start it.

Without arguments the tests run in two halves side by side, those in a browser and the rest: a browser mostly waits.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
ENVIRONMENT = TOP / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

PROGRAMS = {
    "chromium": "chromium", "curl": "curl", "msmtp": "msmtp", "swaks": "swaks", "npm": "npm",
    "firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb",
}  # fmt: skip
"""Program → Debian package."""


IN_A_BROWSER = ("tests/browser", "tests/site")
"""Folders of the tests that a browser takes part in, or that build what it shows."""


def run(*command: object, quiet: bool = False) -> int:
    """Run a command, say which, and return its exit status."""
    print("$", *command, flush=True)
    stdout = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(word) for word in command], stdout=stdout, cwd=TOP, check=False).returncode


def install_programs() -> None:
    """Install the programs that some tests need, where this can be done."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if not missing:
        return
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        print(f"Not installed, so tests that need them will skip: {', '.join(missing)}")
        return
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run("apt-get", "update", quiet=True)
    run("apt-get", "install", "-y", "--no-install-recommends", *missing, quiet=True)


def halves() -> int:
    """Run all tests in two halves side by side, and return the first exit status that is not 0."""
    rest = [f"--ignore={folder}" for folder in IN_A_BROWSER]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        command = [str(PYTHON), "-m", "pytest", "-p", "no:cacheprovider", *IN_A_BROWSER]
        with subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT, cwd=TOP) as beside:
            status = run(PYTHON, "-m", "pytest", *rest)
        print("$", *command, flush=True)
        told.seek(0)
        shutil.copyfileobj(told, sys.stdout)
        sys.stdout.flush()
        return status or beside.returncode


def main(arguments: list[str]) -> int:
    """Install, test, and return pytest's exit status."""
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    if sys.version_info < (3, 11):  # noqa: UP036  this is where somebody with an old Python finds out
        print(f"smtplab needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    install_programs()
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    if run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[lab,test]"):
        return 2
    return run(PYTHON, "-m", "pytest", *arguments) if arguments else halves()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
