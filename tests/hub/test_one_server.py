"""One server, with an account for each learner: what an account can reach, and what the teachers' group can.

It makes accounts of the system and removes them, so it runs as root alone, under CI or where SMTPLAB_LONG is set.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.hub import PATIENCE, Hub, Learner, hub, log_in, sign_up
from tests.hub import stand_in
from tests.hub.conftest import must

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "smtplab-teachers"
NAMES = ("one", "grace")
STRANGER = "nobody"
"""An account that every Linux has, and that has nothing to do with the hub."""


@pytest.fixture
def accounts() -> Iterator[dict[str, str]]:
    """Return names that no account has yet; the accounts that the hub makes of them are gone afterwards."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can make accounts")
    if not (os.environ.get("CI") or os.environ.get("SMTPLAB_LONG")):
        pytest.skip("it makes accounts of this machine: SMTPLAB_LONG=1 runs it")
    readable = Path(sys.executable).resolve()
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in [readable, *readable.parents]):
        pytest.skip(f"another account cannot run {readable}")
    mark, had = uuid.uuid4().hex[:6], any(group.gr_name == GROUP for group in grp.getgrall())
    names = {name: f"{name}{mark}" for name in NAMES}
    yield names
    for name in names.values():
        with_prefix = f"lab-{name}"
        if any(account.pw_name == with_prefix for account in pwd.getpwall()):
            subprocess.run(["userdel", "--remove", with_prefix], capture_output=True, check=True)
    if not had and any(group.gr_name == GROUP for group in grp.getgrall()):
        subprocess.run(["groupdel", GROUP], check=True)


@pytest.fixture
def server(proxy: Path, accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Run the hub as it runs on one server, its units started by the stand-in."""
    must(find_spec("systemdspawner"), "jupyterhub-systemdspawner")
    top = Path(tempfile.mkdtemp(prefix="hub-"))
    top.chmod(0o755)  # accounts of the system pass through it to their own
    programs, units = top / "programs", top / "units"
    programs.mkdir()
    units.mkdir(mode=0o700)
    for name in ("systemd-run", "systemctl"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {stand_in.__file__} {name} "$@"\n', "utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("STAND_IN_UNITS", str(units))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    try:
        with hub(
            top,
            proxy,
            TRIAL="",
            TRIAL_PASSWORD="",
            LOGIN="native",
            ADMINS=accounts["grace"],
            TEACHERS=accounts["grace"],
        ) as running:
            yield running
        assert not list(units.iterdir()), "the hub stops its units when it ends"
    finally:
        for unit in units.iterdir():
            stand_in.control(units, "stop", unit.name)
        shutil.rmtree(top)


def as_account(name: str, code: str, *words: object) -> str:
    """Run Python as an account of the system with no groups but its own, and return what it prints."""
    account = pwd.getpwnam(name)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code, *map(str, words)], user=account.pw_uid, group=account.pw_gid,
        extra_groups=[], cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout


LOOK = """
import os, sys
for place in sys.argv[1:]:
    try:
        print(len(os.listdir(place)))
    except OSError as error:
        print(error.strerror)
"""


def test_each_account_has_its_own_and_teachers_read_the_class(server: Hub, accounts: dict[str, str]) -> None:
    """A server runs as its learner's account, which reads nobody else's; a teacher's reads the class, no more."""
    words = "a long enough sentence"
    for name in accounts.values():
        sign_up(server, name, words)
    with log_in(server, accounts["grace"], words) as browser:
        browser.get(f"{server.url}/hub/authorize/{accounts['one']}", timeout=PATIENCE).raise_for_status()
    one, grace = (Learner(server, accounts[name], words) for name in NAMES)
    with ThreadPoolExecutor(len(NAMES)) as pool:
        list(pool.map(Learner.start, (one, grace)))
    with one.kernel("01-first-contact.ipynb") as kernel:
        kernel.run("import os, smtplab; lab = smtplab.start(); smtplab.check('01.help', '214', lab)")
        account = pwd.getpwnam(f"lab-{one.name}")
        assert kernel.run("print(os.getuid(), os.getgroups())").strip() == f"{account.pw_uid} []"
        runtime = kernel.run("print(os.environ['JUPYTER_RUNTIME_DIR'])").strip()
        assert runtime == f"/run/lab-{one.name}"
        hers = [runtime, server.folder / one.name, account.pw_dir]
        looked = as_account(STRANGER, LOOK, *hers, server.folder).splitlines()
        assert looked == ["Permission denied"] * 4
    with grace.kernel("01-first-contact.ipynb") as kernel:
        kernel.run("import os, smtplab")
        seen = kernel.run(f"print(smtplab.watch_class({str(server.folder)!r}))")
        assert "class of 2 learners" in seen
        assert "01.help" in kernel.run(f"print(open('{server.folder}/{one.name}/smtplab-progress.json').read())")
        with pytest.raises(RuntimeError, match="PermissionError"):
            kernel.run(f"open('{server.folder}/{one.name}/01-first-contact.ipynb', 'a')")
        with pytest.raises(RuntimeError, match="PermissionError"):
            kernel.run(f"os.listdir('/home/lab-{one.name}')")
    for learner in (one, grace):
        learner.stop()
    assert not Path(runtime).exists()
