"""What every presenter has: its texts, its state, and two ways out to whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable


class Presenter:
    """State to be shown and answers to what a page asks, in one language.

    name: of the widget, whose folder has its texts.
    lang: the language, else the one that is set. Raises UnknownName for another.
    state: what a page shows, as plain data; `show` changes it.
    on_show: is told each change of state. tell: takes a message to every page that shows this.
    """

    def __init__(self, name: str, lang: str | None = None) -> None:
        self.name = name
        self.say = Texts(f"widgets/{name}/texts", lang)
        self.lang = self.say.lang
        shown = {**Texts("widgets/texts", self.lang).all(), **self.say.all()}
        self.state: dict[str, Any] = {"texts": shown, "lang": self.lang}
        self.on_show: Callable[[dict[str, Any]], None] = lambda _changes: None
        self.tell: Callable[[dict[str, Any]], None] = lambda _message: None

    def show(self, **changes: Any) -> None:
        """Change the state."""
        self.state.update(changes)
        self.on_show(changes)

    def received(self, content: dict[str, Any]) -> None:
        """Take a message from a page."""

    def plain(self) -> str:
        """Return HTML that reads well where no widget runs."""
        raise NotImplementedError
