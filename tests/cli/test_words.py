"""The command's own words: help, usage and every error, in each language, whoever says it, click or we."""

from __future__ import annotations

import ast
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from smtplab import cli
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.foreign import foreign

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = sorted(cli.cli.commands)


@pytest.fixture(autouse=True)
def _plain_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tester's own language out."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def output(capsys: pytest.CaptureFixture[str], arguments: Sequence[str], status: int = 0) -> str:
    """Return what a command prints."""
    assert cli.run(arguments) == status
    out, err = capsys.readouterr()
    return out + err


WAYS_TO_ASK = {
    "before": lambda lang, name: ["--lang", lang, *name, "--help"],
    "after": lambda lang, name: [*name, "--lang", lang, "--help"],
    "last": lambda lang, name: [*name, "-h", f"--lang={lang}"],
}


@pytest.mark.parametrize("way", WAYS_TO_ASK)
@pytest.mark.parametrize("name", ["", *NAMES, *(f"class {name}" for name in cli.classroom.commands)])
def test_help_is_in_one_language(capsys: pytest.CaptureFixture[str], name: str, way: str) -> None:
    """Help has no sentence of the other language, wherever --lang stands, and each option has its text."""
    pages = {lang: output(capsys, WAYS_TO_ASK[way](lang, name.split())) for lang in LANGUAGES}
    for lang, page in pages.items():
        text = re.sub(r"\[en\|es\]|en, es|\s+", " ", page)
        assert foreign(text, lang) == []
        assert "option_" not in page
    english, spanish = pages["en"], pages["es"]
    for word in ("Usage:", "Options:", "OPTIONS", "Show this", "default:", "required", "TEXT ", "PATH", "FLOAT"):
        assert word not in spanish
    assert spanish.startswith("Uso: smtplab")
    assert english.startswith("Usage: smtplab")
    assert {line.split()[0] for line in english.splitlines() if re.match(r" {2}-", line)} == {
        line.split()[0] for line in spanish.splitlines() if re.match(r" {2}-", line)
    }


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The top page has a line for each command, in the language that is asked for by any means."""
    for arguments in (["--lang", "es", "--help"], ["-h", "--lang", "es"]):
        page = output(capsys, arguments)
        assert re.findall(r"^  ([a-z][\w-]+)  ", page, re.MULTILINE) == NAMES
    assert page.startswith("Uso:")


BAD = {
    "no such command": ["frobnicate"],
    "nearly a command": ["exlpain"],
    "no such option": ["explain", "--nosuch", "214"],
    "nearly an option": ["probe", "--insecur", "x"],
    "a missing argument": ["explain"],
    "missing arguments": ["send"],
    "a missing option": ["record", "127.0.0.1:1"],
    "an extra argument": ["explain", "214", "215"],
    "extra arguments": ["compare", "211", "214", "215", "216"],
    "an option without its value": ["serve", "--port"],
    "a value too many": ["site", "--serve=x"],
    "no number": ["send", "HELP", "--timeout", "soon"],
    "no port": ["serve", "--port", "99999"],
    "a port of letters": ["serve", "--port", "smtp"],
    "no address": ["probe", "a:b:c"],
    "an address without a port": ["probe", "host:99999"],
    "no language": ["explain", "214", "--lang", "fr"],
    "no code": ["explain", "abc"],
    "an enhanced code": ["explain", "5.1.1"],
    "one code that is none": ["compare", "211", "999"],
    "no personality": ["send", "--personality", "exim", "HELP"],
    "no recording": ["send", "--personality", "nosuch.json", "HELP"],
    "no carrier": ["send", "--carrier", "pigeon", "HELP"],
    "no timeout": ["send", "--timeout", "0", "HELP"],
    "a timeout that is no number": ["send", "--timeout", "nan", "HELP"],
    "two lines": ["send", "HE\nLP"],
    "no lesson": ["reset", "nosuch"],
    "a name without a page": ["progress", "--name", "x"],
    "no directory": ["progress", "--dir", "nosuch"],
    "an option before a command": ["--dir", "x", "explain", "214"],
    "a switch before a command": ["--no-browser", "personalities"],
    "lessons in a file": ["open", "{file}/lessons"],
    "a lesson in a file": ["reset", "1", "--dir", "{file}/lessons"],
    "a page in a file": ["progress", "--save", "{file}/page.html"],
    "a site in a file": ["site", "{file}"],
    "a site elsewhere": ["site", "{folder}"],
    "a recording that exists": ["record", "127.0.0.1:1", "--name", "x", "--out", "{file}"],
    "a recording in a file": ["record", "127.0.0.1:1", "--name", "x", "--out", "{file}/x.json"],
    "a recording with a path": ["record", "127.0.0.1:1", "--name", "../x"],
    "nobody to record": ["record", "127.0.0.1:{port}", "--name", "x"],
    "nobody to probe": ["probe", "127.0.0.1:{port}"],
    "a name that is none": ["probe", "a..example"],
    "a port that is taken": ["serve", "--port", "{taken}"],
}
"""What is done wrong → the arguments."""


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("name", BAD)
def test_errors_are_in_one_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, where: str
) -> None:
    """Each kind of bad input is told in one line, in the language asked for wherever it stands, and in no other."""
    (tmp_path / "folder").mkdir()
    for path in ("file", "folder/file"):
        (tmp_path / path).write_text("x")
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        places = {"file": "file", "folder": "folder", "port": port, "taken": taken.getsockname()[1]}
        arguments = [each.format(**places) for each in BAD[name]]
        by_language = {}
        for lang in LANGUAGES:
            command = ["--lang", lang, *arguments] if where == "before" else [*arguments[:1], f"--lang={lang}"]
            command += [] if where == "before" else arguments[1:]
            assert cli.run(command) == 2
            by_language[lang] = capsys.readouterr().err
    for lang, line in by_language.items():
        assert line.startswith("smtplab: ")
        assert line.count("\n") == 1
        assert foreign(re.sub(r"(there are|hay): .*|ninguno de estos: .*|one of .*", "", line), lang) == [], line
    assert len(set(by_language.values())) == len(LANGUAGES), by_language


def test_the_environment_chooses_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPLAB_LANG chooses the language of help and of click's errors."""
    monkeypatch.setenv("SMTPLAB_LANG", "es")
    assert output(capsys, ["probe", "-h"]).startswith("Uso:")
    assert "Falta el argumento 'DIRECCIÓN'" in output(capsys, ["probe"], 2)


