"""environment.yml says the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from ruamel.yaml import YAML

from tests.helpers.paths import TOP


def test_names_and_bounds_agree() -> None:
    """What conda installs is what pip would, within the same bounds; the four that the project stands on are there."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["lab"],
        *project["optional-dependencies"]["test"],
    ]
    ours = {requirement.name: requirement.specifier for requirement in map(Requirement, wanted)}
    environment = YAML(typ="safe").load(TOP / "environment.yml")
    assert environment["channels"] == ["conda-forge"]
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["-e ."]}
    conda_bounds = {requirement.name: requirement.specifier for requirement in map(Requirement, conda)}
    assert str(conda_bounds.pop("python")) == "<3.15,>=3.11"
    conda_bounds.pop("pip")
    assert {"jupyterlab", "ipywidgets", "aiosmtpd", "nbval"} <= set(conda_bounds)
    assert {name: ours[name] for name in conda_bounds} == conda_bounds
    assert {Requirement(wish).name for wish in project["dependencies"]} <= set(conda_bounds)


def test_the_readme_has_its_two_commands() -> None:
    """The README's test command is what CI runs, as it stands there."""
    readme = (TOP / "README.md").read_text("utf-8")
    first, second = re.findall(r"^```sh\n(.+)\n```$", readme.partition("## For learners")[0], re.MULTILINE)
    assert first.endswith(".venv/bin/smtplab")
    assert f'{second} "$@"' in (TOP / ".ci/run").read_text("utf-8").splitlines()
