"""A lesson's start in the browser edition, and what the page says where something is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

from tests.helpers.paths import TOP
from tests.helpers.visiting import PATIENCE, outputs, run, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request, Route

    from tests.helpers.visiting import Visit

LESSON = "en/01-first-contact.ipynb"
TOLD = "#smtplab-told"

pytestmark = pytest.mark.timeout(400)


def test_the_drive_is_hardly_asked(visit: Visit) -> None:
    """From the navigation to the first reply to HELP the learner's drive is asked fewer than ten times."""
    asked: list[str] = []

    def seen(request: Request) -> None:
        if request.url.endswith("/api/drive"):
            asked.append(request.post_data or "")

    visit.context.on("request", seen)
    page = visit.lesson(LESSON)
    source = "import smtplab, email, wave\nwith smtplab.start() as lab:\n    print(lab.send('HELP').code)"
    assert run(page, source) == [("stdout", "214\n")]
    assert 0 < len(asked) < 10, asked


def test_modules_of_the_learner(visit: Visit) -> None:
    """A module beside the lesson is imported from there, a changed one anew; a shipped name is the shipped module."""
    page = visit.lesson(LESSON)
    write = "from pathlib import Path\nPath('mine.py').write_text('x = 1')\nPath('wave.py').write_text('x = 1')"
    assert run(page, f"{write};") == []
    assert run(page, "import mine, wave\nprint(mine.x, mine.__file__, hasattr(wave, 'x'))") == [
        ("stdout", "1 /drive/en/mine.py False\n")
    ]
    assert run(page, "Path('mine.py').write_text('x = 22')\nimport importlib\nprint(importlib.reload(mine).x)") == [
        ("stdout", "22\n")
    ]
    (missing,) = run(page, "import nosuchmodule")
    assert missing[1].endswith("No module named 'nosuchmodule'")


def test_the_second_visit(visit: Visit) -> None:
    """What a visit kept of Python starts the next, and the lesson shows the same; what is spoilt is put away."""
    warnings: list[str] = []
    page = visit.lesson(LESSON)
    page.locator("html[data-kept=true]").wait_for(state="attached", timeout=PATIENCE)
    built = nbformat.read(TOP / "notebooks" / LESSON, as_version=4)
    wanted = [shown(cell.outputs) for cell in built.cells if cell.cell_type == "code"]
    page = visit.lesson(LESSON)
    page.on("console", lambda message: warnings.append(message.text))
    assert [shown(cell) for cell in outputs(page)] == wanted
    assert run(page, "import random, uuid, pygments.lexers\nprint(1 / 0)")[-1][1].endswith("division by zero")
    first, second = (run(visit.lesson(LESSON), "import random\nprint(random.random())") for _ in range(2))
    assert first != second
    page.evaluate("""async () => { const cache = await caches.open("smtplab-start");
        for (const key of await cache.keys()) await cache.put(key, new Response(new Uint8Array(1 << 20))); }""")
    page = visit.lesson(LESSON)
    assert run(page, "print(1 + 1)") == [("stdout", "2\n")]


