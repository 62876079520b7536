"""The browser edition in three browsers: the landing page, every lesson, and the learner's work."""

from __future__ import annotations

import configparser
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from smtplab.site.build import build_site
from smtplab.site.landing import home
from smtplab.site.serve import serving
from smtplab.text.language import LANGUAGES
from tests.helpers import drivers
from tests.helpers.answering import CELLS, SHOW, START, answer_wrongly_and_rightly, run_all
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page


LESSONS = sorted(path.name for path in (TOP / "notebooks/en").glob("*.ipynb"))
PATIENCE = 90_000

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the site from this checkout and serve it as plain files; return its address."""
    folder = tmp_path_factory.mktemp("site") / "public"
    build_site(folder, cache=Path(os.environ.get("SMTPLAB_CACHE") or TOP / ".venv/smtplab-cache"))
    with serving(folder) as address:
        yield address


@dataclass
class Visit:
    """A visitor's browser: what it asked of others, and what went wrong."""

    context: BrowserContext
    site: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self, path: str) -> Page:
        """Open a page of the site."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.site + path)
        return page

    def lesson(self, name: str, app: str = "lab") -> Page:
        """Open a lesson and wait for its kernel."""
        page = self.page(f"{app}/index.html?path={name}")
        page.locator("#smtplab-bar summary").wait_for()
        return page

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        # JupyterLab asks where the files of a traceback are, of a server that is not there
        stock = "status of 404" in message.text and urlsplit(url).path.startswith("/api/")
        if message.type == "error" and not stock:
            self.errors.append(f"{message.text} {url}")


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


# --- the landing page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_landing_page(visit: Visit, picture: Callable[..., None], lang: str) -> None:
    """HELP typed gets 214, XSTATUS 211, each taken apart, and both stand side by side; axe finds nothing."""
    page = visit.page(home(lang))
    console = page.locator("#console")
    command = console.get_by_role("combobox", name={"en": "Command", "es": "Orden"}[lang])
    expect(command).to_be_focused()
    for line, code in (("HELP", "214"), ("XSTATUS", "211")):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text(code)
        expect(page.locator("#anatomy .part").first).to_contain_text(code[0])
        expect(page.locator("#anatomy .part-code").nth(2)).to_have_text(code[2])
    page.get_by_role("button", name="STATUS", exact=True).click()
    expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text("500")
    page.locator("#side_by_side").scroll_into_view_if_needed()
    expect(page.locator("#side_by_side .card .code")).to_have_text(["214", "211"])
    first, second = page.locator("#side_by_side input").all()
    first.fill("NOOP")
    second.fill("QUIT")
    second.press("Enter")
    expect(page.locator("#side_by_side .card .code")).to_have_text(["250", "221"])
    violations = Axe().run(page).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in violations] == []
    picture(page.locator("body"), f"landing-{lang}")


def test_from_the_landing_page_to_lesson_1(visit: Visit) -> None:
    """One click opens lesson 1 in the page's language; a bar shows in words how far it is until Python is there."""
    page = visit.page("es/")
    page.get_by_role("link", name="Abrir la lección 1").click()
    expect(page.locator("#smtplab-bar progress")).to_be_visible()
    expect(page.locator("#smtplab-bar")).to_contain_text(
        re.compile("Cargando JupyterLab|Abriendo la lección|Arrancando Python")
    )
    page.locator("#smtplab-bar summary").wait_for()
    expect(page.locator(".jp-Notebook")).to_contain_text("Primer contacto")


def test_where_python_cannot_start(visit: Visit) -> None:
    """Where a file of Python's is missing the page says so and which, and does not wait for ever."""
    visit.context.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    page = visit.page("")
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile("could not be started.*404.*asm.wasm"), timeout=PATIENCE
    )
    visit.errors.clear()  # the missing file is one


# --- the lessons


def outputs(page: Page) -> list[list[dict[str, Any]]]:
    """Run all cells of the open lesson; return each code cell's outputs."""
    run_all(page, PATIENCE)
    outputs: list[list[dict[str, Any]]] = page.evaluate(f"{CELLS}.map((cell) => cell.model.toJSON().outputs)")
    return outputs


