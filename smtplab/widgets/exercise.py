"""The exercise widget: a question, an answer, and the feedback made for that answer. The checks are in exercises.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from smtplab.errors import SmtplabError
from smtplab.exercises import Feedback, check, exercise
from smtplab.html import paragraphs
from smtplab.texts import Texts

if TYPE_CHECKING:
    from smtplab.lab import Lab

_HERE = Path(__file__).parent


class ExerciseWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback.

    exercise_id: one of `smtplab.exercises.exercises()`.
    lab: whose server decides.
    Raises UnknownName for an unknown exercise.
    """

    _esm = _HERE / "exercise.js"
    _css = _HERE / "exercise.css"

    question = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    prediction = traitlets.Bool().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)
    given = traitlets.Unicode().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)

    def __init__(self, exercise_id: str, lab: Lab, lang: str | None = None) -> None:
        self._exercise = exercise(exercise_id, lang)
        self._lab = lab
        texts = Texts("widgets", self._exercise.lang).all()
        super().__init__(
            question=self._exercise.question,
            kind=self._exercise.kind,
            options=list(self._exercise.options),
            prediction=self._exercise.prediction,
            lang=self._exercise.lang,
            texts={key: text for key, text in texts.items() if key.startswith("exercise_")},
        )
        self.on_msg(self._on_message)

    def answer(self, given: str | int) -> Feedback:
        """Answer, and give the feedback. Raises what `smtplab.exercises.check` and `Lab.send` raise."""
        feedback = check(self._exercise.id, given, self._lab, self._exercise.lang)
        self.given = str(given)
        self.feedback = {"right": feedback.right, "text": feedback.text, "reply": str(feedback.reply)}
        return feedback

    def _on_message(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        if content.get("type") != "answer":
            return
        try:
            self.answer(str(content.get("answer", "")))
        except (SmtplabError, OSError) as error:
            self.feedback = {"right": False, "text": str(error), "reply": ""}

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        html = paragraphs(self.question, *(f"○ {option}" for option in self.options))
        return {**(data or {}), "text/plain": repr(self), "text/html": html}, metadata
