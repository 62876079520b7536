"""The repository's own files: their form, the paths that its papers name, and the workflow that runs the tests."""

from __future__ import annotations

import configparser
import importlib.util
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from tests.helpers.citations import files
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable

WORKFLOW = TOP / ".github/workflows/tests.yml"
PAPERS = [path.relative_to(TOP).as_posix() for path in files() if path.suffix == ".md" and "source" not in path.parts]
COMMAND = "python3 tests/run.py"


def test_files_have_the_form_that_editors_are_told() -> None:
    """Every text file is UTF-8 with LF, ends in a line's end, and has no tab before or space behind its lines."""
    config = configparser.ConfigParser()
    config.read_string("[top]\n" + (TOP / ".editorconfig").read_text("utf-8"))
    rules = {"charset": "utf-8", "end_of_line": "lf", "indent_style": "space", "insert_final_newline": "true"}
    assert dict(config["*"]) == {**rules, "trim_trailing_whitespace": "true"}
    for path in files():
        if path.suffix == ".png":
            continue
        octets = path.read_bytes()
        assert octets.decode("utf-8") is not None, path
        assert b"\r" not in octets, path
        assert not octets or octets.endswith(b"\n"), path
        assert not re.search(rb"^\t|[ \t]$", octets, re.MULTILINE), path


@pytest.mark.parametrize("paper", PAPERS)
def test_the_papers_name_what_is_there(paper: str) -> None:
    """Each file or folder of the repository that a Markdown file names, in code or in a link, exists."""
    text = (TOP / paper).read_text("utf-8")
    tops = "|".join(re.escape(path.name) for path in TOP.iterdir() if path.is_dir())
    named = re.findall(rf"`((?:{tops})/[\w./-]*)`", text)
    missing = [name for name in named if not re.search(r"NAME|NN", name) and not (TOP / name).exists()]
    page = re.match(r"docs/.+/", paper)  # its links go to other pages, which Sphinx checks
    linked = [] if page else re.findall(r"\]\(([^)#:]+)\)", text)
    links = [link for link in linked if not (TOP / paper).parent.joinpath(link).exists()]
    assert missing + links == []


GROWS = (
    r"(?:recorded )?servers|servidores|recordings|grabaciones|rules|reglas|lessons|lecciones|"
    r"(?:reply )?codes|códigos|exercises|ejercicios|personalities|personalidades"
)
TENS = r"\d{2,3}|(?:twen|thir|for|fif)ty(?:-\w+)?|veinti\w+|treinta(?: y \w+)?|cuarenta(?: y \w+)?|cincuenta(?: y \w+)?"


def counts(text: str) -> list[str]:
    """Return each number of things of which there will be more, as digits or as a word, and each forty at all."""
    return re.findall(rf"\b(?:{TENS}) (?:{GROWS})\b|\b(?:forty|cuarenta)\b", text, re.IGNORECASE)


def test_no_text_counts_what_grows() -> None:
    """No text says how many servers, rules or lessons there are: the data says it, where it is wanted."""
    texts = [path for path in files() if path.suffix in (".md", ".toml", ".js", ".mjs", ".html")]
    assert len(texts) > 30
    counted = {path.relative_to(TOP).as_posix(): counts(path.read_text("utf-8")) for path in texts}
    assert {name: wrong for name, wrong in counted.items() if wrong} == {}


@pytest.mark.parametrize("text", ["Forty recorded servers", "36 rules", "treinta y seis reglas", "40 servidores"])
def test_a_count_is_found(text: str) -> None:
    """A number before what grows is found, in digits and in words, in both languages."""
    assert counts(text)


# --- the workflow


def test_the_workflow_fits_its_schema(needs: Callable[[object, str], None]) -> None:
    """The workflow file is one by the public schema of such files."""
    needs(importlib.util.find_spec("check_jsonschema"), "check-jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_workflow_runs_the_readmes_command_everywhere() -> None:
    """Each job runs the README's test command; together they cover each system and each Python that smtplab is for."""
    jobs = YAML(typ="safe").load(WORKFLOW)["jobs"]
    assert f"```sh\n{COMMAND}\n```" in (TOP / "README.md").read_text("utf-8")
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    pythons = [classifier.rpartition(" ")[2] for classifier in project["classifiers"] if "Python :: 3." in classifier]
    systems = set()
    for job in jobs.values():
        matrix = job["strategy"]["matrix"]
        assert matrix["python"] == pythons
        assert [step["run"] for step in job["steps"] if "run" in step] == [COMMAND]
        systems |= set(matrix.get("system", [job["runs-on"]]))
    assert {system.partition("-")[0] for system in systems} == {"ubuntu", "macos", "windows"}


# --- the command


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_installs_nothing(flag: str) -> None:
    """The test command's help comes at once: no environment, no package, no test."""
    ran = subprocess.run(
        [sys.executable, "-I", TOP / "tests/run.py", "-k", "nothing", flag], capture_output=True, text=True, check=True
    )
    assert "python3 tests/run.py" in ran.stdout
    assert "$ " not in ran.stdout


def test_arguments_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else stands behind the command is pytest's, to the letter and in its order."""
    spec = importlib.util.spec_from_file_location("run", TOP / "tests/run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    commands: list[tuple[object, ...]] = []
    monkeypatch.setattr(run, "install_programs", lambda: None)
    monkeypatch.setattr(run, "PYTHON", TOP / "tests/run.py")  # it is there: no environment is made
    monkeypatch.setattr(run, "run", lambda *command, **_options: commands.append(command) or 0)
    assert run.main(["-m", "not slow", "tests/rfc"]) == 0
    assert commands[-1][1:] == ("-m", "pytest", "-m", "not slow", "tests/rfc")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_ci_hands_its_arguments_on() -> None:
    """What CI runs hands its arguments on too."""
    ran = subprocess.run([TOP / ".ci/run", "--help"], capture_output=True, text=True, check=True)
    assert "python3 tests/run.py" in ran.stdout
