"""npm's servers, installed into a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.helpers.running import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install npm's packages into a temporary folder."""
    if not (shutil.which("npm") and shutil.which("node")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("npm is not installed")
    top = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", top, "smtp-server@3", "Haraka@3"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"npm install failed: {ran.stderr[-300:]}")
    return top


@pytest.fixture(scope="session")
def nodemailer(node_modules: Path) -> Iterator[int]:
    """Run smtp-server (Nodemailer)."""
    port = free_port()
    code = (
        "const {SMTPServer} = require('smtp-server');"
        "new SMTPServer({authOptional: true, name: 'mta.lab.example', disabledCommands: ['STARTTLS'],"
        f" onData(stream, session, done) {{ stream.resume(); stream.on('end', done); }}}}).listen({port}, '127.0.0.1');"
    )
    with running(["node", "-e", code], port, node_modules / "smtp-server.out", cwd=node_modules) as bound:
        yield bound


@pytest.fixture(scope="session")
def haraka(node_modules: Path) -> Iterator[int]:
    """Run Haraka with the plug-ins that it needs to refuse and to discard."""
    top, port = node_modules / "haraka", free_port()
    program = node_modules / "node_modules/.bin/haraka"
    subprocess.run([program, "-i", top], capture_output=True, check=True)
    (top / "config/smtp.ini").write_text(f"listen=127.0.0.1:{port}\nnodes=0\n")
    (top / "config/plugins").write_text("rcpt_to.in_host_list\nqueue/discard\n")
    (top / "config/me").write_text("mta.lab.example\n")
    (top / "config/host_list").write_text("lab.example\nlocalhost\n")
    with running([program, "-c", top], port, node_modules / "haraka.out") as bound:
        yield bound
