"""A widget's module in one blank page, over a small model and the presenter itself: no Jupyter, no server, no file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smtplab.widgets.files import module, stylesheet
from smtplab.widgets.live import LivePresenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from smtplab.widgets.presenter import Presenter

BLANK = "<!doctype html><html lang='en'><title>blank</title><body></body></html>"

# What a widget's module needs of its model, and what a page without Jupyter has to have.
SMALL_MODEL = """
(state) => {
  const listeners = new Map(), sent = [], saved = [];
  const call = (event, ...values) => [...listeners.get(event) ?? []].forEach((listener) => listener(...values));
  return {
    sent, saved,
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => saved.push(structuredClone(state)),
    on: (event, listener) => listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    off: (event, listener) => listeners.get(event)?.delete(listener),
    send: (content) => sent.push(content),
    change: (changes) => {
      Object.assign(state, changes);
      Object.keys(changes).forEach((name) => call(`change:${name}`));
    },
    receive: (content) => call("msg:custom", content),
    lost: () => call("comm_live_update"),
    listening: () => [...listeners.values()].reduce((count, each) => count + each.size, 0),
  };
}
"""

MOUNT = f"""
async ([source, style, state, alive]) => {{
  const url = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
  const {{ default: widget }} = await import(url);
  URL.revokeObjectURL(url);
  document.head.append(Object.assign(document.createElement("style"), {{ textContent: style }}));
  const cell = document.body.appendChild(document.createElement("div"));
  Object.assign(cell, {{ className: "jp-Cell", tabIndex: -1 }});
  const el = cell.appendChild(document.createElement("div")), model = ({SMALL_MODEL})(state);
  el.classList.toggle("jupyter-widgets-disconnected", !alive); // as JupyterLab marks a view without a kernel
  globalThis.pressed = [];
  document.onkeydown = ({{ key, target }}) => {{ // what a notebook would hear: Lumino leaves out what is marked so
    if (!target.closest("[data-lm-suppress-shortcuts]")) pressed.push(key);
  }};
  (globalThis.mounted ??= []).push({{ model, el, destroy: widget.render({{ model, el }}) }});
  return mounted.length - 1;
}}
"""


class Later:
    """An event loop, for a presenter that looks later: it does when it is told to."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []

    def is_closed(self) -> bool:
        """Return False."""
        return False

    def call_soon_threadsafe(self, call: Callable[[], None]) -> None:
        """Note a call."""
        self._calls.append(call)

    def run(self) -> None:
        """Call what was noted."""
        calls, self._calls = self._calls, []
        for call in calls:
            call()


@dataclass
class Mounted:
    """A widget in the page, and the presenter behind it.

    alive: whether there is a kernel behind it. number: which of the page's widgets it is. sent: what the widget has
    sent to its presenter.
    """

    page: Page
    presenter: Presenter
    alive: bool = True
    number: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)
    later: Later = field(default_factory=Later)

    def __post_init__(self) -> None:
        name = self.presenter.name
        state = json.loads(json.dumps(self.presenter.state))
        self.number = self.page.evaluate(MOUNT, [module(name), stylesheet(name), state, self.alive])
        self.presenter.on_show = lambda changes: self._call("change", changes)
        self.presenter.tell = lambda message: self._call("receive", message)
        if isinstance(self.presenter, LivePresenter):
            self.presenter.loop = self.later  # type: ignore[assignment]  # all that it needs of one
            self.presenter.looked = float("inf")  # never at once: a page cannot be asked in the midst of a command
        self.answer()

    def _call(self, name: str, value: Any = None) -> Any:
        return self.page.evaluate("([at, name, value]) => mounted[at].model[name](value)", [self.number, name, value])

    @property
    def el(self) -> Locator:
        """The widget's element."""
        return self.page.locator(".smtplab").nth(self.number)

    def answer(self) -> list[dict[str, Any]]:
        """Have the presenter look, and answer what the widget sent since the last time; return what that was."""
        self.later.run()
        messages: list[dict[str, Any]] = self.page.evaluate("at => mounted[at].model.sent.splice(0)", self.number)
        self.sent += messages
        for message in messages:
            self.presenter.received(message)
        return messages

    def press(self, *keys: str) -> None:
        """Press keys, and have what they send answered."""
        for key in keys:
            self.page.keyboard.press(key)
        self.answer()

    def type(self, text: str, *keys: str) -> None:
        """Type a text and press keys, and have what they send answered."""
        self.page.keyboard.type(text)
        self.press(*keys)

    def pressed(self) -> list[str]:
        """Return the keys that got past the widget, to what would be the notebook."""
        keys: list[str] = self.page.evaluate("() => pressed.splice(0)")
        return keys

    def saved(self) -> list[dict[str, Any]]:
        """Return the states that the widget has saved."""
        states: list[dict[str, Any]] = self.page.evaluate("at => mounted[at].model.saved", self.number)
        return states

    def lose_python(self) -> None:
        """Have the kernel restarted: the view is marked, and its model says so."""
        self.page.evaluate(
            "at => { mounted[at].el.classList.add('jupyter-widgets-disconnected'); mounted[at].model.lost(); }",
            self.number,
        )

    def destroy(self) -> int:
        """Take the widget away, and return how many listeners it leaves on its model."""
        count: int = self.page.evaluate("at => (mounted[at].destroy(), mounted[at].model.listening())", self.number)
        return count