def test_a_plain_view(visit: Visit) -> None:
    """The plainer view runs a lesson too, and leads to JupyterLab."""
    page = visit.lesson(LESSON, "notebooks")
    assert run(page, "import smtplab\nwith smtplab.start() as lab:\n    print(lab.send('HELP').code)")[-1] == (
        "stdout", "214\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("start/packages.data", r"file start/packages\.data came changed.*(proxy|extension)"),
        ("static/pyodide/python_stdlib.zip", r"file static/pyodide/python_stdlib\.zip came changed"),
        ("build/lab/bundle.js", r"file build/lab/bundle\.js came changed"),
    ],
)
def test_a_file_that_came_changed(visit: Visit, file: str, sentence: str) -> None:
    """Where something on the way changes a file the page names it, and says what to do."""

    def change(route: Route) -> None:
        octets = route.fetch().body()
        route.fulfill(body=octets[: len(octets) // 2] + b"<script>", headers={"Content-Type": "text/javascript"})

    visit.context.route(f"**/{file}*", change)
    page = visit.page(f"lab/index.html?path={LESSON}")
    expect(page.locator(TOLD)).to_contain_text(re.compile(sentence), timeout=PATIENCE)
    visit.errors.clear()  # the browser has said so too


def test_a_file_that_did_not_come(visit: Visit) -> None:
    """Where a file is missing the page names it, and does not wait for ever."""
    visit.context.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    page = visit.page(f"lab/index.html?path=es/{LESSON[3:]}")
    expect(page.locator(TOLD)).to_contain_text(
        re.compile(r"archivo static/pyodide/pyodide\.asm\.wasm no ha llegado"), timeout=2 * PATIENCE
    )
    visit.errors.clear()


REFUSED = """Object.defineProperty(window, "%s", { get() { throw new DOMException("denied", "SecurityError"); } });"""


def test_storage_refused(visit: Visit) -> None:
    """Where the browser lets the site keep nothing, the page says so, and the lesson runs."""
    for name in ("indexedDB", "localStorage"):
        visit.context.add_init_script(REFUSED % name)
    page = visit.lesson(LESSON)
    expect(page.locator(TOLD)).to_contain_text("lets the site keep nothing")
    assert run(page, "import smtplab\nwith smtplab.start() as lab:\n    print(lab.send('HELP').code)")[-1] == (
        "stdout", "214\n",
    )  # fmt: skip
    visit.errors.clear()  # JupyterLite says where it could not write


def test_no_service_worker(visit: Visit) -> None:
    """Without a service worker the page says that progress is not kept, and the lesson runs."""
    visit.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = visit.lesson(LESSON)
    expect(page.locator(TOLD)).to_contain_text(re.compile("no service worker.*progress is not"))
    page.locator(TOLD).get_by_role("button", name="Close").click()
    expect(page.locator(TOLD)).to_have_count(0)
    assert run(page, "import smtplab\nwith smtplab.start() as lab:\n    print(lab.send('HELP').code)")[-1] == (
        "stdout", "214\n",
    )  # fmt: skip
    visit.errors.clear()


def test_an_old_browser(visit: Visit) -> None:
    """A browser that lacks what is needed is told so, in the lesson's language, instead of waiting."""
    visit.context.add_init_script("delete window.DecompressionStream")
    page = visit.page(f"lab/index.html?path=es/{LESSON[3:]}")
    expect(page.locator(TOLD)).to_contain_text("demasiado antiguo")
    visit.errors.clear()


def test_kept_for_offline(browser: Browser, visit: Visit, site: str) -> None:
    """Once kept, the landing page and a lesson work with the server gone; a file that came changed is never kept."""
    # one of the first that are asked for: while something is rerouted, Playwright lets no favicon.ico through
    visit.context.route("**/pyodide.mjs", lambda route: route.fulfill(body="changed"))
    page = visit.page("offline/en.html")
    page.get_by_role("button", name="Keep a copy").click()
    expect(page.locator("#said")).to_contain_text("static/pyodide/pyodide.mjs", timeout=PATIENCE)
    visit.errors.clear()
    visit.context.unroute("**/pyodide.mjs")
    page.get_by_role("button", name="Keep a copy").click()
    expect(page.locator("#said")).to_contain_text("The copy is whole", timeout=PATIENCE)
    visit.context.set_offline(True)
    page = visit.page("es/")
    page.locator("html[data-ready=true]").wait_for(timeout=PATIENCE)
    page = visit.lesson(LESSON)
    assert run(page, "import smtplab\nwith smtplab.start() as lab:\n    print(lab.send('HELP').code)")[-1] == (
        "stdout", "214\n",
    )  # fmt: skip
    visit.context.set_offline(False)
    visit.errors.clear()  # what is looked for and was never there
