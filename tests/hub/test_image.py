"""The image of a learner's server: pinned, not root, with nothing of the tests; and Binder's environment."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from tests.helpers.paths import TOP
from tests.hub.conftest import must

DOCKERFILE = TOP / "deploy/hub/Dockerfile"
INSTRUCTIONS = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE))
PINNED = {
    pinned.name: pinned
    for line in (TOP / "deploy/hub/requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for pinned in [Requirement(line)]
}


def test_hadolint_finds_nothing() -> None:
    """The linter of Dockerfiles has no complaint."""
    if not sys.platform.startswith("linux"):
        pytest.skip("hadolint is installed on Linux alone")
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    must(program, "hadolint")
    ran = subprocess.run([str(program), DOCKERFILE], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_every_base_and_package_is_pinned() -> None:
    """Each image that it starts from has a whole version, each package that it installs one and the same."""
    bases = re.findall(r"^FROM (\S+)", INSTRUCTIONS, re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert "--constraint /requirements.txt" in INSTRUCTIONS
    assert all(re.fullmatch(r"==[\w.]+", str(pinned.specifier)) for pinned in PINNED.values())
    assert {"jupyterhub", "jupyterlab", "nbgitpuller", "aiosmtpd", "ipykernel"} <= set(PINNED)


def test_the_pins_keep_to_the_projects_bounds() -> None:
    """What is pinned is what pyproject.toml allows, and everything that smtplab and its lab need is pinned."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["lab"]])]
    for wish in wanted:
        version = str(PINNED[wish.name].specifier).removeprefix("==")
        assert wish.specifier.contains(version), wish.name


def test_it_runs_as_nobody_special() -> None:
    """The last instruction about the user names one that is not root."""
    users = re.findall(r"^USER (\S+)", INSTRUCTIONS, re.MULTILINE)
    assert users == ["1000:100"]


def test_it_copies_what_there_is_and_nothing_of_the_tests() -> None:
    """Each thing that it copies is in the checkout, all that the wheel is made of is copied, and no test is."""
    copied = [name for line in re.findall(r"^COPY (.+)", INSTRUCTIONS, re.MULTILINE) for name in line.split()[:-1]]
    assert all((TOP / name).exists() for name in copied)
    assert not [name for name in copied if name.startswith((".", "tests", "benchmarks", "conftest"))]
    wheel = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], "pyproject.toml", "README.md", "LICENSE"} == set(copied)


def test_binder_gets_one_python_and_the_checkout() -> None:
    """Binder's environment names one Python that smtplab is for, and installs the folder above its own."""
    environment = YAML(typ="safe").load(TOP / "binder/environment.yml")
    python, _, pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python), "a range of versions makes repo2docker start from an old Python"
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    assert Requirement(f"python{project['requires-python']}").specifier.contains(python.removeprefix("python="))
    assert pip == {"pip": ["-e ..[lab]"]}
