"""The widgets in a notebook: one shell over a presenter, and a function for each widget that makes one.

The shell's traits are the presenter's state, whatever that is. A widget shows, it decides nothing.
A widget is registered by its function here, which stands in `WIDGETS`, and by its name in `smtplab`. The function
loads its presenter: a notebook shows few of them, and a kernel holds what it loads.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from smtplab.protocol.reply import Reply
from smtplab.text.html import as_text
from smtplab.text.sentences import Sentences
from smtplab.widgets import outputs
from smtplab.widgets.files import module, stylesheet
from smtplab.widgets.live import LivePresenter
from smtplab.widgets.views import sendable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from smtplab.lab.lab import Lab
    from smtplab.protocol.transcript import Transcript
    from smtplab.widgets.presenter import Presenter


_say = Sentences("widgets/errors")


class LabWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is not typed for subclassing
    """A presenter in a notebook: each name of its state is a trait of the widget.

    presenter: whom to show.

    ipywidgets holds every widget that was opened until it is closed, so a widget is opened when it is first shown. The
    lab is let go of when the widget is closed, and when the cell that showed it has run again and does not show it any
    more; from then on the widget answers as long as somebody else holds the lab.
    """

    def __init__(self, presenter: Presenter) -> None:
        self.presenter = presenter
        super().__init__(**sendable(presenter.state))
        presenter.on_show = self._show
        presenter.tell = self._tell
        if isinstance(presenter, LivePresenter):
            with suppress(RuntimeError):  # no loop runs here: a plain Python session
                presenter.loop = asyncio.get_running_loop()
        self.on_msg(lambda _widget, content, _buffers: presenter.take(content))

    def add_traits(self, **traits: Any) -> None:
        """Add the traits that the class has not: with them comes a class of this widget's own."""
        if missing := {name: trait for name, trait in traits.items() if not self.has_trait(name)}:
            super().add_traits(**missing)

    def open(self) -> None:
        """Do nothing yet: the model is opened when a page first needs its id."""

    @property
    def model_id(self) -> Any:
        """The model's id in the page."""
        if self.comm is None:
            super().open()
        return super().model_id

    def close(self) -> None:
        """Leave the page and let go of the lab, which stops if nobody else holds it."""
        self.presenter.release()
        super().close()

    def answer(self, answer: Any) -> Any:
        """Answer an exercise from Python, and return the feedback. Raises what `smtplab.check` raises.

        answer: as the exercise's kind has it. Raises AttributeError on a widget that is no exercise.
        """
        return self.presenter.answer(answer)  # type: ignore[attr-defined]  # only an exercise has it

    def plain(self) -> str:
        """Return HTML that reads well where no widget runs."""
        return as_text(self.presenter.plain())

    def _tell(self, message: dict[str, Any]) -> None:
        self.send(sendable(message))

    def _show(self, changes: dict[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self, name, sendable(value))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self.presenter.hold()
        outputs.note(self.presenter)
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": repr(self), "text/html": self.plain()}, metadata

    def __repr__(self) -> str:
        return repr(self.presenter)


@cache
def _class_of(name: str, state: tuple[str, ...]) -> type[LabWidget]:
    """Return a widget's class, the shell with its module, its stylesheet and the names of its presenter's state."""
    own = f"{name.title().replace('_', '')}Widget"
    body: dict[str, Any] = {each: traitlets.Any().tag(sync=True) for each in state}
    texts = {"_esm": module(name), "_css": stylesheet(name), "_anywidget_id": f"{__name__}.{own}"}  # tells styles apart
    body |= {each: traitlets.Unicode(text).tag(sync=True) for each, text in texts.items()}
    return type(own, (LabWidget,), {**body, "__module__": __name__})


def _widget(presenter: Presenter) -> LabWidget:
    return _class_of(presenter.name, tuple(presenter.state))(presenter)


def anatomy(reply: Reply | bytes, *, lang: str | None = None) -> LabWidget:
    """Take a reply apart: every octet, CR and LF too. The plain equivalent: `reply.parts` and `reply.defects`.

    reply: a Reply, or octets. Raises NotAReply for octets that are no reply.
    lang: "en" or "es", else the language that is set.
    """
    from smtplab.widgets.anatomy.presenter import AnatomyPresenter

    return _widget(AnatomyPresenter(reply if isinstance(reply, Reply) else Reply(reply), lang))


def console(lab: Lab, *, lang: str | None = None) -> LabWidget:
    """Make a console for a lab: type a command, see the reply taken apart and explained.

    The plain equivalent: `lab.send(...)` and `print(lab.transcript)`.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    from smtplab.widgets.console.presenter import ConsolePresenter

    return _widget(ConsolePresenter(lab, lang))


def exercise(exercise_id: str, lab: Lab | None = None, *, seed: int = 0, lang: str | None = None) -> LabWidget:
    """Make an exercise or a prediction. The plain equivalent: `smtplab.check(exercise_id, answer, lab, seed=seed)`.

    lab: the learner's lab, which is left alone: an exercise that asks a server asks one of its own.
    seed: in which case it is asked: 0 is the lesson's own question, 1 and on ask the same of another case.
    lang: "en" or "es", else the language that is set.
    Raises UnknownName for an unknown exercise or language, TypeError for a seed that is no whole number.
    """
    from smtplab.widgets.exercise.presenter import ExercisePresenter

    return _widget(ExercisePresenter(exercise_id, lab, lang, seed=seed))


def gallery(*, predict: bool = False, lang: str | None = None) -> LabWidget:
    """Make the gallery of recorded servers: what each answered. The plain equivalent: `print(smtplab.survey())`.

    predict: hide each code until the reader has predicted it; the reader may switch it on and off.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    from smtplab.widgets.gallery.presenter import GalleryPresenter

    return _widget(GalleryPresenter(lang, predict=predict))


def sequence(lab: Lab | Transcript | str, *, lang: str | None = None) -> LabWidget:
    """Show who said what, and when, as a diagram. The plain equivalent: `print(lab.transcript)`.

    lab: a Lab, which is followed as it goes on; a Transcript; or the name of a recorded server (or the file of a
      recording of your own), for what it answered in each phase.
    Times are in milliseconds since the lab's client first connected; a recording has none.
    lang: "en" or "es", else the language that is set.
    Raises UnknownName for a name or language that there is not; RecordingError and OSError for a file; TypeError for
    what is none of these.
    """
    from smtplab.widgets.sequence.presenter import SequencePresenter

    return _widget(SequencePresenter(lab, lang))


def game(number: int = 1, *, lang: str | None = None) -> LabWidget:
    """Make the game: ten recorded replies to be guessed. The plain equivalent: `print(smtplab.survey())`.

    number: which round, from 1; a number is the same round for everybody.
    lang: "en" or "es", else the language that is set.
    Raises TypeError and ValueError for what is no round's number; UnknownName for another language.
    """
    from smtplab.widgets.game.presenter import GamePresenter

    return _widget(GamePresenter(number, lang))


def lookup(entry: str | int = "", *, lang: str | None = None) -> LabWidget:
    """Look up a code, two codes, a reply, or the replies in a mail log.

    The plain equivalent: `print(smtplab.explain(554))` and `print(smtplab.compare(211, 214))`.

    entry: what is looked up at first, such as 554, "211 214", or text with replies in it.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    from smtplab.widgets.lookup.presenter import LookupPresenter

    return _widget(LookupPresenter(str(entry), lang))


def side_by_side(lab: Lab | None, first: str | int, second: str | int, *, lang: str | None = None) -> LabWidget:
    """Show two commands' replies, or two codes, side by side. The plain equivalent: `print(smtplab.compare(a, b))`.

    lab: whom to send the commands to; it may be None where `first` and `second` are codes (numbers).
    lang: "en" or "es", else the language that is set.
    Raises what `Lab.send` raises; NotACode for what cannot be a code; UnknownName for another language; TypeError for
    a command and a code.
    """
    if lab is not None and isinstance(first, int) != isinstance(second, int):
        raise TypeError(_say("one_of_each", lang, first=repr(first), second=repr(second)))
    from smtplab.widgets.side_by_side.presenter import SideBySidePresenter

    return _widget(SideBySidePresenter(lab, first, second, lang))


def status(lab: Lab, *, lang: str | None = None) -> LabWidget:
    """Show the figures behind 211 as they are now, and what changes each. The plain equivalent: `lab.send("XSTATUS")`.

    lab: whose server counts. The figures follow every command, whoever sends it: cells, widgets, other programs.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    from smtplab.widgets.status.presenter import StatusPresenter

    return _widget(StatusPresenter(lab, lang))


def watch_class(
    folder: str | os.PathLike[str], *, anonymous: bool = False, at_least: int = 3, lang: str | None = None
) -> LabWidget:
    """Show how a class gets on, live: it follows a folder in which learners' answers are, and is new a second later.

    The plain equivalent, once: `smtplab class report FOLDER`. folder: has a folder or a zip for each learner.
    anonymous: numbers instead of names. at_least: how many learners must have a wrong idea before it is told.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another, OSError for a folder that is not
    there.
    """
    from smtplab.widgets.watch_class.presenter import WatchClassPresenter  # only a teacher needs it

    return _widget(WatchClassPresenter(folder, lang, anonymous=anonymous, at_least=at_least))


WIDGETS: dict[str, Callable[..., LabWidget]] = {
    maker.__name__: maker
    for maker in (anatomy, console, exercise, gallery, game, lookup, sequence, side_by_side, status, watch_class)
}
"""Each widget's folder → the function that makes one."""
