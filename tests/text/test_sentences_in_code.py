"""No sentence that a person reads stands in the code: the tables have them, in every language."""

from __future__ import annotations

import ast
import re

import pytest

from smtplab.text.texts import data
from tests.helpers.paths import PACKAGE

NOT_FOR_PEOPLE = {
    ("smtplab/__init__.py", "AttributeError"): "Python's own sentence for a name that a module does not have",
    ("smtplab/testing/__init__.py", "AttributeError"): "the same, of another module",
    (
        "smtplab/course/graders/lesson07.py",
        "RuntimeError",
    ): "raised by a wrong answer that a grader tries",
    ("smtplab/course/graders/lesson07_reader.py", "ValueError"): "what Python's own socket says to the same mistake",
}
"""File and class → why its sentence need not be told in another language."""

CALLS = {"say", "echo", "fail", "print", "UsageError", "ClickException"}
"""What shows its argument to a person."""


def pieces(node: ast.AST) -> list[str]:
    """Return the strings that are put together in an expression; what a call in it is given is the call's own."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    below = [node.func] if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return [piece for each in below for piece in pieces(each)]


def sentences(node: ast.expr) -> str:
    """Return what is written out in an expression: the words of a string, of an f-string, of a sum of them."""
    parts = pieces(node)
    return " ".join(parts) if any(" " in piece for piece in parts) else ""


def literals(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and class of each error that is raised with a sentence in the code, and of each one that is shown."""
    texts = []
    for node in ast.walk(tree):
        raised = node.exc if isinstance(node, ast.Raise) else None
        shown = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CALLS
        call = raised if isinstance(raised, ast.Call) else node if shown else None
        if isinstance(call, ast.Call) and len(re.findall(r"[^\W\d_]+", " ".join(map(sentences, call.args[:1])))) > 1:
            texts.append((call.lineno, ast.unparse(call.func)))
    return texts


def test_no_sentence_stands_in_the_code() -> None:
    """Each error's sentence comes from a table; those that no person meets are listed with a reason, and no other."""
    used = set()
    faults = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE.parent).as_posix()
        for line, kind in literals(ast.parse(path.read_text("utf-8"))):
            if kind == "unknown":
                continue  # its first argument is what is named, for which there is a sentence
            if (name, kind) in NOT_FOR_PEOPLE:
                used.add((name, kind))
            else:
                faults.append(f"{name}:{line}: {kind}")
    assert faults == []
    assert used == set(NOT_FOR_PEOPLE)


@pytest.mark.parametrize(
    "code",
    [
        'raise ValueError("it is wrong")',
        'raise E(f"{x} is wrong")',
        'raise E("a " + "b c")',
        'raise E("{} is wrong".format(x))',
        'say(f"all {n} done")',
    ],
)
def test_a_sentence_in_the_code_is_found(code: str) -> None:
    """The search finds a sentence however it is put together, and takes no key of a table for one."""
    assert literals(ast.parse(code))
    assert not literals(ast.parse('raise E(_say("key", x=" a b ".join(y)))\nsay(texts("done"))\nraise KeyError("x")'))


def test_each_thing_that_is_named_has_a_sentence() -> None:
    """Whatever the package calls unknown has a sentence of its own, and no other has one."""
    calls = [
        node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("unknown", "unknown_name")
    ]  # fmt: skip
    named = {arg.value for call in calls for arg in call.args[:2] if isinstance(arg, ast.Constant)}
    kept = {key for key in data("text/errors") if key.startswith("unknown_")}
    assert {f"unknown_{what.replace(' ', '_')}" for what in named} == kept
