"""Adding a widget: a folder, a line of registration, its name in `smtplab`, a test; what was left out is named."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import smtplab
from smtplab.widgets import notebook
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"__init__.py", "presenter.py", "texts.toml", "widget.css", "widget.js"}
"""What a widget's folder holds."""


def folders(package: Path) -> dict[str, set[str]]:
    """Return each widget's folder and its files."""
    widgets = (path for path in (package / "widgets").iterdir() if path.is_dir() and path.name != "__pycache__")
    return {folder.name: {file.name for file in folder.iterdir() if file.is_file()} for folder in widgets}


def steps_left_out(package: Path, registered: set[str], public: set[str], tests: str) -> list[str]:
    """Return a sentence for each step of the recipe that a widget lacks."""
    widgets = folders(package)
    return [
        *(
            f"widgets/{name} lacks {', '.join(sorted(FILES - files))}"
            for name, files in widgets.items()
            if FILES - files
        ),
        *(f"widgets/notebook.py has no function {name} in WIDGETS" for name in sorted(widgets.keys() - registered)),
        *(f"widgets/{name} is no folder, but WIDGETS has it" for name in sorted(registered - widgets.keys())),
        *(f"smtplab/__init__.py does not name {name}" for name in sorted(widgets.keys() - public)),
        *(
            f"tests/widgets/pages/test_all_widgets.py does not try {name}"
            for name in sorted(widgets)
            if f'"{name}":' not in tests
        ),
    ]


def test_every_widget_followed_the_recipe() -> None:
    """Each widget has its folder with its five files, its registration, its public name and its test."""
    tests = (TOP / "tests/widgets/pages/test_all_widgets.py").read_text("utf-8")
    assert steps_left_out(PACKAGE, set(notebook.WIDGETS), set(smtplab.__all__), tests) == []


def test_a_step_left_out_is_named(tmp_path: Path) -> None:
    """A folder alone is told each step that is left."""
    package = tmp_path / "smtplab"
    (package / "widgets/clock").mkdir(parents=True)
    for file in FILES - {"texts.toml"}:
        (package / "widgets/clock" / file).touch()
    assert steps_left_out(package, {"dial"}, set(), "") == [
        "widgets/clock lacks texts.toml",
        "widgets/notebook.py has no function clock in WIDGETS",
        "widgets/dial is no folder, but WIDGETS has it",
        "smtplab/__init__.py does not name clock",
        "tests/widgets/pages/test_all_widgets.py does not try clock",
    ]


PRESENTER = """
from smtplab.widgets.presenter import Presenter

class ClockPresenter(Presenter):
    def __init__(self, lang=None):
        super().__init__(lang)
        self.state["hour"] = 12

    def received(self, content):
        self.show(hour=content["hour"])

    def plain(self):
        return "<p>" + self.say("clock_hour", hour=self.state["hour"]) + "</p>"

    def __repr__(self):
        return f"<clock {self.state['hour']}>"
"""
FUNCTION = '''
def clock(*, lang: str | None = None) -> LabWidget:
    """Make a clock."""
    from smtplab.widgets.clock.presenter import ClockPresenter

    return _widget(ClockPresenter(lang))


WIDGETS'''
TRY = """
import smtplab
clock = smtplab.clock(lang="es")
clock._handle_custom_msg({"hour": 3}, [])
assert clock.get_state()["hour"] == 3, clock.get_state()
assert clock.texts["clock_hour"] == "Son las {hour}."
assert "const hour" in clock._esm and "function element" in clock._esm and ".smtplab-clock" in clock._css
assert "<p>Son las 3.</p>" in clock.plain()
print(clock, sorted(smtplab.widgets.notebook.WIDGETS))
"""


def put_in(path: Path, place: str, text: str) -> None:
    """Put a text in front of a place that a file has once."""
    source = path.read_text("utf-8")
    assert source.count(place) == 1, (path, place)
    path.write_text(source.replace(place, text + place), "utf-8")


def test_a_new_widget(tmp_path: Path) -> None:
    """One folder, one function with its place in the table, and one public name make a widget that works."""
    package = shutil.copytree(PACKAGE, tmp_path / "smtplab", ignore=shutil.ignore_patterns("__pycache__"))
    folder = package / "widgets/clock"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "presenter.py").write_text(PRESENTER)
    (folder / "texts.toml").write_text('[clock_hour]\nen = "It is {hour}."\nes = "Son las {hour}."\n')
    (folder / "widget.css").write_text(".smtplab-clock { margin: 0; }\n")
    (folder / "widget.js").write_text("const hour = 12;\nexport default { render() {} };\n")
    shell = package / "widgets/notebook.py"
    shell.write_text(FUNCTION.join(shell.read_text("utf-8").rsplit("\nWIDGETS", 1)))
    put_in(shell, "console, exercise, gallery", "clock, ")
    names = package / "__init__.py"
    put_in(
        names,
        """        "console",
        "exercise",""",
        '        "clock",\n',
    )
    put_in(names, '    "console",\n    "sequence",', '    "clock",\n')
    ast.parse(shell.read_text("utf-8"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", TRY], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == ["<clock", "3>"]
    assert "'clock'" in done.stdout
