"""Who comes into a hub: with NativeAuthenticator whom an administrator lets in, and nobody else."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.helpers.hub import PATIENCE, Learner, hub, log_in, sign_up
from tests.hub.conftest import must

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "a long enough sentence"


def test_an_administrator_lets_each_in(proxy: Path, tmp_path: Path) -> None:
    """Who signed up comes in when an administrator has said so, with the right words only; short words are refused."""
    must(find_spec("nativeauthenticator"), "jupyterhub-nativeauthenticator")
    with hub(tmp_path, proxy, LOGIN="native", TRIAL_PASSWORD="", ADMINS="ada") as running:
        sign_up(running, "ada", WORDS)
        sign_up(running, "pupil", WORDS)
        sign_up(running, "hasty", "short")
        with pytest.raises(PermissionError):
            Learner(running, "pupil", WORDS)
        with pytest.raises(PermissionError):
            Learner(running, "nobody", WORDS)
        with log_in(running, "ada", WORDS) as ada:
            ada.get(f"{running.url}/hub/authorize/pupil", timeout=PATIENCE).raise_for_status()
        assert not Learner(running, "pupil", WORDS).is_running()
        with pytest.raises(PermissionError):
            Learner(running, "pupil", "other words than hers")
        with pytest.raises(PermissionError):
            Learner(running, "hasty", "short")
