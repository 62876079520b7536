"""The house: each room uses the rooms below it, through their doors; no import goes up, and none goes round."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

ROOMS = (
    "cli",
    "site",
    "widgets",
    "course",
    "testing",
    "lab",
    "recordings",
    "rfc",
    "server",
    "protocol",
    "text",
    "errors",
)
"""From the top floor to the ground; a room may use those that stand after it."""

OPENS_ALL = ("smtplab", "smtplab.__main__")
"""The package's own front: it names every room."""


def module_of(path: Path, top: Path) -> str:
    """Return a file's module name."""
    return ".".join(path.relative_to(top).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, modules: Container[str]) -> Iterator[tuple[int, str]]:
    """Return line and name of each of our modules that a file imports, at its top or anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith("smtplab"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("smtplab"):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from ((node.lineno, name if name in modules else str(node.module)) for name in names)


def room_of(module: str) -> str:
    """Return the room of a module: the first word after the package's name."""
    return module.partition(".")[2].partition(".")[0]


def faults(top: Path) -> list[str]:
    """Return a sentence for each import that goes up, round, or past a door."""
    sentences = []
    graph: dict[str, set[str]] = {}
    modules = {module_of(path, top): path for path in sorted((top / "smtplab").rglob("*.py"))}
    for module, path in modules.items():
        if module in OPENS_ALL:
            continue
        for line, target in imports(path, modules):
            place = f"{path.relative_to(top)}:{line}"
            own, used = room_of(module), room_of(target)
            graph.setdefault(module, set()).add(target)
            if not used:
                if target == "smtplab" and own in ("cli", "site"):
                    continue  # the version
                sentences.append(f"{place}: a room does not use the package's front")
            elif own != used:
                if ROOMS.index(used) <= ROOMS.index(own):
                    sentences.append(f"{place}: {own} is below {used} and may not use {target}")
                elif used != "errors" and target.split(".")[2:3] and target.split(".")[2] not in doors(top, used):
                    sentences.append(f"{place}: {target} is behind the door of {used} (smtplab/{used}/__init__.py)")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        sentences.append(f"a circle of imports: {' -> '.join(error.args[1])}")
    return sentences


def doors(top: Path, room: str) -> list[str]:
    """Return the modules of a room that others may use: its `__all__`."""
    for node in ast.parse((top / f"smtplab/{room}/__init__.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def test_no_import_goes_up_or_round() -> None:
    """Each room uses only rooms below it, through their doors, and no modules import each other."""
    assert faults(TOP) == []


def test_every_room_has_its_floor() -> None:
    """No room stands outside the house, and no loose module on its top level."""
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert modules == {*ROOMS, "__init__", "__main__"}


@pytest.mark.parametrize(
    ("path", "line", "sentence"),
    [
        ("protocol/reply.py", "from smtplab.lab import lab", "protocol is below lab"),
        ("errors.py", "from smtplab.text.texts import data", "errors is below text"),
        ("course/progress.py", "from smtplab.lab.steploop import StepLoop", "behind the door of lab"),
        ("text/language.py", "from smtplab.text.texts import data", "a circle of imports"),
        ("lab/lab.py", "import smtplab", "does not use the package's front"),
    ],
)
def test_a_wrong_import_is_named(tmp_path: Path, path: str, line: str, sentence: str) -> None:
    """An import that goes up, past a door or round is said with its file and line."""
    for source in PACKAGE.rglob("*.py"):
        copy = tmp_path / source.relative_to(TOP)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text("utf-8"), "utf-8")
    with (tmp_path / "smtplab" / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert any(sentence in fault and (path in fault or "circle" in fault) for fault in faults(tmp_path))
