"""What every presenter has: its texts, its state, perhaps a lab, and two ways out to whoever shows it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, ClassVar

from smtplab.errors import LabStopped
from smtplab.text.language import speaking
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.lab.lab import Lab


_say = Sentences("widgets/errors")


class Presenter:
    """State to be shown and answers to what a page asks, in one language.

    lang: the language, else the one that is set. Raises UnknownName for another.
    lab: whom it asks, or None. It is held until `release`; afterwards it is there as long as somebody else holds it.
    name: the widget's, which is its folder's.
    state: what a page shows, as plain data; `show` changes it.
    on_show: is told each change of state. tell: takes a message to every page that shows this.
    """

    name: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.name = cls.__module__.split(".")[-2]

    def __init__(self, lang: str | None = None, lab: Lab | None = None) -> None:
        self.say = Texts(f"widgets/{self.name}/texts", lang)
        self.lang = self.say.lang
        texts = {**Texts("widgets/texts", self.lang).all(), **self.say.all()}
        self.state: dict[str, Any] = {"texts": texts, "lang": self.lang}
        self.on_show: Callable[[dict[str, Any]], None] = lambda _changes: None
        self.tell: Callable[[dict[str, Any]], None] = lambda _message: None
        self._lab: Callable[[], Lab | None] = (lambda: None) if lab is None else weakref.ref(lab)
        self._held = lab

    @property
    def lab(self) -> Lab:
        """The lab. Raises LabStopped where there is none any more."""
        lab = self._lab()
        if lab is None:
            raise LabStopped(_say("nobody_holds", self.lang))
        return lab

    def hold(self) -> None:
        """Hold the lab, if it is still there: a page shows this."""
        self._held = self._lab()

    def release(self) -> None:
        """Let go of the lab: no page shows this any more. A lab that nobody holds stops."""
        self._held = None

    def take_up(self, lab: Lab) -> None:
        """Ask another lab from now on, and hold it."""
        self._lab, self._held = weakref.ref(lab), lab

    def cell_ran(self) -> None:
        """Look whether a cell of the notebook has changed what is shown."""

    def show(self, **changes: Any) -> None:
        """Change the state."""
        self.state.update(changes)
        self.on_show(changes)

    def take(self, content: dict[str, Any]) -> None:
        """Take a message from a page; what goes wrong is told in this presenter's language."""
        with speaking(self.lang):
            self.received(content)

    def received(self, content: dict[str, Any]) -> None:
        """Answer a message from a page."""

    def plain(self) -> str:
        """Return HTML that reads well where no widget runs."""
        raise NotImplementedError
