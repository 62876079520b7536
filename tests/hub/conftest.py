"""What the hub's tests share: the proxy, which npm installs, and one running hub."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.hub import Hub, hub, install_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

# Windows has no accounts of this kind, nor the modules that speak of them.
collect_ignore = ["stand_in.py", "test_one_server.py"] if sys.platform == "win32" else []


def must(tool: object, what: str) -> None:
    """Skip with a reason where something is missing; fail under CI, where all of it must be there."""
    if not tool:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install configurable-http-proxy into a temporary folder, or into SMTPLAB_TEST_PROXY, where it stays."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a hub's servers are Linux machines")
    must(find_spec("jupyterhub"), "jupyterhub")
    must(shutil.which("npm"), "npm")
    folder = os.environ.get("SMTPLAB_TEST_PROXY")
    try:
        return install_proxy(Path(folder) if folder else tmp_path_factory.mktemp("proxy"))
    except OSError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture(scope="session")
def class_hub(proxy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Run a trial hub: ada is an administrator, grace a teacher."""
    with hub(tmp_path_factory.mktemp("hub"), proxy, ADMINS="ada", TEACHERS="grace") as running:
        yield running
