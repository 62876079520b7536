"""What all tests share: a lab on each carrier, and the promise that nothing outlives its test."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import smtplab
import smtplab.text.language
from smtplab.course import logbook
from smtplab.lab import carriers
from tests.helpers.chromium import chromium, chromium_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

settings.register_profile("ci", deadline=None, print_blob=True)
settings.load_profile("ci")


HERE = Path(__file__).parent
SLOW = ("browser", "docs", "hostile", "hub", "real_servers", "recipes", "upstream")
"""Folders of tests that start other programs, or try thousands of inputs, each for seconds; elsewhere a slow test is
marked where it stands."""


LONG = ("test_front_page.py", "test_scorm.py", "test_site_start.py")
"""Tests that take minutes, for whoever changes the front page or the site's start; SMTPLAB_LONG=1 runs them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and what needs a browser; run the latter last.

    Playwright leaves an event loop running in the main thread.
    """
    for item in items:
        room = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
        if room in SLOW:
            item.add_marker(pytest.mark.slow)
        if room == "browser":
            item.add_marker(pytest.mark.browser)
        if item.path.name in LONG and not os.environ.get("SMTPLAB_LONG"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: SMTPLAB_LONG=1 runs it"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """Leave what is there by now out of every later collection of garbage: it is most of the heap, and it stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every lab's thread ends with the test that started it; settings of the machine do not leak in."""
    for name in ("SMTPLAB_LANG", "SMTPLAB_CARRIER", *carriers._OF_A_HUB):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SMTPLAB_PROGRESS", "off")
    monkeypatch.setattr(smtplab.text.language, "_chosen", None)
    logbook._logbook.cache_clear()
    carriers._tell.cache_clear()
    yield
    if _servers():
        gc.collect()  # a lab that nobody stopped stops when nobody holds it
    left = _servers()
    assert not left, f"labs left running: {left}"


def _servers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "smtplab server"]


@pytest.fixture(params=["tcp", "memory"])
def carrier(request: pytest.FixtureRequest) -> str:
    """Name each carrier in turn."""
    return str(request.param)


@pytest.fixture
def start(carrier: str) -> Iterator[Callable[..., smtplab.Lab]]:
    """Start labs on the carrier; they are stopped after the test."""
    labs: list[smtplab.Lab] = []

    def begin(*args: object, **options: object) -> smtplab.Lab:
        labs.append(smtplab.start(*args, carrier=carrier, **options))
        return labs[-1]

    yield begin
    for lab in labs:
        lab.stop()


@pytest.fixture
def lab(start: Callable[..., smtplab.Lab]) -> smtplab.Lab:
    """Return a running lab of the default personality."""
    return start()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run Chromium, one for all tests. Without it they skip; under CI that fails."""
    path = chromium_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed")
    with chromium(path) as running:
        yield running


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """Skip with a reason where something is missing; fail under CI, where all of it must be there."""

    def check(tool: object, what: str) -> None:
        if not tool:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")

    return check
