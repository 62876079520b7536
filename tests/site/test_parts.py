"""The parts of the site: made once, whole or not at all; what is missing is said."""

from __future__ import annotations

import json
import os
import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from smtplab.errors import SiteError
from smtplab.site import tools, wheels
from smtplab.site.parts import BuildCache, default_cache, sources
from smtplab.text.language import DEFAULT, LANGUAGES
from tests.helpers.paths import PACKAGE


def test_a_part_is_made_once(tmp_path: Path, lines) -> None:
    """A part is made when it is not there and when its input has changed, and kept otherwise."""
    output, say = lines
    cache, builds = BuildCache(tmp_path, say), []

    def maker(folder: Path) -> None:
        builds.append(folder)
        (folder / "a").write_text(str(len(builds)))

    for digest in ("x", "x", "y"):
        part = cache.make("part", "the part", digest, maker)
    assert (part / "a").read_text() == "2"
    assert output == ["the part: making it", "the part: kept", "the part: making it"]


def test_a_part_that_fails_is_not_there(tmp_path: Path) -> None:
    """A part whose making breaks off is not taken for made, and the one from before stays."""
    cache = BuildCache(tmp_path, lambda _line: None)
    cache.make("part", "the part", "x", lambda folder: (folder / "a").write_text("whole"))

    def fail(folder: Path) -> None:
        (folder / "a").write_text("half")
        raise SiteError("the registry is away")

    with pytest.raises(SiteError, match="the registry is away"):
        cache.make("part", "the part", "y", fail)
    assert (tmp_path / "part/a").read_text() == "whole"
    with pytest.raises(SiteError, match="the registry is away"):
        cache.make("part", "the part", "y", fail)


def test_what_builds_is_known_by_its_digest() -> None:
    """Each package that builds the site stands in the list with digests, in the version that is asked for."""
    wanted = re.findall(
        r"^([\w-]+)(?:\[\w+\])?==(\S+)$", (sources() / "build-requirements.txt").read_text(), re.MULTILINE
    )
    blocks = re.split(r"\n(?=\S)", (sources() / "build-lock.txt").read_text().split("build-lock.txt\n")[1])
    locked = {re.split(r"[ \\]", block)[0]: block for block in blocks}
    assert len(wanted) > 5
    assert {f"{name}=={version}" for name, version in wanted} <= locked.keys()
    assert [name for name, block in locked.items() if "--hash=sha256:" not in block] == []


def test_another_file_than_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel or an archive whose digest is not the known one stops the build, which names it."""
    cache = BuildCache(tmp_path / "cache", lambda _line: None)
    lite = tmp_path / "lite"
    folder = lite / "static/pyodide-lock"
    folder.mkdir(parents=True)
    (tmp_path / "cache/pyodide").mkdir(parents=True)
    (tmp_path / "cache/pyodide/.made-from").write_text("x")
    wheel = wheels.pack_stand_in(folder, "some-thing", "9.0")
    lock = {"packages": {"some-thing": {"file_name": wheel.name}}}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))
    with pytest.raises(SiteError, match=r"some_thing-9\.0-py3-none-any\.whl is not the file that is known"):
        cache.packages(lite)

    def pack(_command: object, folder: Path) -> str:
        (folder / "pyodide-0.tgz").write_bytes(b"something else")
        return ""

    monkeypatch.setattr("smtplab.site.parts.run", pack)
    with pytest.raises(SiteError, match=r"pyodide-0\.tgz is not the file that is known"):
        BuildCache(tmp_path / "other", lambda _line: None).pyodide()


def test_missing_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where npm is missing the error says what to install."""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(SiteError, match=r"npm is not installed.*install Node\.js with npm"):
        tools.find_npm()


