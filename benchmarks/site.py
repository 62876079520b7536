"""The browser edition, cold, in Chromium: the landing page and lesson 1 against bare peers on the same Pyodide.

Each start is a new browser context with nothing stored. Where the goal is a plain bound, the bound stands as the peer.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nbformat

from benchmarks.row import Row
from smtplab.site.build import build_site
from smtplab.site.serve import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

STARTS = 7
OWN = ("smtplab-", "aiosmtpd-", "atpublic-", "attrs-")
BARE = """<!doctype html><title>bare</title><pre></pre><script type="module">
import { loadPyodide } from "./static/pyodide/pyodide.mjs";
const show = (text) => { document.querySelector("pre").textContent = text; };
const pyodide = await loadPyodide({ stdout: show });
pyodide.runPython("print('hello')");
</script>"""
ROUND_TRIP = """
import smtplab, time
with smtplab.start() as lab:
    taken = []
    for _ in range(40):
        began = time.perf_counter()
        for _ in range(100):
            lab.send("HELP")
        taken.append((time.perf_counter() - began) / 100)
print(sorted(taken)[20] * 1e6)
"""
# Seconds from the navigation to the first frame in which a condition holds.
WHEN = """(condition) => new Promise((resolve) => {
  const holds = new Function(`return ${condition}`);
  const look = () => (holds() ? requestAnimationFrame(() => resolve(performance.now() / 1000)) : setTimeout(look, 5));
  look();
})"""
# A visitor who sends HELP in the very moment in which the console can take it.
AT_ONCE = """
const look = setInterval(() => {
  const form = document.querySelector("#console form");
  if (!form) return;
  clearInterval(look);
  form.querySelector("input").value = "HELP";
  form.requestSubmit();
}, 5);
"""
CURRENT = "window.jupyterapp?.shell?.currentWidget"
OUTPUTS = f"[...({CURRENT}?.content?.widgets ?? [])].flatMap((cell) => cell.model.toJSON().outputs ?? [])"
LESSON, PEER = "en/01-first-contact.ipynb", "en/00-print.ipynb"


@contextmanager
def served() -> Iterator[tuple[Path, str]]:
    """Build the site, put the peers beside it, and serve it, and return its folder and address."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        build_site(site)
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        (site / "size").write_text(str(size))
        (site / "bare.html").write_text(BARE)
        peer = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')", id="a")])
        peer.metadata = nbformat.read(site / "files" / LESSON, as_version=4).metadata
        nbformat.write(peer, site / "files" / PEER)
        listing = site / "api/contents/en/all.json"
        listed = json.loads(listing.read_text())
        listed["content"].append({**listed["content"][0], "name": PEER[3:], "path": PEER})
        listing.write_text(json.dumps(listed))
        with server(site) as running:
            thread = threading.Thread(target=running.serve_forever)
            thread.start()
            yield site, f"http://127.0.0.1:{running.server_address[1]}/"
            running.shutdown()
            thread.join()


def landing(page: Page, address: str) -> float:
    """Go to the landing page, send HELP as soon as the console is there, and return the seconds to its reply."""
    page.add_init_script(AT_ONCE)
    page.goto(address)
    return float(page.evaluate(WHEN, "document.querySelector('#console .log')?.textContent.includes('214 HELP topic')"))


def bare(page: Page, address: str) -> float:
    """Go to the bare page, and return the seconds to its print."""
    page.goto(f"{address}bare.html")
    return float(page.evaluate(WHEN, "document.querySelector('pre')?.textContent === 'hello'"))


def notebook(page: Page, address: str, path: str, shows: str) -> float:
    """Open a notebook and run it at once, and return the seconds to an output."""
    page.goto(f"{address}lab/index.html?path={path}")
    page.wait_for_function(f"{CURRENT}?.sessionContext?.session?.kernel && {CURRENT}.content.widgets.length")
    page.evaluate("""() => { jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
                             jupyterapp.commands.execute("notebook:run-all-cells"); }""")
    return float(page.evaluate(WHEN, f"JSON.stringify({OUTPUTS}).includes({shows!r})"))


def cold(browser: Browser, start: object, *details: str) -> float:
    """Start with nothing stored."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(90_000)
    taken: float = start(page, *details)  # type: ignore[operator]
    context.close()
    return taken


def shares(browser: Browser, site: Path, address: str) -> tuple[float, float]:
    """Load lesson 1 cold, and return the lab's own octets and all octets, as a compressing server would send them.

    Each file counts once: the service worker asks for many once more, and has them from the cache.
    """
    context = browser.new_context()
    page, requests = context.new_page(), set()
    context.on("requestfinished", lambda request: requests.add(urlsplit(request.url).path.removeprefix("/")))
    notebook(page, address, LESSON, "214-Commands")
    own = everything = 0
    for path in sorted(requests):
        if (site / path).is_file():
            octets = (site / path).read_bytes()
            size = len(octets) if path.endswith((".whl", ".zip")) else len(gzip.compress(octets, 6))
            everything += size
            own += size if Path(path).name.startswith(OWN) else 0
    context.close()
    return own, everything


def measure() -> Iterator[Row]:
    """Start each, in turn."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with served() as (site, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        ways = {
            "landing": (landing, address), "bare": (bare, address),
            "lesson": (notebook, address, LESSON, "214-Commands"), "print": (notebook, address, PEER, "hello"),
        }  # fmt: skip
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(STARTS):
            for name, way in ways.items():
                taken[name].append(cold(browser, *way))
        middle = {name: statistics.median(times) for name, times in taken.items()}
        yield Row("landing page to HELP, cold; peer: bare page", middle["landing"], middle["bare"], "s", 1.3)
        yield Row("lesson 1 to HELP, cold; peer: a print", middle["lesson"], middle["print"], "s", 1.15)
        page = browser.new_page()
        notebook(page, address, PEER, "hello")
        ran = page.evaluate(
            f"""async (code) => {{
                let told = "";
                const asked = {CURRENT}.sessionContext.session.kernel.requestExecute({{code}});
                asked.onIOPub = ({{content}}) => {{ told += content.text ?? ""; }};
                await asked.done;
                return told;
            }}""",
            ROUND_TRIP,
        )
        yield Row("HELP in the browser's kernel; bound", float(ran), 50, "us", 1)
        own, everything = shares(browser, site, address)
        yield Row("the lab's own octets of the first load; all", own / 1e6, everything / 1e6, "MB", 0.05)
        yield Row("the site on disk; bound", int((site / "size").read_text()) / 1e6, 45, "MB", 1)
        browser.close()
