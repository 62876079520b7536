"""Servers that are Python packages: those of the test extra, and more in an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers.running import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PACKAGES = ("dsmtpd==1.2.1", "mail-devel==0.18.1", "lazr.smtptest==2.0.4", "setuptools<81")


@pytest.fixture(scope="session")
def python_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install more servers that are Python packages into an environment of their own; return its programs' folder."""
    top = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", top], check=True)
    ran = subprocess.run([top / "bin/pip", "install", "-q", *PACKAGES], capture_output=True, text=True, check=False)
    if ran.returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"pip install failed: {ran.stderr[-300:]}")
    return top / "bin"


LAZR = (
    "import sys, threading; from lazr.smtptest.controller import QueueController\n"
    "QueueController('127.0.0.1', int(sys.argv[1])).start(); threading.Event().wait()"
)


FAMILY = {
    "dsmtpd-1.2.1": ("dsmtpd", "-i", "127.0.0.1", "-p", "{port}"),
    "mail-devel-0.18.1": (
        "mail_devel", "--host", "127.0.0.1", "--password", "lab", "--smtp-port", "{port}", "--imap-port", "{port1}",
        "--http-port", "{port2}",
    ),
    "lazr-smtptest-2.0.4": (
        "python", "-c",
        LAZR,
        "{port}",
    ),
    "cpython-smtpd-3.11.7": (
        "python", "-c",
        "import asyncore, smtpd, sys\nsmtpd.SMTPServer(('127.0.0.1', int(sys.argv[1])), None); asyncore.loop()",
        "{port}",
    ),
}  # fmt: skip


@pytest.fixture(params=FAMILY)
def python_package(request: pytest.FixtureRequest, python_packages: Path, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Run the servers of `python_packages`, and the standard library's; yield recording and port."""
    if request.param.startswith("cpython") and sys.version_info[:2] != (3, 11):
        pytest.skip("the standard library's smtpd was recorded on Python 3.11, and is gone from 3.12")
    ports = {"port": free_port(), "port1": free_port(), "port2": free_port()}
    program, *words = (word.format(**ports) for word in FAMILY[request.param])
    command: list[object] = [python_packages / program, *words]
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONWARNINGS": "ignore"}
    with running(command, ports["port"], tmp_path / "out", env=environment, cwd=tmp_path) as bound:
        yield request.param, bound


PYTHON = {
    "aiosmtpd": (
        "from aiosmtpd.controller import Controller; import sys, threading\n"
        "class Handler: pass\n"
        "Controller(Handler(), hostname='127.0.0.1', port=int(sys.argv[1])).start(); threading.Event().wait()"
    ),
    "smtpdfix": (
        "from smtpdfix import SMTPDFix; import sys, threading\n"
        "with SMTPDFix('127.0.0.1', int(sys.argv[1])): threading.Event().wait()"
    ),
}


@pytest.fixture(params=PYTHON)
def python_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Run stock aiosmtpd and smtpdfix."""
    port = free_port()
    command = [sys.executable, "-c", PYTHON[request.param], port]
    with running(command, port, tmp_path / "out") as bound:
        yield request.param, bound
