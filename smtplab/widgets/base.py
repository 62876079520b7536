"""What every widget shares: a presenter's state as traits, its messages, and its HTML where no widget runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from smtplab.presenters.base import Presenter

HERE = Path(__file__).parent


def stylesheet(name: str) -> str:
    """Give a widget's stylesheet, after the one that all share."""
    return "".join((HERE / f"{file}.css").read_text("utf-8") for file in ("common", name))


class LabWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is not typed for subclassing
    """A presenter in a notebook: each name of its state is a trait of the widget.

    presenter: whom to show.
    """

    texts = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)

    def __init__(self, presenter: Presenter) -> None:
        self.presenter = presenter
        super().__init__(**presenter.state)
        presenter.on_show = self._show
        presenter.tell = self._tell
        self.on_msg(lambda _widget, content, _buffers: presenter.received(content))

    def _tell(self, message: dict[str, Any]) -> None:
        self.send(message)

    def _show(self, changes: dict[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self, name, value)

    def plain(self) -> str:
        """Give HTML that reads well where no widget runs."""
        return self.presenter.plain()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": repr(self), "text/html": self.plain()}, metadata

    def __repr__(self) -> str:
        return repr(self.presenter)
