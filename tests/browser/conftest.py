"""A real JupyterLab in a real Chromium."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect

from smtplab.course.logbook import FILE
from smtplab.site.build import build_site
from smtplab.site.serve import serving
from tests.helpers.paths import TOP
from tests.helpers.running import free_port
from tests.helpers.visiting import Visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page


PATIENCE = 60_000
"""Milliseconds that a page may take for one step."""

expect.set_options(timeout=PATIENCE)

KERNEL_STATUS = "sessionContext?.session?.kernel?.status"

# JupyterLab asks its own server for workspaces, settings and checkpoints that are not there yet, with no widget of ours
# on the page, and the browser writes each 404 to the console. Nothing else may be an error.
STOCK_404 = ("/lab/api/", "/api/")


@dataclass
class JupyterLab:
    """A running server: its folder, where it is, and the token to enter."""

    root: Path
    url: str
    token: str

    def put(self, name: str, *cells: str) -> None:
        """Write a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(notebook, self.root / name)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """Run JupyterLab on a free port, in an empty folder, with settings of its own."""
    root, home = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("home")
    port = free_port()
    token = secrets.token_hex(8)
    folders = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = home / "CONFIG/labconfig/default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    settings.write_text(json.dumps({"@jupyterlab/apputils-extension:notification": quiet}))
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        "--ServerApp.port_retries=0", "--LabApp.expose_app_in_browser=True",
        f"--LabApp.workspaces_dir={home / 'workspaces'}", f"--LabApp.user_settings_dir={home / 'settings'}",
    ]  # fmt: skip
    environment = {**os.environ, **folders, "PYTHONPATH": str(TOP), "HOME": str(home), "JUPYTER_PREFER_ENV_PATH": "1"}
    log = (home / "log").open("w+b")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    lab = JupyterLab(root, f"http://127.0.0.1:{port}", token)
    try:
        _wait(lab, server, home / "log")
        yield lab
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        log.close()


def _wait(lab: JupyterLab, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, a minute at most."""
    until, pause = time.monotonic() + 60, threading.Event()
    while True:
        try:
            urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=5).close()
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            pause.wait(0.1)
        else:
            return


@dataclass
class Notebook:
    """A notebook open in JupyterLab in Chromium."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def command(self, name: str, **options: object) -> None:
        """Run one of JupyterLab's commands."""
        self.page.evaluate("([name, options]) => { jupyterapp.commands.execute(name, options); }", [name, options])

    def run_all(self, cells: int) -> None:
        """Run all cells, and wait until the last one has run."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """cells => jupyterapp.shell.currentWidget.content.widgets
                 .filter(cell => cell.model.type === 'code' && cell.model.executionCount > 0).length >= cells""",
            arg=cells, timeout=PATIENCE,
        )  # fmt: skip

    def theme(self, name: str) -> None:
        """Switch the theme, "Light" or "Dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        light = "true" if name == "Light" else "false"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached", timeout=PATIENCE)
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)

    def widget(self, kind: str) -> Locator:
        """Return the first widget of a kind, seen."""
        widget = self.page.locator(f".smtplab-{kind}").first
        widget.wait_for(timeout=PATIENCE)
        widget.scroll_into_view_if_needed()
        return widget


@pytest.fixture
def open_notebook(browser: Browser, jupyterlab: JupyterLab) -> Iterator[object]:
    """Open notebooks, as a learner who begins; afterwards no page may have written an error to its console."""
    (jupyterlab.root / FILE).unlink(missing_ok=True)
    opened: list[Notebook] = []

    def begin(name: str, width: int = 1300) -> Notebook:
        page = browser.new_page(viewport={"width": width, "height": 1000})
        page.set_default_timeout(PATIENCE)
        notebook = Notebook(page)

        def note(message: ConsoleMessage) -> None:
            path = urllib.parse.urlsplit(message.location.get("url", "")).path
            stock = "status of 404" in message.text and path.startswith(STOCK_404)
            if message.type == "error" and not stock:
                notebook.errors.append(f"{message.text} {path}")

        page.on("console", note)
        page.on("pageerror", lambda error: notebook.errors.append(str(error)))
        page.goto(f"{jupyterlab.url}/lab/tree/{name}?token={jupyterlab.token}&reset")
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        page.wait_for_function(f"window.jupyterapp?.shell?.currentWidget?.{KERNEL_STATUS} === 'idle'")
        opened.append(notebook)
        if page.evaluate("document.body.dataset.jpThemeLight") != "true":
            notebook.theme("Light")  # the server remembers what the test before chose
        return notebook

    yield begin
    for notebook in opened:
        notebook.page.close()
    assert [error for notebook in opened for error in notebook.errors] == []


@pytest.fixture
def picture() -> object:
    """Save a screenshot where SMTPLAB_SCREENSHOTS names a folder."""
    folder = os.environ.get("SMTPLAB_SCREENSHOTS")

    def take(of: Locator, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            of.page.set_viewport_size({"width": 1300, "height": 2200})
            of.screenshot(path=Path(folder) / f"{name}.png")
            of.page.set_viewport_size({"width": 1300, "height": 1000})

    return take


# --- the browser edition


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from this checkout; return its folder."""
    folder = tmp_path_factory.mktemp("site") / "public"
    build_site(folder, cache=Path(os.environ.get("SMTPLAB_CACHE") or TOP / ".venv/smtplab-cache"))
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """Serve the site as plain files; return its address."""
    with serving(site_folder) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """Return a visitor with nothing stored; nothing is asked of another host, and no error written to the console."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000}, permissions=["clipboard-write"])
    visitor = Visit(context, site)

    def seen(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.split("://")[1].startswith(
            urlsplit(site).netloc
        ):
            visitor.foreign.append(url)

    context.on("request", lambda request: seen(request.url))
    yield visitor
    context.close()
    assert (visitor.foreign, visitor.errors) == ([], [])
