"""The error classes: each survives pickle and copy with all that it carries, so it may cross a process pool."""

from __future__ import annotations

import copy
import pickle
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.errors import DialogueError, SmtplabError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class TwoFields(SmtplabError):
    """An error as a room may write one tomorrow: its message is made from its arguments."""

    def __init__(self, host: str, *, port: int) -> None:
        super().__init__(f"{host} has no port {port}")
        self.host = host
        self.port = port


class OfTheSystem(SmtplabError, ConnectionError):
    """An error that is one of the system's too."""


def modules() -> None:
    """Load every module of the package, so that every error class is there."""
    for module in pkgutil.walk_packages(smtplab.__path__, "smtplab."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def below(base: type[BaseException]) -> Iterator[type[BaseException]]:
    """Return a class and all that are derived from it."""
    yield base
    for cls in base.__subclasses__():
        yield from below(cls)


modules()
OURS = sorted(set(below(SmtplabError)), key=lambda cls: cls.__name__)
OTHERS = sorted(
    {cls for cls in below(BaseException) if cls.__module__.startswith("smtplab.")} - set(OURS),
    key=lambda cls: cls.__name__,
)


def transcript() -> smtplab.Transcript:
    """Return a dialogue with one exchange in it."""
    with smtplab.start(carrier="memory") as lab:
        lab.send("HELP RCPT")
        return lab.transcript


def example(cls: type[BaseException]) -> BaseException:
    """Make an error of a class, with whatever it takes."""
    if issubclass(cls, UnknownName):
        return cls("personality", "exim", ["exim-4.96", "rfc5321"])
    if issubclass(cls, DialogueError):
        return cls("the server closed the connection", transcript(), b"214-He\xff")
    if cls is TwoFields:
        return cls("mail.example", port=25)
    return cls("it broke: ñ {x}")


COPIES: dict[str, Callable[[BaseException], BaseException]] = {
    **{
        f"pickle {protocol}": lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("cls", [*OURS, *OTHERS], ids=lambda cls: cls.__name__)
def test_every_error_survives(cls: type[BaseException], way: str) -> None:
    """A copy of an error is of its class, says the same, and carries every field and note."""
    error = example(cls)
    error.add_note("while testing")
    twin = COPIES[way](error)
    assert type(twin) is cls
    assert twin is not error
    assert (str(twin), repr(twin), twin.args) == (str(error), repr(error), error.args)
    assert vars(twin) == vars(error)
    assert vars(twin)["__notes__"] == ["while testing"]
    assert str(twin)


def test_the_classes_are_found() -> None:
    """The walk finds the public errors, and those that no room shows."""
    public = {getattr(smtplab, name) for name in smtplab.__all__}
    assert {cls for cls in public if isinstance(cls, type) and issubclass(cls, BaseException)} <= set(OURS)
    assert "Endless" in {cls.__name__ for cls in OTHERS}


def test_an_unknown_name_tells_its_parts() -> None:
    """What was named, how, and what there is can be read off the error; what cannot be pickled is kept as code."""
    error = example(UnknownName)
    assert (error.what, error.name, error.known) == ("personality", "exim", ("exim-4.96", "rfc5321"))
    function = UnknownName("personality", transcript.__get__, [])
    assert function.name == repr(transcript.__get__)
    assert str(pickle.loads(pickle.dumps(function))) == str(function)
