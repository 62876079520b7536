"""A lesson's cells run in a process of their own, watched: what it connects to, what it looks up, where it listens.

python -m tests.helpers.listening NOTEBOOK...: a line of JSON for each thing that was done with a socket.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import psutil

WATCHED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "urllib.Request",
)
"""What Python tells of before it is done, with what it is done to."""

_done: list[tuple[str, Any]] = []


def _watch(event: str, given: tuple[Any, ...]) -> None:
    if event in WATCHED:
        where = given[1] if event in ("socket.connect", "socket.bind", "socket.sendto") else given[0]
        _done.append((event, where if isinstance(where, str | tuple | list) else repr(where)))


def _run(source: str, names: dict[str, Any]) -> None:
    """Run a cell as a notebook does: the value of its last expression is shown."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, "cell", "exec"), names)
        if last is None:
            return
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)
        return
    for show in ("__repr__", "_repr_html_", "plain"):
        if hasattr(value, show):
            getattr(value, show)()


def main(notebooks: list[str]) -> None:
    """Run the lessons' code cells, and print what was done and who listens in between."""
    sys.addaudithook(_watch)
    me = psutil.Process()
    for notebook in notebooks:
        names: dict[str, Any] = {"__name__": "__main__", "display": lambda *shown: [repr(each) for each in shown]}
        for cell in json.loads(Path(notebook).read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                _run("".join(cell["source"]), names)
                connections = [*me.net_connections("inet")]
                _done.extend(
                    ("listens", tuple(each.laddr)) for each in connections if each.status == psutil.CONN_LISTEN
                )
    for event, where in dict.fromkeys((event, json.dumps(where)) for event, where in _done):
        print(f"\n{event} {where}")


if __name__ == "__main__":
    main(sys.argv[1:])
