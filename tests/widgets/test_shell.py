"""The shell, against the class of anywidget that it stands in for."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import anywidget

import smtplab
from smtplab.widgets import notebook

if TYPE_CHECKING:
    import pytest

OWN = {"_esm", "_css", "_anywidget_id"}


def test_it_is_the_model_of_anywidgets_front_end():
    """A page gets from our shell what it gets from anywidget's own: the same traits, names and versions."""
    ours, theirs = smtplab.gallery(), type("Theirs", (anywidget.AnyWidget,), {"_esm": "//", "_css": ""})()
    presented = set(ours.presenter.state)
    assert set(ours.keys) - presented == set(theirs.keys)
    named = [key for key in theirs.keys if key.startswith("_") and key not in OWN]
    assert len(named) >= 6
    assert {key: getattr(ours, key) for key in named} == {key: getattr(theirs, key) for key in named}
    assert ours._anywidget_id == "smtplab.widgets.notebook.GalleryWidget"
    theirs.close()


def test_it_is_shown_as_anywidget_shows_one():
    """The output of a cell has the same view, of the same version, as one of anywidget's."""
    ours, theirs = smtplab.gallery(), type("Theirs", (anywidget.AnyWidget,), {"_esm": "//"})()
    view = "application/vnd.jupyter.widget-view+json"
    (mine, metadata), (wanted, told) = ours._repr_mimebundle_(), theirs._repr_mimebundle_()
    assert mine[view] == {**wanted[view], "model_id": ours.model_id}
    assert metadata == told == {}
    for widget in (ours, theirs):
        widget.close()


def test_colab_is_told_where_the_front_end_is(monkeypatch: pytest.MonkeyPatch):
    """In Google Colab other people's widgets are switched on, and the output says where their manager is."""
    switched: list[bool] = []
    colab: Any = SimpleNamespace(
        enable_custom_widget_manager=lambda: switched.append(True),
        _widgets=SimpleNamespace(_installed_url="https://example.org/manager.js"),
    )
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    widget = smtplab.gallery()
    _, metadata = widget._repr_mimebundle_()
    manager = {"url": colab._widgets._installed_url}
    assert metadata == {"application/vnd.jupyter.widget-view+json": {"colab": {"custom_widget_manager": manager}}}
    assert switched
    widget.close()


def test_two_of_a_kind_are_of_one_class():
    """Widgets with the same state share a class: each class holds all its traits once more."""
    assert type(smtplab.exercise("06.topic")) is type(smtplab.exercise("06.why"))


def test_a_widget_loads_what_it_shows():
    """The gallery loads no other widget's presenter, and neither anywidget nor psygnal."""
    program = (
        "import sys, smtplab\n"
        "smtplab.gallery()\n"
        f"others = {set(notebook.WIDGETS) - {'gallery'}!r}\n"
        "print([name for name in others if f'smtplab.widgets.{name}.presenter' in sys.modules])\n"
        "print([name for name in ('anywidget', 'psygnal') if name in sys.modules])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout == "[]\n[]\n"
