"""The pytest plugin. pytest loads it at every start, so it imports nothing of ours before a test asks for a fixture."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtplab.lab.lab import Lab
    from smtplab.testing.certificates import Certificate

_OPTION = "--smtplab-personality"
_ALL = "all"
_DEFAULT = "rfc5321"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option (pytest's hook)."""
    parser.getgroup("smtplab").addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="run each test that uses smtp_personality against this server; may be given again; "
        "all: every recorded one (smtplab personalities lists them)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Look the names up before anything runs (pytest's hook)."""
    chosen = config.getoption(_OPTION)
    if not chosen:
        return
    from smtplab.errors import SmtplabError
    from smtplab.recordings.personalities import personality

    for name in chosen:
        if name != _ALL:
            try:
                personality(name)
            except (SmtplabError, OSError) as error:
                raise pytest.UsageError(f"{_OPTION}: {error}") from error


def _chosen(config: pytest.Config) -> list[str]:
    """Return the personalities that the option names, each once, in its order."""
    names: list[str] = []
    for name in config.getoption(_OPTION):
        if name == _ALL:
            from smtplab.recordings.recording import names as recorded

            names += recorded()
        else:
            names.append(name)
    return list(dict.fromkeys(names))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses smtp_personality once for each server of the option (pytest's hook)."""
    if "smtp_personality" not in metafunc.fixturenames or not (names := _chosen(metafunc.config)):
        return
    own = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize") if mark.args]
    if not any("smtp_personality" in (each.split(",") if isinstance(each, str) else each) for each in own):
        metafunc.parametrize("smtp_personality", names, indirect=True)


@pytest.fixture
def smtp_lab() -> Iterator[Lab]:
    """Return a mail server on a free port: smtp_lab.address is host and port, smtp_lab.messages the mail it took."""
    from smtplab.testing.labs import start

    with start() as lab:
        yield lab


@pytest.fixture
def smtp_personality(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a server that answers as a recorded one, which --smtplab-personality names; its .name is that.

    It says what that server said and holds no mail: after its 250 smtp_personality.messages stays empty.
    Without the option it is the lab's own server; `indirect` parametrization names others for one test.
    """
    from smtplab.testing.labs import start

    with start(getattr(request, "param", _DEFAULT)) as lab:
        yield lab


@pytest.fixture
def smtp_says() -> Iterator[Callable[..., Lab]]:
    """Return a maker of servers that say what you want, such as {"RCPT": ["250 ok", "451 later"]}.

    It takes what `smtplab.testing.start` takes: a script or a personality's name, faults, tls=, auth=. What it made is
    stopped after the test.
    """
    from smtplab.testing.labs import start

    with ExitStack() as stack:

        def make(how: Any = _DEFAULT, *faults: Any, **options: Any) -> Lab:
            lab = start(how, *faults, **options)
            stack.callback(lab.stop)
            return lab

        yield make


@pytest.fixture
def smtp_certificate() -> Certificate:
    """Return the certificate of the servers with tls=: .client_context() trusts it, .save(tmp_path) is for programs."""
    from smtplab.testing.certificates import certificate

    return certificate()
