"""Which presenters each cell of a notebook shows, so that one whose output was replaced lets go of its lab."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from smtplab.widgets.presenter import Presenter


class Outputs:
    """What the cells show, told by IPython's own events of a cell's run."""

    def __init__(self, shell: Any) -> None:
        self._shown: dict[str, weakref.WeakSet[Presenter]] = {}
        self._now: weakref.WeakSet[Presenter] = weakref.WeakSet()
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def note(self, presenter: Presenter) -> None:
        """Note that the cell that runs now shows a presenter."""
        self._now.add(presenter)

    def _begin(self, _info: Any) -> None:
        self._now = weakref.WeakSet()

    def _end(self, result: Any) -> None:
        # where the front end names no cells, the same code is the same cell
        cell = getattr(result.info, "cell_id", None) or str(result.info.raw_cell)
        for presenter in self._shown.get(cell, weakref.WeakSet()) - self._now:
            presenter.release()
        self._shown[cell], self._now = self._now, weakref.WeakSet()
        for shown in self._shown.values():
            for presenter in shown:
                presenter.cell_ran()


_outputs: weakref.WeakKeyDictionary[Any, Outputs] = weakref.WeakKeyDictionary()


def note(presenter: Presenter) -> None:
    """Note that a presenter is shown, by the cell that runs now; outside IPython nothing is kept."""
    shell = get_ipython()
    if shell is not None:
        if shell not in _outputs:
            _outputs[shell] = Outputs(shell)
        _outputs[shell].note(presenter)
