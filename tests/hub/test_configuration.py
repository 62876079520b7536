"""The hub's configuration: what it refuses to start with, and what it sets for each kind of login and spawner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.hub import CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Callable

TRIAL = {"TRIAL": "one-account-for-all", "TRIAL_PASSWORD": "words"}
REFUSED = {
    "no choice at all": ({}, "SMTPLAB_HUB_LOGIN is ''"),
    "an unknown login": ({"LOGIN": "dummy"}, "SMTPLAB_HUB_LOGIN is 'dummy'"),
    "one password without a trial": ({"TRIAL_PASSWORD": "words"}, "SMTPLAB_HUB_LOGIN is ''"),
    "one password beside a login": ({"LOGIN": "native", "TRIAL_PASSWORD": "words"}, "one password for everybody"),
    "a trial without a password": ({"TRIAL": "one-account-for-all"}, "SMTPLAB_HUB_LOGIN is ''"),
    "a trial by another word": ({"TRIAL": "1"}, "SMTPLAB_HUB_TRIAL is '1'"),
    "a trial for others": ({**TRIAL, "URL": "http://0.0.0.0:80"}, "must be on 127.0.0.1"),
    "passwords in the clear": ({"LOGIN": "native", "URL": "http://:80"}, "in the clear"),
    "an unknown language": ({**TRIAL, "LANGUAGE": "xx"}, "SMTPLAB_HUB_LANGUAGE is 'xx'"),
    "an unknown network": ({**TRIAL, "NETWORK": "ajar"}, "SMTPLAB_HUB_NETWORK is 'ajar'"),
    "an account that is not root": ({"LOGIN": "native"}, "must be started as root"),
}


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that reads the configuration with choices, and gives its names and its settings as `c`."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a hub's servers are Linux machines")
    config = pytest.importorskip("traitlets.config")

    def get(**choices: str) -> Any:
        for name in [name for name in os.environ if name.startswith("SMTPLAB_HUB_")]:
            monkeypatch.delenv(name)
        for name, value in {"STATE": str(tmp_path / "state"), "CLASS": str(tmp_path / "class"), **choices}.items():
            monkeypatch.setenv(f"SMTPLAB_HUB_{name}", value)
        settings = config.Config()
        names = {"get_config": lambda: settings, "__name__": "configuration", "__file__": str(CONFIGURATION)}
        mask = os.umask(0o022)
        try:
            exec(compile(CONFIGURATION.read_text("utf-8"), CONFIGURATION, "exec"), names)
        finally:
            os.umask(mask)
        return SimpleNamespace(**names)

    return get


@pytest.mark.parametrize(("choices", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_hub_that_is_less_safe_than_it_looks_does_not_start(
    choices: dict[str, str], sentence: str, read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each such choice ends with a sentence that names it, before a folder is made."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=sentence):
        read(**choices)
    assert list(tmp_path.iterdir()) == []


def test_one_server_limits_each_learner(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a trial there is systemd's spawner with its limits, no way out, and no way to become root."""
    made: list[list[str]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *words: made.append(list(map(str, words))))
    monkeypatch.setattr(subprocess, "run", lambda words, **_: made.append(words))
    monkeypatch.setattr("grp.getgrnam", lambda _name: SimpleNamespace(gr_gid=4711))
    lti = {f"LTI_{name}": f"https://example.org/{name}" for name in ("ISSUER", "CLIENTS", "AUTHORIZE", "JWKS")}
    one = read(LOGIN="lti", **lti).c
    assert one.JupyterHub.spawner_class == "systemd"
    assert one.Spawner.mem_limit == "512M"
    assert one.SystemdSpawner.disable_user_sudo is True
    properties = one.SystemdSpawner.unit_extra_properties
    assert (properties["IPAddressDeny"], properties["IPAddressAllow"]) == ("any", "localhost")
    assert one.JupyterHub.authenticator_class == "ltiauthenticator.lti13.auth.LTI13Authenticator"
    assert one.LTI13Authenticator.client_id == {"https://example.org/CLIENTS"}
    assert made == [["groupadd", "--force", "--system", "smtplab-teachers"], [str(tmp_path / "class"), "0", "4711"]]
    assert (tmp_path / "class").stat().st_mode & 0o777 == 0o751
    opened = read(LOGIN="lti", NETWORK="open", **lti).c.SystemdSpawner.unit_extra_properties
    assert "IPAddressDeny" not in opened


def test_a_sockets_path_is_short_for_every_name(read: Callable[..., Any]) -> None:
    """Whatever a learner's name is, no two have one account, and a kernel's sockets have at most 107 octets."""
    hub = read(**TRIAL)
    names = [
        "ana",
        "Ana",
        "ana@school.example",
        "ana@school.exampl",
        "x" * 100,
        "9",
        "a" * 16,
        "a" * 17,
        "ana-0123abcd",
    ]
    short = [hub.short(name) for name in names]
    assert len(set(short)) == len(names)
    assert short[0] == "ana"
    for runtime in (hub.RUNTIME, Path("/run")):
        paths = [runtime / f"lab-{name}" / f"kernel-{'0' * 36}-ipc-99" for name in short]
        assert all(len(os.fsencode(path)) <= 107 for path in paths)
    assert all(len(f"lab-{name}") <= 32 for name in short)


def test_only_a_name_that_may_be_a_folders_comes_in(read: Callable[..., Any]) -> None:
    """A name with a slash, dots alone or a line end is refused; an address is a name."""
    import re

    pattern = re.compile(read(**TRIAL).c.Authenticator.username_pattern)
    assert all(pattern.match(name) for name in ("ana", "ana.lopez@school.example", "17"))
    assert not any(pattern.match(name) for name in ("../ana", "..", ".ssh", "ana/..", "ana\n", "", "a" * 101))


def test_the_servers_say_nothing_to_anybody(read: Callable[..., Any]) -> None:
    """A kernel's transport is ipc, the carrier is memory, both cullers run, and nothing is asked for news."""
    c = read(**TRIAL, SERVER_IDLE="1200", KERNEL_IDLE="600").c
    assert "--KernelManager.transport=ipc" in c.Spawner.args
    assert "--MappingKernelManager.cull_idle_timeout=600" in c.Spawner.args
    assert "--LabApp.news_url=None" in c.Spawner.args
    assert c.Spawner.environment["SMTPLAB_CARRIER"] == "memory"
    (culler,) = c.JupyterHub.services
    assert culler["command"][1:4] == ["-m", "jupyterhub_idle_culler", "--timeout=1200"]