def test_click_is_left_as_it_was() -> None:
    """What is set in click for a command is taken back after it."""
    before = {name: vars(click.core).get(name) for name in ("_", "ngettext")}
    assert cli.run(["--lang", "es", "explain"]) == 2
    assert {name: vars(click.core).get(name) for name in ("_", "ngettext")} == before


NEVER_SHOWN = (
    "Value must be an iterable", "DeprecationWarning", "Could not determine name", "No options defined but",
    "Arguments take exactly", "Name '{name}' defined twice", "Boolean option", "{name!r} option count",
    "Do you want to continue", "Confirm the action", "%(prog)s", "Show the version", "Show this message",
    "Could not open file", "unknown error", "Invalid start character", "Choice(", "does not match the format",
    "values are required", "not a valid UUID", "extra['required']", "(Deprecated)", "deprecated_message",
)  # fmt: skip
"""What click says to who writes a command, or of kinds of options and prompts that this command has not."""


def test_all_that_click_says_is_there() -> None:
    """Each string that the installed click can show through this command stands in click.toml."""
    ours = {row["en"] for row in data("cli/click").values()}
    folder = Path(click.__file__).parent
    missing = set()
    for module in ("core", "exceptions", "formatting", "parser", "types", "decorators"):
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "ngettext"):
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                missing |= {text for text in texts if isinstance(text, str) and text.strip() not in ours}
    assert {text for text in missing if not any(part in text for part in NEVER_SHOWN)} == set()
