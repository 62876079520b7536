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
    The console is made at once, the anatomy of the last reply with the first reply. The rest is made when the page asks
    "page" for it: {"type": "compare"} is what stands side by side, {"type": "game", "number": 12} a round of the game,
    {"type": "lookup", "entry": "554"} a look-up. {"type": "experiment", "name": "make-421"} makes an experiment in the
    console, and {"type": "reset"} has the lab's own server answer again.
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
        content, length = message["content"], len(self._lab.transcript)
        if message["to"] == "page":
            wishes = {
                "compare": self._compare, "game": self._game, "lookup": self._lookup,
                "experiment": self._experiment, "reset": self._reset,
            }  # fmt: skip
            wishes[content["type"]](content)
        else:
            self._presenters[message["to"]].take(content)
        if len(self._lab.transcript) > length:
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

    def _game(self, content: dict[str, Any]) -> None:
        from smtplab.widgets.game.presenter import GamePresenter  # it reads every recording

        if "game" not in self._presenters:
            self._add(GamePresenter(1, self._lang))
        self._presenters["game"].take({"type": "round", "number": content.get("number", 1)})

    def _lookup(self, content: dict[str, Any]) -> None:
        from smtplab.widgets.lookup.presenter import LookupPresenter

        if "lookup" not in self._presenters:
            self._add(LookupPresenter(lang=self._lang))
        if content.get("entry"):
            self._presenters["lookup"].take({"type": "look", "entry": content["entry"]})

    def _experiment(self, content: dict[str, Any]) -> None:
        from smtplab.course.experiments import experiment, experiments

        if content.get("name") in experiments():
            experiment(content["name"], self._lab, lang=self._lang)
            self._presenters["console"].take({"type": "hello"})  # it tells the page all that is new to it

    def _reset(self, _content: dict[str, Any]) -> None:
        self._presenters["console"].take({"type": "personality", "name": "rfc5321"})

    def _compare(self, _content: dict[str, Any]) -> None:
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