def test_a_python_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Python named in UV_PYTHON that is not there is said, with the Pythons that would do."""
    monkeypatch.setenv("UV_PYTHON", str(tmp_path / "nosuch/python"))
    with pytest.raises(SiteError, match=r"needs Python 3\.12, 3\.13 or 3\.14"):
        tools.make_environment(tools.find_uv(), tmp_path / "environment")


def test_a_program_that_fails(tmp_path: Path) -> None:
    """What a program said last stands in the error."""
    with pytest.raises(SiteError, match="npm failed with status"):
        tools.run([tools.find_npm(), "run", "nosuch"], tmp_path)
    with pytest.raises(SiteError, match=r"cannot run .*nosuch"):
        tools.run([str(tmp_path / "nosuch")], tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="home directories are found otherwise elsewhere")
@pytest.mark.parametrize("named", ["~/cache", "~nosuchuser-x/cache", ""])
def test_a_cache_that_cannot_be(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    """Where nobody knows a home directory, a cache in it is refused by name; pyenv's Pythons are just not there."""
    for name in ("HOME", "XDG_CACHE_HOME", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SMTPLAB_CACHE", named)

    def unknown(_name: object) -> object:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.setattr("pwd.getpwnam", unknown)
    with pytest.raises(SiteError, match=r"the cache cannot be (~|the user's).*SMTPLAB_CACHE"):
        default_cache()
    assert tools._pyenv() == []


def test_a_cache_in_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tilde in SMTPLAB_CACHE is the home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("SMTPLAB_CACHE", "~/cache")
    assert default_cache() == tmp_path / "cache"


def test_the_wheel_of_this_checkout(tmp_path: Path) -> None:
    """The wheel holds the package with its data and widgets, without the command, and is the same every time."""
    wheel = wheels.pack_smtplab(tmp_path)
    first = wheel.read_bytes()
    assert wheels.pack_smtplab(tmp_path).read_bytes() == first
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
        source = archive.read("smtplab/protocol/reply.py")
    assert {"smtplab/__init__.py", "smtplab/rfc/codes.toml", "smtplab/recordings/servers/exim-4.96.json"} <= names
    assert {
        "smtplab/widgets/console/widget.js",
        "smtplab/widgets/console/widget.css",
        "smtplab/widgets/page.py",
    } <= names
    assert not [name for name in names if name.startswith(("smtplab/cli", "smtplab/site/", "smtplab/notebooks"))]
    assert not [name for name in names if name.endswith(".pyc")]
    assert "Requires-Dist: aiosmtpd" in metadata
    assert "click" not in metadata
    assert source == (PACKAGE / "protocol/reply.py").read_bytes()


def test_a_stand_in_installs(tmp_path: Path) -> None:
    """An empty wheel has the metadata of a package and nothing else."""
    with zipfile.ZipFile(wheels.pack_stand_in(tmp_path, "some-thing", "9.0")) as archive:
        assert {Path(name).name for name in archive.namelist()} == {"METADATA", "WHEEL", "RECORD"}


def test_what_is_unpacked_and_bundled(tmp_path: Path) -> None:
    """Wheels are unpacked without what nothing reads; the same tree gives the same archive, without a date."""
    members = [("a/__init__.py", b"x = 1"), ("a/data.txt", b"text"), ("a/tests/test_a.py", b""), ("a-1.data/x", b"")]
    wheel = wheels.pack(tmp_path, "a", "1", members)
    archives = []
    for name in ("first", "second"):
        tree = tmp_path / name
        wheels.unpack(tree, [wheel])
        wheels.bundle(tmp_path / f"{name}.data", tree)
        archives.append((tmp_path / f"{name}.data").read_bytes())
        os.utime(tree / "a/data.txt", (0, 0))
    assert archives[0] == archives[1]
    with tarfile.open(tmp_path / "first.data") as archive:
        assert archive.getnames() == ["a-1.dist-info/METADATA", "a/__init__.py", "a/data.txt"]
        assert {member.mtime for member in archive} == {0}


def test_the_sentences_of_the_pages() -> None:
    """What a page of the site says stands in every language, and keeps its places to fill in."""
    files = sorted(sources().glob("*/*.toml"))
    assert {"told.toml", "offline.toml"} <= {path.name for path in files}
    for path in files:
        for name, words in tomllib.loads(path.read_text("utf-8")).items():
            if DEFAULT not in words:
                continue  # data, no sentence
            assert set(LANGUAGES) <= set(words), f"{path.name}: {name}"
            places = {frozenset(re.findall(r"\{\w+\}", words[lang])) for lang in LANGUAGES}
            assert len(places) == 1, f"{path.name}: {name}"
