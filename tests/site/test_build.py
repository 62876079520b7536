"""The whole build: from packages, incremental, the same every time, and small enough."""

from __future__ import annotations

import json
import re
import socket
import tarfile
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from smtplab import cli
from smtplab.course.lessons import learners_copy
from smtplab.errors import SiteError
from smtplab.site.build import build_date, build_site
from smtplab.site.landing import home
from smtplab.site.place import LIST
from smtplab.site.serve import serving
from smtplab.text.language import LANGUAGES
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_built_twice_it_is_the_same(cache: Path, tmp_path: Path, lines) -> None:
    """A second build does nothing anew, and one in another cache makes the same files to the last octet."""
    output, say = lines
    assert build_site(tmp_path / "first", cache=cache, say=say)
    output.clear()
    assert not build_site(tmp_path / "first", cache=cache, say=say)
    assert [line for line in output if "making" in line] == []
    assert output[-1].endswith("nothing has changed")
    assert build_site(tmp_path / "second", cache=tmp_path / "cache")
    one, other = (json.loads((tmp_path / name / LIST).read_text())["files"] for name in ("first", "second"))
    assert {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)} == set()


def test_what_is_in_it(cache: Path, tmp_path: Path) -> None:
    """Both languages' lessons and landing pages are there, nothing is loaded from elsewhere, 45 MB at most."""
    site = tmp_path / "site"
    build_site(site, cache=cache)
    files = json.loads((site / LIST).read_text())["files"]
    assert sum((site / path).stat().st_size for path in files) < 45e6
    for lang in LANGUAGES:
        shipped = sorted((TOP / "notebooks" / lang).glob("*.ipynb"))
        assert shipped
        for lesson in shipped:
            assert (site / "files" / lang / lesson.name).read_bytes() == learners_copy(lesson)
    for page in (f"{home(lang)}index.html" for lang in LANGUAGES):
        html = (site / page).read_text("utf-8")
        assert "$" not in html
        assert not re.search(r'(?:src|href)="(?:[a-z]+:)?//', html)
    with tarfile.open(site / "start/packages.data") as archive:
        names = set(archive.getnames())
    assert {"IPython/__init__.pyc", "aiosmtpd/smtp.py", "smtplab/rfc/codes.toml", "typing_extensions.pyc"} <= names
    assert "aiosmtpd/__pycache__/smtp.cpython-314.pyc" in names
    assert json.loads((site / "start/packages.json").read_text()).count("smtplab") == 1
    settings = json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]["litePluginSettings"]
    assert "://" not in json.dumps(settings)
    for app in ("lab", "notebooks"):
        html = (site / app / "index.html").read_text("utf-8")
        assert html.index("Content-Security-Policy") < html.index("<script")
        assert not re.search(r'(?:src|href)="(?:[a-z]+:)?//', html)


def test_the_lessons_date(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists of files show the date that SOURCE_DATE_EPOCH names, else the checkout's; never the build's."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    build_site(tmp_path / "site", cache=cache)
    listed = json.loads((tmp_path / "site/api/contents/en/all.json").read_text())["content"]
    assert {row["last_modified"] for row in listed} == {"2001-09-09T01:46:40Z"}
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert datetime.fromisoformat(build_date()) > datetime(2026, 1, 1, tzinfo=UTC)
    assert build_date() == build_date()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(SiteError, match="SOURCE_DATE_EPOCH is yesterday"):
        build_date()


def test_the_command(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`smtplab site DIR` builds with a line a step, and refuses a folder of something else by name, with status 2."""
    monkeypatch.setenv("SMTPLAB_CACHE", str(cache))
    assert cli.run(["site", str(tmp_path / "site")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 7
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("mine")
    assert cli.run(["site", str(tmp_path / "mine")]) == 2
    assert "holds something else than a site" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_serving(cache: Path, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`smtplab site DIR --serve` builds where there is no site, sends the types that matter, and names a taken port."""
    monkeypatch.setenv("SMTPLAB_CACHE", str(cache))
    site = tmp_path / "site"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.run(["site", str(site), "--serve", "--port", str(port)]) == 2
    assert f"port {port} on 127.0.0.1 is in use" in capsys.readouterr().err
    with serving(site) as address:
        types = {}
        for path in ("index.html", "page/page.mjs", "static/pyodide/pyodide.asm.wasm"):
            with urllib.request.urlopen(f"{address}{path}", timeout=10) as answer:
                types[path] = answer.headers["Content-Type"]
                assert answer.headers["Cache-Control"] == "no-cache"
        (chunk,) = site.glob("build/jlab_core.*.js")
        path = f"{address}build/{chunk.name}?v=1"
        with urllib.request.urlopen(path, timeout=10) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    assert list(types.values()) == ["text/html", "text/javascript", "application/wasm"]
