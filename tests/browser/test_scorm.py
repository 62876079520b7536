"""The package for a learning platform, played by another project's run-time, its files typed as Moodle types them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from smtplab.site.scorm import build_package
from smtplab.site.serve import running
from tests.helpers.visiting import NEW_CELL, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

RUN_TIME = "scorm-again@3.4.3"
PLAYER = """<!doctype html><meta charset="utf-8"><title>a platform</title><link rel="icon" href="data:,">
<script src="scorm12.min.js"></script>
<script>
  const kept = localStorage.getItem("kept");
  window.API = new Scorm12API({ logLevel: 5 });
  const plain = API.LMSSetValue.bind(API);
  API.LMSSetValue = (name, value) => {
    if (name === "cmi.core.session_time") localStorage.setItem("time", value);
    return plain(name, value);
  };
  if (kept) API.loadFromJSON(JSON.parse(kept).cmi, "cmi");
  API.on("LMSCommit", () => localStorage.setItem("kept", JSON.stringify(API.renderCommitCMI(true))));
</script>
<style>html, body, iframe { border: 0; height: 100%; margin: 0; width: 100%; }</style>
<iframe id="sco" src="package/scorm/01-first-contact.html"></iframe>
"""
"""A learning platform's page, which keeps what it is told."""

TOLD = "() => [API.cmi.core.lesson_status, API.cmi.core.score.raw, JSON.parse(API.cmi.suspend_data)]"


TYPES = {
    ".html": "text/html",
    ".js": "application/x-javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


class _AsMoodleDoes(SimpleHTTPRequestHandler):
    """Serve a file by its ending as in Moodle's lib/classes/filetypes.php, which knows no module and no WebAssembly."""

    protocol_version = "HTTP/1.1"

    def guess_type(self, path: Any) -> str:
        return TYPES.get(Path(str(path)).suffix, "document/unknown")

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_args: Any) -> None:
        """Log nothing."""


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """Serve a folder as a learning platform would; yield its address."""
    with running(ThreadingHTTPServer(("127.0.0.1", 0), partial(_AsMoodleDoes, directory=str(folder)))) as address:
        yield address


@pytest.fixture(scope="module")
def package(site_folder: Path, tmp_path_factory: pytest.TempPathFactory, needs: Callable[..., None]) -> Path:
    """Return a folder with the package, unpacked, and a player beside it."""
    needs(shutil.which("npm"), "npm")
    folder = tmp_path_factory.mktemp("platform")
    shutil.copytree(site_folder, folder / "site")
    packed = build_package(folder / "site", "en")
    with zipfile.ZipFile(packed) as members:
        members.extractall(folder / "package")
    ran = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", RUN_TIME],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    shutil.copyfile(folder / "node_modules/scorm-again/dist/scorm12.min.js", folder / "scorm12.min.js")
    (folder / "player.html").write_text(PLAYER, "utf-8")
    return folder


def answer(page: Page, source: str) -> None:
    """Run a new cell in the lesson that is open on the platform."""
    frame = next(frame for frame in page.frames if "/lab/index.html" in frame.url)
    output = frame.evaluate(NEW_CELL, f"import smtplab\nwith smtplab.start() as lab:\n    print({source}.right)")
    assert [each["text"] for each in output] == ["True\n"]


def test_a_lesson_on_a_platform(browser: Browser, package: Path) -> None:
    """Each exercise that is done is told once it is, "completed" at the end, and a later visit begins with all that."""
    with platform(package) as address:
        context = browser.new_context(viewport={"width": 1300, "height": 900})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))

        def opened() -> None:
            page.goto(f"{address}player.html")
            page.frame_locator("#sco").frame_locator("iframe").locator("#smtplab-bar summary").wait_for()

        opened()
        said = page.frame_locator("#sco").locator("#said")
        expect(said).to_contain_text("0 of 3 exercises done")
        assert page.evaluate(TOLD) == ["incomplete", "0", []]
        answer(page, 'smtplab.check("01.help", "214", lab)')
        expect(said).to_contain_text("1 of 3 exercises done")
        assert page.evaluate(TOLD) == ["incomplete", "33", ["01.help"]]
        answer(page, 'smtplab.check("01.status", "500", lab)')
        expect(said).to_contain_text("2 of 3 exercises done")
        opened()
        expect(said).to_contain_text("2 of 3 exercises done")
        assert re.fullmatch(r"00:0\d:\d\d", page.evaluate("localStorage.time"))
        answer(page, 'smtplab.check("01.rcpt", "HELP RCPT", lab)')
        expect(said).to_contain_text("All 3 exercises done")
        assert page.evaluate(TOLD) == ["completed", "100", ["01.help", "01.status", "01.rcpt"]]
        context.close()
    assert errors == []


def test_without_a_platform_and_where_another_learner_was(browser: Browser, package: Path) -> None:
    """Without a platform the lesson says that nothing is told; what was answered before a visit is not told in it."""
    with platform(package) as address:
        context = browser.new_context(viewport={"width": 1300, "height": 900})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}package/scorm/01-first-contact.html")
        expect(page.locator("#said")).to_contain_text("No learning platform answers here")
        page.frame_locator("iframe").locator("#smtplab-bar summary").wait_for()
        answer(page, 'smtplab.check("01.help", "214", lab)')
        second = page.evaluate("Math.floor(Date.now() / 1000)")  # answers bear whole seconds
        page.wait_for_function(f"Math.floor(Date.now() / 1000) > {second}")
        page.goto(f"{address}player.html")
        page.frame_locator("#sco").frame_locator("iframe").locator("#smtplab-bar summary").wait_for()
        answer(page, 'smtplab.check("01.status", "500", lab)')
        expect(page.frame_locator("#sco").locator("#said")).to_contain_text("1 of 3 exercises done")
        assert page.evaluate(TOLD)[2] == ["01.status"]
        context.close()
