"""Firefox and WebKit, each driven by its own protocol: WebDriver BiDi over a web socket, W3C WebDriver over HTTP.

A driver opens addresses and evaluates JavaScript; that is all that these tests ask of the two.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import websocket

from tests.helpers.running import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


class Driver:
    """A browser with one page. `evaluate` takes the body of an async function and returns what that returns."""

    def open(self, url: str) -> None:
        """Go to an address."""
        raise NotImplementedError

    def evaluate(self, body: str) -> Any:
        """Run JavaScript in the page; what it returns comes as plain data."""
        raise NotImplementedError

    def until(self, condition: str, seconds: float = 90) -> Any:
        """Wait until an expression is true in the page, and return its value; the page waits, not the test."""
        end = time.monotonic() + seconds
        body = (
            "const end = Date.now() + 2000; let value;"
            f"while (!(value = ({condition})) && Date.now() < end) await new Promise((done) => setTimeout(done, 50));"
            "return value instanceof Node ? true : value || null;"
        )
        while not (value := self.evaluate(body)):
            assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        return value


class Firefox(Driver):
    """Firefox by WebDriver BiDi."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self._number = 0
        self._call("session.new", capabilities={})
        self._context = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            reply = json.loads(self._socket.recv())
            if reply.get("id") == self._number:
                assert reply["type"] == "success", reply
                return reply["result"]

    def open(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=url, wait="interactive")

    def evaluate(self, body: str) -> Any:
        expression = f"(async () => {{ {body} }})().then((value) => JSON.stringify(value ?? null))"
        reply = self._call(
            "script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=True
        )
        assert reply["type"] == "success", reply
        return json.loads(reply["result"]["value"])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class WebKit(Driver):
    """WebKitGTK by W3C WebDriver."""

    def __init__(self, address: str, binary: str) -> None:
        self._address = address
        options = {"webkitgtk:browserOptions": {"binary": binary, "args": ["--automation"]}}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self._address = f"{address}/session/{session['sessionId']}"
        self._call("POST", "/timeouts", {"script": 60_000, "pageLoad": 60_000})

    def _call(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        call = urllib.request.Request(self._address + path, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(call, timeout=90) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def evaluate(self, body: str) -> Any:
        script = (
            f"const done = arguments[0]; (async () => {{ {body} }})()"
            ".then((value) => done(JSON.stringify(value ?? null)))"
            ".catch((error) => done(JSON.stringify({failed: String(error)})))"
        )
        value = json.loads(self._call("POST", "/execute/async", {"script": script, "args": []}))
        assert not (isinstance(value, dict) and "failed" in value), value
        return value

    def close(self) -> None:
        """End the session."""
        self._call("DELETE", "")


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a group of its own, which ends with it."""
    with log.open("wb") as output:
        program = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output,
                                   start_new_session=True)  # fmt: skip
        try:
            yield program
        finally:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def _wait_for(program: subprocess.Popen[bytes], log: Path, pattern: str) -> str:
    """Wait until a program has written a line of that pattern; return its first group."""
    end, pause = time.monotonic() + 60, threading.Event()
    while not (match := re.search(pattern, log.read_text("utf-8", "replace"))):
        assert program.poll() is None, log.read_text("utf-8", "replace")
        assert time.monotonic() < end, log.read_text("utf-8", "replace")
        pause.wait(0.05)
    return match[1] if match.groups() else match[0]


@contextmanager
def firefox(home: Path) -> Iterator[Firefox]:
    """Run Firefox without a window, with a profile of its own that calls nobody."""
    profile, log = home / "profile", home / "firefox.log"
    profile.mkdir(parents=True)
    quiet = {
        "app.normandy.enabled": False, "app.update.enabled": False, "browser.safebrowsing.update.enabled": False,
        "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.systemAddon.update.enabled": False, "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False, "network.proxy.type": 0, "services.settings.server": "data:,",
        "toolkit.telemetry.enabled": False,
    }  # fmt: skip
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in quiet.items())
    )
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with _running(command, {"HOME": str(home), "MOZ_HEADLESS": "1"}, log) as program:
        driver = Firefox(f"{_wait_for(program, log, r'(ws://127.0.0.1:[0-9]+)')}/session")
        try:
            yield driver
        finally:
            driver.close()


@contextmanager
def webkit(home: Path) -> Iterator[WebKit]:
    """Run WebKitGTK's own small browser on a screen that nobody sees."""
    home.mkdir(parents=True)
    binary = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), reverse=True)))
    port, screen = free_port(), home / "screen.log"
    with _running(["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1300x1000x24"], {}, screen) as xvfb:
        display = f":{_wait_for(xvfb, screen, r'([0-9]+)')}"
        environment = {
            "DISPLAY": display, "GDK_BACKEND": "x11", "HOME": str(home), "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # root may not make the name spaces that it wants
        }  # fmt: skip
        log = home / "webkit.log"
        with _running(["WebKitWebDriver", f"--port={port}"], environment, log) as program:
            end, pause = time.monotonic() + 30, threading.Event()
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5).close()
                    break
                except OSError:
                    assert program.poll() is None, log.read_text()
                    assert time.monotonic() < end, log.read_text()
                    pause.wait(0.05)
            driver = WebKit(f"http://127.0.0.1:{port}", str(binary))
            try:
                yield driver
            finally:
                driver.close()


def have(name: str) -> bool:
    """Return whether a browser and what drives it are installed."""
    wanted = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb")}[name]
    return all(map(shutil.which, wanted))
