"""What a probe cannot ask: impossible ports, timeouts and names are refused in one line, before anything is asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab import cli
from tests.helpers.hostile import server, talking

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("port", [70000, 0, -1, 65536, 2.5, True, "25"])
def test_ports_that_are_none(port: object) -> None:
    """What is no port is named before anything is asked."""
    with pytest.raises(ValueError, match=r"a port is a whole number from 1 to 65535, not "):
        smtplab.probe("127.0.0.1", port)


@pytest.mark.parametrize("timeout", ["1e10", "inf", "nan", "0", "-1", "1e-400"])
@pytest.mark.parametrize("command", ["probe", "record"])
def test_timeouts_that_are_none(
    command: str, timeout: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout that no clock can keep is one clear line and status 2."""
    monkeypatch.chdir(tmp_path)
    name = ["--name", "mine"] if command == "record" else []
    assert cli.run([command, "127.0.0.1:9", f"--timeout={timeout}", *name]) == 2
    err = capsys.readouterr().err
    assert "timeout is " in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["127.0.0.1:70000", "127.0.0.1:0", "127.0.0.1:" + "9" * 5000, "127.0.0.1:-1"])
def test_addresses_with_impossible_ports(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no port is refused by the command, with the valid range."""
    assert cli.run(["probe", address]) == 2
    assert "not HOST" in capsys.readouterr().err
    assert cli.run(["probe", "--lang", "es", address]) == 2
    assert "no es EQUIPO" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["a" * 300, "nosuch..example", "no\0such"])
def test_names_that_are_none(host: str) -> None:
    """A name that no host can have is told of in one line."""
    with pytest.raises(smtplab.ProbeError, match="no such host"):
        smtplab.probe(host, 25, timeout=2)


def test_the_timeout_of_a_connection_is_one() -> None:
    """However many addresses a name has, all of them together have the step's time."""
    with server(talking({})) as (_, port):
        began = time.monotonic()
        assert smtplab.probe("localhost", port, timeout=2).transcript
        assert time.monotonic() - began < 4
