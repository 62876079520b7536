"""From a click to the reply painted, in JupyterLab, against an ipywidgets Button whose callback sets an HTML widget."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[1]
CLICKS, WARM_UP = 60, 10
PEER = """
import ipywidgets
button, shown, count = ipywidgets.Button(description="peer"), ipywidgets.HTML("0"), [0]
def pressed(_):
    count[0] += 1
    shown.value = f"<b>{count[0]}</b>"
button.on_click(pressed)
ipywidgets.VBox([button, shown])
"""
CELLS = ["import smtplab; lab = smtplab.start(); smtplab.console(lab)", PEER.strip()]

# Milliseconds from the click to the first frame after the page shows the reply; each way watches its own output.
TIMED = """
async ({click, watched, before}) => {
  if (before) before();
  const target = document.querySelector(watched);
  const done = new Promise((resolve) => {
    const observer = new MutationObserver(() => { observer.disconnect(); requestAnimationFrame(() => resolve()); });
    observer.observe(target, {childList: true, subtree: true, characterData: true});
  });
  const began = performance.now();
  document.querySelector(click).click();
  await done;
  return performance.now() - began;
}
"""


@contextmanager
def jupyterlab() -> Iterator[str]:
    """Run JupyterLab on a folder with the notebook, and return its address."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
        notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(notebook, Path(folder) / "click.ipynb")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
                   f"--ServerApp.port={port}", "--IdentityProvider.token=bench", f"--ServerApp.root_dir={folder}",
                   "--LabApp.expose_app_in_browser=True"]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(TOP), "HOME": folder}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token=bench", timeout=5).close()
                    break
                except OSError:
                    assert time.monotonic() < until
                    threading.Event().wait(0.1)
            yield f"http://127.0.0.1:{port}/lab/tree/click.ipynb?token=bench"
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def measure() -> Iterator[Row]:
    """Click both, in turn."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with jupyterlab() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        page = browser.new_page(viewport={"width": 1300, "height": 1400})
        page.goto(address)
        page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(".jupyter-button", timeout=60_000)
        page.wait_for_selector(".smtplab-console .log")
        ways = {
            "lab": (".smtplab-console form button", ".smtplab-console .log"),
            "peer": (".jupyter-button", ".widget-html"),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(CLICKS + WARM_UP):
            for name, (click, watched) in ways.items():
                if name == "lab":
                    page.fill(".smtplab-console input", "HELP")
                milliseconds = page.evaluate(TIMED, {"click": click, "watched": watched, "before": None})
                if number >= WARM_UP:
                    taken[name].append(milliseconds)
        browser.close()
    medians = {name: statistics.median(times) for name, times in taken.items()}
    yield Row("click to reply painted, JupyterLab", medians["lab"], medians["peer"], "ms", 1.5)
