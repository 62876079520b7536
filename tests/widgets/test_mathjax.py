"""Text from the wire is no mathematics: in every value's HTML and in every widget, no dollar begins a formula."""

from __future__ import annotations

import importlib
import pkgutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course.progress import progress
from smtplab.text.html import AS_TEXT
from smtplab.widgets import notebook
from smtplab.widgets.files import module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIRE = r"price $5 and $6, $x^2$ $\text{214 OK}$"


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory, whose HELP looks like formulas."""
    with smtplab.start(smtplab.Personality.scripted({"HELP": f"214 {WIRE}"}), carrier="memory") as lab:
        lab.send("HELP")
        yield lab


VALUES: dict[str, Callable[[smtplab.Lab], Any]] = {
    "Comparison": lambda lab: smtplab.compare(211, 214),
    "Exchange": lambda lab: lab.transcript[-1],
    "Experiment": lambda lab: smtplab.experiment("mid-mail", lab),
    "Feedback": lambda lab: smtplab.check("01.rcpt", "HELP", lab),
    "HelpChart": lambda lab: smtplab.help_chart(),
    "Hint": lambda lab: smtplab.hint("01.rcpt"),
    "Personalities": lambda lab: smtplab.personalities(),
    "Probe": smtplab.probe,
    "Progress": lambda lab: progress(),
    "Reply": lambda lab: lab.transcript[-1].reply,
    "ReplyCode": lambda lab: smtplab.explain(214),
    "Rest": lambda lab: smtplab.review(),
    "Solution": lambda lab: smtplab.solution("01.rcpt"),
    "Survey": lambda lab: smtplab.survey(),
    "Transcript": lambda lab: lab.transcript,
    "Verdict": lambda lab: smtplab.judge(lab.transcript[-1])[0],
    "Verdicts": lambda lab: smtplab.judge(lab.transcript[-1]),
}
WIDGETS: dict[str, Callable[[smtplab.Lab], Any]] = {
    "anatomy": lambda lab: smtplab.anatomy(lab.send("HELP")),
    "console": smtplab.console,
    "exercise": lambda lab: smtplab.exercise("01.rcpt", lab),
    "gallery": lambda lab: smtplab.gallery(),
    "game": lambda lab: smtplab.game(),
    "lookup": lambda lab: smtplab.lookup(f"214 {WIRE}"),
    "sequence": smtplab.sequence,
    "side_by_side": lambda lab: smtplab.side_by_side(lab, "HELP", "NOOP"),
    "status": smtplab.status,
    "watch_class": lambda lab: smtplab.watch_class("."),
}
WITHOUT_OWN_TEXT = {
    "Experiment",
    "Hint",
    "Rest",
    "Solution",
    "game",
    "watch_class",
    "Feedback",
    "Verdict",
    "Verdicts",
    "HelpChart",
    "Personalities",
    "Progress",
    "ReplyCode",
    "Survey",
    "Comparison",
    "gallery",
    "exercise",
}


class _Bare(HTMLParser):
    """Finds text that stands in no element that MathJax leaves alone."""

    def __init__(self) -> None:
        super().__init__()
        self.bare: list[str] = []
        self._inside: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "col", "img", "hr"):
            own = set(AS_TEXT.split()) <= set((dict(attrs).get("class") or "").split())
            self._inside.append(own or self._inside[-1:] == [True])

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._inside[-1:] != [True]:
            self.bare.append(data)


def bare(html: str) -> list[str]:
    """Return the texts in HTML that MathJax would look at."""
    parser = _Bare()
    parser.feed(html)
    parser.close()
    return parser.bare


def classes_with(method: str) -> set[str]:
    """Return the package's classes that define a method, by their names."""
    found = set()
    for info in pkgutil.walk_packages(smtplab.__path__, "smtplab."):
        if not info.name.endswith("__main__"):
            for value in vars(importlib.import_module(info.name)).values():
                if isinstance(value, type) and value.__module__.startswith("smtplab.") and method in vars(value):
                    found.add(value.__name__)
    return found


def test_no_value_is_left_out() -> None:
    """Each class that shows HTML, and each widget, is tried here."""
    assert classes_with("_repr_html_") == set(VALUES)
    assert set(notebook.WIDGETS) == set(WIDGETS)


def test_nothing_is_shown_as_markdown_or_latex() -> None:
    """No value offers Markdown or LaTeX, in which every dollar counts."""
    assert classes_with("_repr_markdown_") | classes_with("_repr_latex_") == set()


@pytest.mark.parametrize("name", [*VALUES, *WIDGETS])
def test_no_text_is_bare(lab: smtplab.Lab, name: str) -> None:
    """All text of a value's HTML stands in an element that MathJax leaves alone, and text from the wire is among it."""
    value = VALUES[name](lab)._repr_html_() if name in VALUES else WIDGETS[name](lab).plain()
    assert bare(value) == []
    assert name in WITHOUT_OWN_TEXT or "$5 and $6" in value or name == "status"


def test_bare_text_is_found() -> None:
    """Text beside, before and after a protected element is found."""
    assert bare(f'a<p class="{AS_TEXT}">$x$<b>$y$</b></p><div class="mathjax_ignore">b</div><p>c</p>') == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize("name", notebook.WIDGETS)
def test_every_widget_s_root_is_left_alone(name: str) -> None:
    """Each widget takes its root's classes from the one function that keeps MathJax away."""
    script = module(name)
    assert 'classList.add("smtplab", `smtplab-${name}`, ' + ", ".join(f'"{each}"' for each in AS_TEXT.split()) in script
    assert script.count("begin(el, ") == 2  # where it is made, and where it is called