def shown(outputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return what outputs show, as text, with what may change taken out by nbval's own rules."""
    rules = configparser.ConfigParser()
    rules.read(TOP / "smtplab/testing/nbval-sanitize.cfg")
    rows: list[tuple[str, str]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            if rows and rows[-1][0] == output["name"]:
                rows[-1] = (output["name"], rows[-1][1] + "".join(output["text"]))
            else:
                rows.append((output["name"], "".join(output["text"])))
        elif output["output_type"] == "error":
            rows.append(("error", f"{output['ename']}: {output['evalue']}"))
        else:
            drawn = "image/png" if any("vega" in kind for kind in output["data"]) else ""  # JupyterLab's, of the chart
            rows += [
                (kind, json.dumps(data, sort_keys=True) if isinstance(data, dict) else "".join(data))
                for kind, data in sorted(output["data"].items())
                if "widget" not in kind and kind != drawn
            ]
    for rule in rules.sections():
        rows = [(kind, re.sub(rules[rule]["regex"], rules[rule]["replace"], text)) for kind, text in rows]
    return rows


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_shows_what_it_shows_on_a_computer(visit: Visit, lesson: str, lang: str) -> None:
    """Each cell shows in the browser what is committed, but for what nbval's rules take out; exercises are answered."""
    built = nbformat.read(TOP / "notebooks" / lang / lesson, as_version=4)
    wanted = [shown(cell.outputs) for cell in built.cells if cell.cell_type == "code"]
    page = visit.lesson(f"{lang}/{lesson}")
    assert [shown(cell) for cell in outputs(page)] == wanted
    answer_wrongly_and_rightly(page, lesson, lang)


def test_the_widgets_in_a_lesson(visit: Visit, picture: Callable[..., None]) -> None:
    """In the browser's kernel the console and side by side answer, and the gallery opens a cell."""
    page = visit.lesson("en/01-first-contact.ipynb")
    run_all(page, PATIENCE)
    page.evaluate(START)
    console = page.locator(".smtplab-console").first
    console.scroll_into_view_if_needed()
    console.get_by_role("combobox", name="Command").focus()
    for line, code in (("HELP", "214"), ("XSTATUS", "211")):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text(code)
    picture(console, "browser-edition-console")
    run(page, "smtplab.side_by_side(lab, 'HELP', 'XSTATUS')")
    side = page.locator(".smtplab-side").first
    side.get_by_role("textbox").first.fill("NOOP")
    side.get_by_role("button", name="Compare").click()
    expect(side.locator(".card .code").first).to_have_text("250")
    page = visit.lesson("es/06-in-the-wild.ipynb")
    run_all(page, PATIENCE)
    page.evaluate(SHOW, "smtplab.gallery(")
    gallery = page.locator(".smtplab-gallery").first
    gallery.get_by_role("checkbox").uncheck()  # this lesson's asks for a prediction first
    gallery.get_by_role("button", name=re.compile("^exim-4.96, HELP: 214")).click()
    expect(gallery.locator(".details")).to_contain_text("Commands supported:")


NEW_CELL = """async (source) => {
  await jupyterapp.commands.execute("notebook:move-cursor-up");
  const notebook = jupyterapp.shell.currentWidget;
  const cells = notebook.content.model.sharedModel;
  cells.insertCell(cells.cells.length, {cell_type: "code", source});
  const cell = notebook.content.widgets.at(-1);
  notebook.content.activeCellIndex = notebook.content.widgets.length - 1;
  await jupyterapp.commands.execute("notebook:run-cell");
  return cell.model.toJSON().outputs;
}"""


def run(page: Page, source: str) -> list[tuple[str, str]]:
    """Run a new cell at the end of the lesson; return what it shows."""
    return shown(page.evaluate(NEW_CELL, source))


def test_what_a_browser_cannot_do(visit: Visit) -> None:
    """What needs a socket says in one sentence that a browser has none and what to use instead; that works."""
    page = visit.lesson("en/01-first-contact.ipynb")
    for source, pattern in (
        ("import smtplab; smtplab.start().address", r"NoAddress\S*: this lab has no address.*Use lab.send here"),
        ("smtplab.start(carrier='tcp')", r"LabError\S*: a browser tab has no sockets.*in memory"),
        ("smtplab.probe('127.0.0.1', 25)", r"ProbeError\S*: .*smtplab\.probe\(lab\)"),
        ("smtplab.probe(smtplab.start())", "<Probe of lab rfc5321 .*>"),
        ("with smtplab.start() as lab: print(lab.send('HELP').code, lab.carrier)", "214 memory"),
    ):
        (output,) = {text for kind, text in run(page, source) if "html" not in kind}
        assert re.search(pattern, output), output


# --- the learner's work


def test_work_survives_a_reload_and_can_be_begun_afresh(visit: Visit) -> None:
    """An edit and the progress are there after a reload; begun afresh, the lesson is as it came, the edit kept."""
    page = visit.lesson("en/01-first-contact.ipynb")
    edit = "jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel"
    come = page.evaluate(f"{edit}.getSource()")
    assert ("stdout", "True\n") in run(
        page, "import smtplab\nwith smtplab.start() as lab:\n    print(smtplab.check('01.help', '214', lab).right)"
    )
    page.evaluate(f"{edit}.setSource('# my notes')")
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#smtplab-bar summary").wait_for()
    assert page.evaluate(f"{edit}.getSource()") == "# my notes"
    assert run(page, "import smtplab\nprint(repr(smtplab.progress()))")[0][1].startswith("<Progress 1 of ")
    page.locator("#smtplab-bar summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").last.click()
    assert "# my notes" in download.value.path().read_text("utf-8")
    page.get_by_role("button", name="Begin afresh").click()
    expect(page.locator("#smtplab-bar .said")).to_have_text("Your version is kept as 01-first-contact.mine.ipynb.")
    page.wait_for_function(f"jupyterapp.shell.currentWidget?.content?.model && {edit}.getSource() !== '# my notes'")
    assert page.evaluate(f"{edit}.getSource()") == come
    kept = "jupyterapp.serviceManager.contents.get('en/01-first-contact.mine.ipynb', {content: true})"
    assert page.evaluate(f"{kept}.then((file) => file.content.cells[0].source)") == "# my notes"


# --- the other browsers


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_other_browsers(name: str, site: str, tmp_path: Path, needs: Callable[[object, str], None]) -> None:
    """Firefox and WebKit show 214 and 211 on the landing page, and run lesson 1 to its end as it is committed."""
    needs(drivers.have(name), name)
    with getattr(drivers, name)(tmp_path / name) as driver:
        driver.open(site)
        driver.until("document.documentElement.dataset.ready")
        for number, (command, code) in enumerate((("HELP", "214"), ("XSTATUS", "211")), 2):
            driver.evaluate(f"document.querySelector('[data-command={command}]').click()")
            assert driver.until(
                f"document.querySelectorAll('#console .exchange')[{number - 1}]?.querySelector('strong')?.textContent"
            ) == code  # fmt: skip
        driver.evaluate("document.querySelector('#side_by_side').scrollIntoView()")
        assert driver.until("document.querySelector('#side_by_side .code')?.textContent") == "214"
        driver.open(f"{site}lab/index.html?path=en/01-first-contact.ipynb")
        driver.until("document.querySelector('#smtplab-bar summary')")
        # without a window that has the focus, JupyterLab's notebook is told that it has it
        driver.evaluate(
            "[...jupyterapp.shell.widgets('main')].find((widget) => widget.sessionContext)"
            ".node.dispatchEvent(new FocusEvent('focus'));"
        )
        driver.evaluate("await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');")
        driver.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells');")
        driver.until(f"{CELLS}.every((cell) => cell.model.executionCount > 0)")
        cells = [
            shown(outputs) for outputs in driver.evaluate(f"return {CELLS}.map((cell) => cell.model.toJSON().outputs)")
        ]
    built = nbformat.read(TOP / "notebooks/en/01-first-contact.ipynb", as_version=4)
    assert cells == [shown(cell.outputs) for cell in built.cells if cell.cell_type == "code"]
