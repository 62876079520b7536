"""Who comes into a hub: with NativeAuthenticator whom an administrator lets in, and nobody else."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
import requests

from tests.helpers.hub import PATIENCE, Hub, Learner, hub
from tests.hub.conftest import must

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "a long enough sentence"


def sign_up(running: Hub, name: str, words: str = WORDS) -> str:
    """Ask for an account by the hub's form, and return the page that comes."""
    with requests.Session() as http:
        http.get(f"{running.url}/hub/signup", timeout=PATIENCE)
        xsrf = [cookie.value for cookie in http.cookies if cookie.name == "_xsrf"][-1]
        form = {"username": name, "signup_password": words, "signup_password_confirmation": words, "_xsrf": xsrf}
        return http.post(f"{running.url}/hub/signup", data=form, timeout=PATIENCE).text


def test_an_administrator_lets_each_in(proxy: Path, tmp_path: Path) -> None:
    """Who signed up comes in when an administrator has said so, with the right words only; short words are refused."""
    must(find_spec("nativeauthenticator"), "jupyterhub-nativeauthenticator")
    with hub(tmp_path, proxy, LOGIN="native", TRIAL_PASSWORD="", ADMINS="ada") as running:
        sign_up(running, "ada")
        sign_up(running, "pupil")
        sign_up(running, "hasty", "short")
        ada = Learner(running, "ada", WORDS)
        with pytest.raises(PermissionError):
            Learner(running, "pupil", WORDS)
        with pytest.raises(PermissionError):
            Learner(running, "nobody", WORDS)
        let_in = ada.http.get(f"{running.url}/hub/authorize/pupil", timeout=PATIENCE, allow_redirects=False)
        assert let_in.status_code == 302
        assert not Learner(running, "pupil", WORDS).is_running()
        with pytest.raises(PermissionError):
            Learner(running, "pupil", "other words than hers")
        with pytest.raises(PermissionError):
            Learner(running, "hasty", "short")
