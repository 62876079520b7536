"""A visit to the browser edition: what was opened, what it asked of others, what went wrong, what cells show."""

from __future__ import annotations

import configparser
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.helpers.answering import CELLS, run_all
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

PATIENCE = 90_000
"""Milliseconds that a page may take for one step."""

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


def run(page: Page, source: str) -> list[tuple[str, str]]:
    """Run a new cell at the end of the lesson; return what it shows."""
    return shown(page.evaluate(NEW_CELL, source))
