"""The browser edition in Chromium: the landing page and lesson 1 against bare peers on the same Pyodide.

Each cold start is a new browser context with nothing stored. The peer of lesson 1 is a notebook that only prints, in
the same JupyterLite as its own build makes it, without what the site adds to start sooner. A second visit, and one that
comes from the landing page, have the cold start of the same run as peer. A plain bound stands as its own peer.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nbformat

from benchmarks.row import Row
from smtplab.site.build import build_site
from smtplab.site.parts import BuildCache, default_cache
from smtplab.site.serve import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

OWN = {"aiosmtpd", "attr", "attrs", "public", "smtplab"}
STARTS = int(os.environ.get("SMTPLAB_STARTS", "7"))
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
def served() -> Iterator[tuple[Path, str, str]]:
    """Build the site, and JupyterLite as it is with the peer in it; serve both, and return the folder and addresses."""
    with tempfile.TemporaryDirectory() as folder:
        site, plain = Path(folder) / "site", Path(folder) / "plain"
        build_site(site)
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        (site / "size").write_text(str(size))
        (site / "bare.html").write_text(BARE)
        shutil.copytree(BuildCache(default_cache() / "site", lambda _line: None).lite(), plain)
        peer = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')", id="a")])
        peer.metadata = nbformat.read(plain / "files" / LESSON, as_version=4).metadata
        nbformat.write(peer, plain / "files" / PEER)
        listing = plain / "api/contents/en/all.json"
        listed = json.loads(listing.read_text())
        listed["content"].append({**listed["content"][0], "name": PEER[3:], "path": PEER})
        listing.write_text(json.dumps(listed))
        with serving(site) as address, serving(plain) as peers:
            yield site, address, peers


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
    page.set_default_timeout(200_000)
    taken: float = start(page, *details)  # type: ignore[operator]
    context.close()
    return taken


def lesson(page: Page, address: str) -> float:
    """Open lesson 1 and run it at once, and return the seconds to its first reply to HELP."""
    return notebook(page, address, LESSON, "214-Commands")


def again(browser: Browser, address: str) -> float:
    """Return what a second visit to lesson 1 takes; the first was left in peace until it had kept what it keeps."""
    context = browser.new_context()
    for _visit in ("first", "second"):
        page = context.new_page()
        page.set_default_timeout(200_000)
        taken = lesson(page, address)
        if _visit == "first":
            page.locator("html[data-kept]").wait_for(state="attached")
        page.close()
    context.close()
    return taken


def from_landing(browser: Browser, address: str) -> float:
    """Return what lesson 1 takes for a visitor who was on the landing page for ten seconds, its server running."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(200_000)
    page.goto(address)
    page.locator("html[data-ready=true]").wait_for(state="attached")
    page.wait_for_timeout(10_000)
    taken = lesson(page, address)
    context.close()
    return taken


def shares(browser: Browser, site: Path, address: str) -> tuple[float, float]:
    """Load lesson 1 cold, and return the lab's own octets and all octets, as a compressing server would send them.

    Each file counts once: the service worker asks for many once more, and has them from the cache.
    """
    context = browser.new_context()
    page, requests = context.new_page(), set()
    context.on("requestfinished", lambda request: requests.add(urlsplit(request.url).path.removeprefix("/")))
    page.set_default_timeout(200_000)
    lesson(page, address)
    context.close()
    everything = 0
    for path in sorted(requests):
        if (site / path).is_file():
            octets = (site / path).read_bytes()
            everything += len(octets) if path.endswith((".data", ".zip")) else len(gzip.compress(octets, 6))
    with tarfile.open(site / "start/packages.data") as archive:
        members = [member for member in archive if member.name.split("/")[0] in OWN]
        own = b"".join(archive.extractfile(member).read() for member in members)  # type: ignore[union-attr]
    return len(gzip.compress(own, 9)), everything


def measure() -> Iterator[Row]:
    """Start each, in turn."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with served() as (site, address, peers), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        ways = {
            "landing": lambda: cold(browser, landing, address), "bare": lambda: cold(browser, bare, address),
            "lesson": lambda: cold(browser, lesson, address),
            "print": lambda: cold(browser, notebook, peers, PEER, "hello"),
            "again": lambda: again(browser, address), "from landing": lambda: from_landing(browser, address),
        }  # fmt: skip
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(STARTS):
            for name, way in ways.items():
                taken[name].append(way())
        middle = {name: statistics.median(times) for name, times in taken.items()}
        yield Row("landing page to HELP, cold; peer: bare page", middle["landing"], middle["bare"], "s", 1.15)
        yield Row("lesson 1 to HELP, cold; peer: a print", middle["lesson"], middle["print"], "s", 1)
        yield Row("lesson 1, second visit; peer: cold", middle["again"], middle["lesson"], "s", 0.6)
        yield Row("lesson 1 from the landing page; peer: cold", middle["from landing"], middle["lesson"], "s", 0.6)
        page = browser.new_page()
        page.set_default_timeout(200_000)
        lesson(page, address)
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
