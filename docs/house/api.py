"""A page for each public name, from its docstring, and links for the types that signatures name."""

from __future__ import annotations

import inspect
from typing import Any

from sphinx.pycode import ModuleAnalyzer

import smtplab
from house.docstrings import laid_out
from house.names import NAMES, VALUES, value_of
from house.words import plain, words
from smtplab.testing import plugin

_FIXTURES = "smtplab.testing.plugin"


def pages(lang: str) -> dict[str, str]:
    """Return each page's name and its Markdown."""
    say = words(lang)
    listed = "\n".join([*NAMES, _FIXTURES, "values"])
    index = f"# {say('api')}\n\n{plain(say('api_lead'))}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    made = {f"reference/api/{name}.md": _page(name) for name in NAMES}
    return {"reference/api/index.md": index, **made, f"reference/api/{_FIXTURES}.md": _fixtures(),
            "reference/api/values.md": _values(lang)}  # fmt: skip


def _page(name: str) -> str:
    value = value_of(name)
    if inspect.ismodule(value):
        directive = f".. automodule:: {name}\n   :members:\n   :undoc-members:"
    elif inspect.isclass(value):
        directive = f".. autoclass:: {name}\n   :members:"
    elif callable(value):
        directive = f".. autofunction:: {name}"
    else:
        text = "\n   ".join(_of_constant(name, value))
        directive = f".. autodata:: {name}\n   :no-value:\n\n   {text}"
    return f"# {name}\n\n```{{eval-rst}}\n{directive}\n```\n"


def _values(lang: str) -> str:
    say = words(lang)
    parts = [f"# {say('values')}\n", f"{plain(say('values_lead'))}\n"]
    for path in VALUES:
        directive = f".. autoclass:: smtplab.{path}\n   :members:"
        parts.append(f"## {path.rpartition('.')[2]}\n\n```{{eval-rst}}\n{directive}\n```\n")
    return "\n".join(parts)


def _of_constant(name: str, value: Any) -> list[str]:
    """Return what stands below a constant where it is defined, and what it is."""
    home = f"smtplab.{smtplab._HOME[name.rpartition('.')[2]]}"  # noqa: SLF001  ours
    return [*ModuleAnalyzer.for_module(home).find_attr_docs()["", name.rpartition(".")[2]], f"``{value!r}``", ""]


def _fixtures() -> str:
    """Return the page of pytest's fixtures and the option, from their docstrings."""
    parts = ["# Fixtures for pytest\n", f"{inspect.getdoc(plugin)}\n", "```{eval-rst}"]
    for name, value in vars(plugin).items():
        function = getattr(value, "_get_wrapped_function", None)
        if function is not None:
            lines = laid_out((inspect.getdoc(function()) or "").split("\n"), ())
            parts.append("\n   ".join([f".. py:data:: {name}\n", *lines]))
    parts.append(".. option:: --smtplab-personality NAME\n")
    parts.append("   Run each test that uses ``smtp_personality`` against this server; may be given again. ``all`` is\n"
                 "   every recorded one.\n")  # fmt: skip
    return "\n".join([*parts, "```\n"])


# --- the types in signatures

_HOME = {path.rpartition(".")[2]: f"smtplab.{path}" for path in VALUES}
NO_PAGE = {
    # the standard library's, for no other site's inventory is fetched
    *(
        "Any",
        "BaseTransport",
        "Counter",
        "Iterable",
        "Iterator",
        "Mapping",
        "Path",
        "PathLike",
        "SSLContext",
        "Sequence",
    ),
    "date",
    # ours, of which a signature says enough: nobody makes or is handed one
    *("AnswerLike", "Client", "History", "Script", "ServerState", "Source"),
}
"""Types in signatures that have no page."""


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Return a link for a name of ours that a signature has in short, and text for what has no page (Sphinx's hook)."""
    if node.get("refdomain") != "py":
        return None
    target, domain = node["reftarget"], env.get_domain("py")
    own = target.rpartition(".")[2]
    full = f"smtplab.{own}" if own in smtplab.__all__ else _HOME.get(own)
    if full and full != target:
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", full, node, content)
    return content if own in NO_PAGE else None
