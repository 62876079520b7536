"""A real JupyterHub on 127.0.0.1 with deploy/hub's configuration, and learners who come in over REST and websockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import requests
import websocket

from tests.helpers.paths import TOP
from tests.helpers.running import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = TOP / "deploy/hub/jupyterhub_config.py"
PASSWORD = "one for all in a trial"
PATIENCE = 120
"""Seconds after which something that a hub does has failed."""


def install_proxy(folder: Path) -> Path:
    """Install JupyterHub's proxy from npm into a folder, once; return the folder of its program. Raises OSError."""
    programs = folder / "node_modules/.bin"
    if not (programs / "configurable-http-proxy").exists():
        command = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            folder,
            "configurable-http-proxy@5",
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise OSError(f"npm install failed: {ran.stderr[-300:]}")
    return programs


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, the class's folder and what it wrote. `pid` is the hub's process."""

    url: str
    folder: Path
    log: Path
    pid: int

    def processes(self, name: str) -> list[psutil.Process]:
        """Return the processes of a learner's server, the server first and then the kernels."""
        found = []
        for process in psutil.Process(self.pid).children(recursive=True):
            try:
                if process.environ().get("JUPYTERHUB_USER") == name:
                    found.append(process)
            except psutil.Error:
                continue  # it ended just now
        return sorted(found, key=lambda process: process.create_time())


@contextmanager
def hub(folder: Path, programs: Path, configuration: Path = CONFIGURATION, **choices: str) -> Iterator[Hub]:
    """Run a trial hub in a folder; choices are the administrator's, without `SMTPLAB_HUB_` before them."""
    foreign = ("SMTPLAB", "JUPYTER", "PYTHONDONTWRITE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    url = f"http://127.0.0.1:{free_port()}"
    made = {
        "TRIAL": "one-account-for-all", "TRIAL_PASSWORD": PASSWORD, "URL": url, "PORT": str(free_port()),
        "API": str(free_port()), "STATE": str(folder / "state"), "CLASS": str(folder / "class"), **choices,
    }  # fmt: skip
    env = {
        **kept,
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), kept["PATH"]]),
        "PYTHONPATH": str(TOP),
        **{f"SMTPLAB_HUB_{name}": value for name, value in made.items() if value},
    }
    log = folder / "hub.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "jupyterhub", "-f", configuration]
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, cwd=folder)
        try:
            _wait(process, url, log)
            yield Hub(url, Path(made["CLASS"]), log, process.pid)
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return when the hub shows its form; before that there is no proxy, or one without a way to the hub."""
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        with suppress(requests.ConnectionError):
            if requests.get(f"{url}/hub/login", timeout=PATIENCE).status_code == 200:
                return
        pause.wait(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a hub, which ends its servers and its proxy; what is left then is killed."""
    with suppress(psutil.NoSuchProcess):
        started = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _, left = psutil.wait_procs(started, 20)
        for each in left:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        assert not left, f"the hub left its servers behind: {left}"


def xsrf(browser: requests.Session) -> str:
    """Return the newest of the tokens that a form must send back."""
    return [cookie.value or "" for cookie in browser.cookies if cookie.name == "_xsrf"][-1]


def log_in(hub: Hub, name: str, password: str) -> requests.Session:
    """Log in by the hub's form, as a browser does. Raises PermissionError."""
    browser, login = requests.Session(), f"{hub.url}/hub/login"
    browser.get(login, timeout=PATIENCE)
    form = {"username": name, "password": password, "_xsrf": xsrf(browser)}
    came = browser.post(login, data=form, timeout=PATIENCE, allow_redirects=False)
    if came.status_code != 302:
        browser.close()
        if came.status_code not in (200, 403):  # the form again, with a sentence
            came.raise_for_status()
        raise PermissionError(f"{name} may not come in")
    return browser


def sign_up(hub: Hub, name: str, password: str) -> None:
    """Ask for an account by the form of NativeAuthenticator."""
    with requests.Session() as browser:
        browser.get(f"{hub.url}/hub/signup", timeout=PATIENCE)
        words = {"signup_password": password, "signup_password_confirmation": password}
        form = {"username": name, **words, "_xsrf": xsrf(browser)}
        browser.post(f"{hub.url}/hub/signup", data=form, timeout=PATIENCE).raise_for_status()


