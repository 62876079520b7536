"""Five mail clients, each a program of its own: what sends one mail to two recipients, and what it then says.

Each gets its defaults, but for a time limit of 10 seconds where it has one, and TLS where its default is to ask for it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SENDER, RECIPIENTS = "a@b.example", ("c@d.example", "e@f.example")
MAIL = f"From: {SENDER}\r\nTo: {', '.join(RECIPIENTS)}\r\nSubject: hello\r\n\r\nA line.\r\n"
PATIENCE = 30
"""Seconds after which a client that has not ended counts as hung."""

ALL, SOME, NONE, HUNG = "all", "some", "none", "hung"
"""What a client says was taken: the mail for all recipients, for some, for none; or it does not end in time."""

_SMTPLIB = f"""
import smtplib, sys
with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=10) as client:
    refused = client.sendmail({SENDER!r}, {RECIPIENTS!r}, {MAIL!r})
print(refused)
sys.exit(3 if refused else 0)
"""
_AIOSMTPLIB = f"""
import asyncio, sys, aiosmtplib
refused, _ = asyncio.run(aiosmtplib.send({MAIL!r}, sender={SENDER!r}, recipients={list(RECIPIENTS)!r},
                         hostname=sys.argv[1], port=int(sys.argv[2]), timeout=10, validate_certs=False))
print(refused)
sys.exit(3 if refused else 0)
"""
_NODEMAILER = f"""
const [, host, port] = process.argv;
require("nodemailer").createTransport({{ host, port: Number(port), connectionTimeout: 10000, greetingTimeout: 10000,
  socketTimeout: 10000, tls: {{ rejectUnauthorized: false }} }}).sendMail({{
  envelope: {{ from: {SENDER!r}, to: {list(RECIPIENTS)!r} }}, raw: {MAIL!r} }}).then(
  ({{ rejected, rejectedErrors }}) => {{
    console.log(String(rejectedErrors));
    process.exitCode = rejected.length ? 3 : 0;
  }},
  (error) => {{ console.log(error.message); process.exitCode = 1; }});
"""


@dataclass(frozen=True)
class Said:
    """What a client says in the end. taken: one of the four words above. code: the reply code that it names, or ""."""

    taken: str
    code: str = ""


@dataclass(frozen=True)
class Sender:
    """A client.

    version: of it, "" where it is not installed. command: makes its command line of host and port.
    some: the exit status that says that some recipients were refused; None where it has none.
    """

    name: str
    version: Callable[[Path], str]
    command: Callable[[str, int], list[str]]
    some: int | None = None

    def send(self, address: tuple[str, int], folder: Path) -> Said:
        """Send the mail and wait for the end. folder: where npm's packages are."""
        try:
            ran = subprocess.run(
                self.command(*address), input=MAIL, cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Said(HUNG)
        codes = re.findall(r"(?<![\d.:])[2-5][0-5]\d(?![\d.])", ran.stdout + ran.stderr)
        code = next((each for each in reversed(codes) if each[0] in "45"), "")
        return Said({0: ALL, self.some: SOME}.get(ran.returncode, NONE), code)


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _npm(folder: Path) -> str:
    if not (shutil.which("npm") and shutil.which("node")):
        return ""
    if not (folder / "node_modules/nodemailer").is_dir():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer@9"]
        if subprocess.run(install, cwd=folder, capture_output=True, check=False).returncode:
            return ""
    ask = 'console.log(require("nodemailer/package.json").version)'
    return _first(["node", "-e", ask], folder, r"(\S+)")


def _first(command: list[str], folder: Path, pattern: str) -> str:
    """Return what a program says its version is, "" where there is no such program."""
    if not shutil.which(command[0]):
        return ""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(pattern, ran.stdout)
    return found[1] if found else ""


def _python(program: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: [sys.executable, "-c", program, host, str(port)]


SENDERS = (
    Sender("smtplib", lambda _: "Python " + sys.version.split()[0], _python(_SMTPLIB), 3),
    Sender("aiosmtplib", lambda _: _installed("aiosmtplib"), _python(_AIOSMTPLIB), 3),
    Sender("nodemailer", _npm, lambda host, port: ["node", "-e", _NODEMAILER, host, str(port)], 3),
    Sender(
        "curl",
        lambda folder: _first(["curl", "--version"], folder, r"curl (\S+)"),
        lambda host, port: [
            "curl", "--silent", "--show-error", "--verbose", "--max-time", "10", "--upload-file", "-",
            "--url", f"smtp://{host}:{port}/client.example", "--mail-from", SENDER,
            *(word for each in RECIPIENTS for word in ("--mail-rcpt", each)),
        ],
    ),
    Sender(
        "msmtp",
        lambda folder: _first(["msmtp", "--version"], folder, r"msmtp version (\S+)"),
        lambda host, port: [
            "msmtp", f"--host={host}", f"--port={port}", "--timeout=10", f"--from={SENDER}", "--", *RECIPIENTS,
        ],
    ),
)  # fmt: skip
