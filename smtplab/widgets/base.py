"""What every widget shares: its texts, its short repr, and the HTML that is shown where no widget runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from smtplab.texts import Texts

HERE = Path(__file__).parent


def stylesheet(name: str) -> str:
    """Give a widget's stylesheet, after the one that all share."""
    return "".join((HERE / f"{file}.css").read_text("utf-8") for file in ("common", name))


class LabWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is not typed for subclassing
    """A widget in one language.

    name: which of the texts in data/widgets.toml it shows: those whose key begins with it.
    lang: the language, else the one that is set.
    """

    texts = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, lang: str | None = None, **state: Any) -> None:
        self.say = Texts("widgets", lang)
        shown = {key: text for key, text in self.say.all().items() if key.startswith((f"{name}_", "all_"))}
        super().__init__(texts=shown, lang=self.say.lang, **state)
        self.on_msg(self._on_message)

    def _on_message(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        self.received(content)

    def received(self, content: dict[str, Any]) -> None:
        """Take a message from the page."""

    def plain(self) -> str:
        """Give HTML that reads well where no widget runs."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": repr(self), "text/html": self.plain()}, metadata