class Learner:
    """Somebody who has logged in by the hub's form, and goes on with a token of her own."""

    def __init__(self, hub: Hub, name: str, password: str = PASSWORD) -> None:
        self.hub, self.name = hub, name
        self.api = f"{hub.url}/hub/api/users/{name}"
        self.server = f"{hub.url}/user/{name}"
        with log_in(hub, name, password) as browser:
            headers = {"X-XSRFToken": xsrf(browser)}
            made = browser.post(f"{self.api}/tokens", headers=headers, json={}, timeout=PATIENCE)
        made.raise_for_status()
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"token {made.json()['token']}"

    def ask(self, method: str, address: str, **options: Any) -> Any:
        """Ask the hub or a server, and return what it answers as JSON. Raises HTTPError."""
        answer = self.http.request(method, address, timeout=PATIENCE, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def start(self) -> None:
        """Start the server and return when it is ready. Raises OSError where it does not start."""
        self.ask("POST", f"{self.api}/server")
        with self.http.get(f"{self.api}/server/progress", stream=True, timeout=PATIENCE) as told:
            for line in told.iter_lines():
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line.removeprefix(b"data:"))
                if event.get("failed"):
                    raise OSError(f"{self.name}'s server did not start: {event}")
                if event.get("ready"):
                    return
        raise OSError(f"{self.name}'s server did not say that it is ready")

    def stop(self) -> None:
        """Stop the server, as its owner does on the hub's page."""
        self.ask("DELETE", f"{self.api}/server")

    def is_running(self) -> bool:
        """Return whether the hub knows of a server of hers."""
        return bool(self.ask("GET", self.api).get("servers"))

    def read(self, path: str) -> Any:
        """Return a file as Jupyter gives it."""
        return self.ask("GET", f"{self.server}/api/contents/{path}")

    def write(self, path: str, notebook: dict[str, Any]) -> None:
        """Save a notebook, as JupyterLab does."""
        self.ask("PUT", f"{self.server}/api/contents/{path}", json={"type": "notebook", "content": notebook})

    @contextmanager
    def kernel(self, path: str) -> Iterator[Kernel]:
        """Open a notebook's kernel."""
        asked = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        session = self.ask("POST", f"{self.server}/api/sessions", json=asked)
        kernel = session["kernel"]["id"]
        address = f"{self.server}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
        header = [f"Authorization: {self.http.headers['Authorization']}"]
        wire = websocket.create_connection(address.replace("http", "ws", 1), header=header, timeout=PATIENCE)
        try:
            yield Kernel(wire, kernel)
        finally:
            wire.close()


class Kernel:
    """A notebook's kernel, over a websocket."""

    def __init__(self, wire: websocket.WebSocket, kernel_id: str) -> None:
        self.wire, self.id = wire, kernel_id

    def run(self, code: str) -> str:
        """Run a cell and return what it shows as text. Raises RuntimeError with the kernel's error."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "username": "", "session": "s", "msg_type": "execute_request", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}
        self.wire.send(json.dumps({**message, "content": {**content, "stop_on_error": False}}))
        shown: list[str] = []
        left = {"execute_reply", "idle"}
        while left:
            came = self.wire.recv()
            if not isinstance(came, str):
                continue  # a widget's buffers
            told = json.loads(came)
            if told["parent_header"].get("msg_id") != number:
                continue
            kind, body = told["msg_type"], told["content"]
            if kind == "error":
                raise RuntimeError(f"{code[:60]!r}: {body['ename']}: {body['evalue']}")
            if body.get("status") == "aborted":
                raise RuntimeError(f"{code[:60]!r} was not run")
            if kind == "stream":
                shown.append(body["text"])
            elif kind in ("execute_result", "display_data"):
                shown.append(body["data"].get("text/plain", ""))
            left -= {kind, body.get("execution_state")}
        return "\n".join(shown)


def code_cells(notebook: dict[str, Any]) -> list[str]:
    """Return the sources of a notebook's cells of code."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
