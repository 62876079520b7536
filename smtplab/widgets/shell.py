"""The Python half of anywidget's model, of which a notebook needs a dozen traits.

anywidget's front end, which its package installs, takes a model by its name and version, with a module and a
stylesheet. `anywidget.AnyWidget` brings besides what reloads files that change and calls Python by name: it loads
psygnal, compiled, and costs each kernel a megabyte. A test holds these traits to its own.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Any

import ipywidgets
import traitlets

_RELEASE = version("anywidget")
_PRE_RELEASE = any(mark in _RELEASE for mark in "ab")
_WANTED = _RELEASE if _PRE_RELEASE else f"~{'.'.join(_RELEASE.split('.')[:2])}.*"
"""The versions of the front end that do, as npm has them: those of this minor version."""

_VIEW = "application/vnd.jupyter.widget-view+json"


class Shell(ipywidgets.DOMWidget):  # type: ignore[misc]  # ipywidgets is not typed for subclassing
    """A model of anywidget's front end. A subclass has `_esm`, `_css` and `_anywidget_id`, as traits of text."""

    _model_name = traitlets.Unicode("AnyModel").tag(sync=True)
    _model_module = traitlets.Unicode("anywidget").tag(sync=True)
    _model_module_version = traitlets.Unicode(_WANTED).tag(sync=True)
    _view_name = traitlets.Unicode("AnyView").tag(sync=True)
    _view_module = traitlets.Unicode("anywidget").tag(sync=True)
    _view_module_version = traitlets.Unicode(_WANTED).tag(sync=True)

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        view = {"version_major": 2, "version_minor": 1, "model_id": self.model_id}
        return {"text/plain": repr(self), _VIEW: view}, _colab()


def _colab() -> dict[str, Any]:
    """Return where Google Colab finds the front end, which it must be told; nothing elsewhere."""
    colab = sys.modules.get("google.colab.output")
    if colab is None:
        return {}
    manager: Any = colab
    manager.enable_custom_widget_manager()
    url = manager._widgets._installed_url  # noqa: SLF001  it has no public name there
    return {} if url is None else {_VIEW: {"colab": {"custom_widget_manager": {"url": url}}}}
