"""The landing page's Python side: a lab in memory, and the presenters that its widgets show. JSON text in and out.

>>> posts = []
>>> page = Page("en", posts.append)
>>> page.received('{"to": "console", "content": {"type": "command", "line": "HELP"}}')
>>> [json.loads(text)["to"] for text in posts][-2:]
['console', 'anatomy']
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from smtplab.lab.lab import start
from smtplab.widgets.console.presenter import ConsolePresenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.transcript import Exchange
    from smtplab.widgets.presenter import Presenter


class Page:
    """A lab and its presenters for a page without Jupyter. What comes is {"to": presenter, "content": message}.

    lang: "en" or "es". post: takes what goes to the page, as JSON: {"to": presenter, "type": "made", "state" or
    "message", "value": what was made, what has changed, or the message}.
    The console is made at once. The anatomy of the last reply is made with the first reply; what stands side by side,
    when the page says {"to": "page", "content": {"type": "compare"}}.
    """

    def __init__(self, lang: str, post: Callable[[str], None]) -> None:
        self._lang = lang
        self._post = post
        self._lab = start(carrier="memory")
        self._presenters: dict[str, Presenter] = {}
        self._add(ConsolePresenter(self._lab, lang))

    def received(self, text: str) -> None:
        """Take a message from the page."""
        message = json.loads(text)
        if message["to"] == "page":
            self._compare()
            return
        length = len(self._lab.transcript)
        self._presenters[message["to"]].take(message["content"])
        if message["to"] == "console" and len(self._lab.transcript) > length:
            self._take_apart(self._lab.transcript[-1])

    def _take_apart(self, exchange: Exchange) -> None:
        from smtplab.widgets.anatomy.presenter import AnatomyPresenter  # not needed before the first reply

        anatomy = self._presenters.get("anatomy")
        if exchange.reply is None:
            return
        if isinstance(anatomy, AnatomyPresenter):
            anatomy.take_apart(exchange.reply)
        else:
            self._add(AnatomyPresenter(exchange.reply, self._lang))

    def _compare(self) -> None:
        from smtplab.widgets.side_by_side.presenter import SideBySidePresenter  # nor is this

        if "side_by_side" not in self._presenters:
            # a lab of its own: what is compared does not stand in the visitor's console
            own = start(carrier="memory")
            self._add(SideBySidePresenter(own, "HELP", "XSTATUS", self._lang))

    def _add(self, presenter: Presenter) -> None:
        name = presenter.name
        self._presenters[name] = presenter
        presenter.on_show = lambda changes: self._tell(name, "state", changes)
        presenter.tell = lambda message: self._tell(name, "message", message)
        self._tell(name, "made", presenter.state)

    def _tell(self, name: str, kind: str, value: dict[str, Any]) -> None:
        self._post(json.dumps({"to": name, "type": kind, "value": value}))
