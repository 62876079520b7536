"""The commands about servers: `smtplab send`, `serve`, `personalities`, `probe` and `record`."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smtplab.cli.commands import Port, Seconds, argument, command, option
from smtplab.cli.options import lang_option, personality_option, port_refused
from smtplab.cli.terminal import say
from smtplab.errors import DialogueError
from smtplab.text.texts import Texts, reason

if TYPE_CHECKING:
    from collections.abc import Callable


class _Address(click.ParamType):  # type: ignore[type-arg]  # generic in some versions of click only
    """A server's address: HOST, HOST:PORT, or [IPv6]:PORT."""

    name = "host[:port]"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[str, int | None]:
        """Return host and port; no port is None."""
        if isinstance(value, tuple):
            return value
        parts = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+))(?::([0-9]+))?", value)
        if parts is None:
            self.fail(Texts("cli/texts")("not_an_address", value=repr(value)), param, context)
        if parts[3] and not (len(parts[3]) <= 5 and 0 < int(parts[3]) < 65536):  # the largest port
            self.fail(Texts("cli/texts")("not_a_port", value=repr(value)[:80], port=parts[3][:20]), param, context)
        return parts[1] or parts[2], int(parts[3]) if parts[3] else None


def _progress() -> Callable[[str], None]:
    """Return what shows progress on a terminal, on one line that is wiped; elsewhere it says nothing."""
    if not sys.stderr.isatty():
        return lambda _what: None
    return lambda what: say(what[:70], nl=False, err=True, wiping=True)


@command()
@argument("address", type=_Address())
@option("--starttls", is_flag=True, help="option_starttls")
@option("--tls", is_flag=True, help="option_tls")
@option("--insecure", is_flag=True, help="option_insecure")
@option("--timeout", type=Seconds(), default=10.0, show_default=True, help="option_step_timeout")
@option("--json", "as_json", is_flag=True, help="option_json")
@lang_option
@click.pass_context
def probe(
    context: click.Context, address: tuple[str, int | None], *, starttls: bool, tls: bool, insecure: bool,
    timeout: float, as_json: bool,
) -> None:  # fmt: skip
    """Ask a server of your own what it says to HELP, and judge it; nothing names a mailbox.

    Exit status: 0 when no MUST is violated, 1 when one is, 2 when the server could not be asked.
    """
    from smtplab.lab.probe import probe

    progress = _progress()
    try:
        result = probe(*address, starttls=starttls, tls=tls, insecure=insecure, timeout=timeout, progress=progress)
    finally:
        progress("")
    say(json.dumps(result.as_data(), indent=1) if as_json else str(result))
    context.exit(1 if result.violates else 0)


@command()
@argument("address", type=_Address())
@option("--name", required=True, help="option_recording_name")
@option("--out", type=click.Path(path_type=Path), help="option_out")
@option("--software", default="unknown", help="option_software")
@option("--version", "version_", default="unknown", help="option_software_version")
@option("--lmtp", is_flag=True, help="option_lmtp")
@option("--transaction", metavar="RECIPIENT", help="option_transaction")
@option("--limits", is_flag=True, help="option_limits")
@option("--timeout", type=Seconds(), default=5.0, show_default=True, help="option_each_timeout")
@lang_option
def record(
    address: tuple[str, int | None], name: str, out: Path | None, software: str, version_: str, *, lmtp: bool,
    transaction: str | None, limits: bool, timeout: float,
) -> None:  # fmt: skip
    """Record what a server that you may ask says to HELP and status commands."""
    from smtplab.lab.probe import need_sockets

    need_sockets()
    from smtplab.lab.remote import RemoteConnection
    from smtplab.protocol.timeouts import seconds
    from smtplab.recordings.recorder import checked_name, record

    host, port = address
    checked_name(name)
    out = out or Path(f"{name}.json")
    seconds(timeout)
    _check_new(out)
    progress = _progress()
    try:
        recording = record(
            lambda within: RemoteConnection(host, port or 25, within), name, software=software, version=version_,
            protocol="LMTP" if lmtp else "SMTP", transaction=transaction, limits=limits, timeout=timeout,
            progress=progress,
        )  # fmt: skip
    finally:
        progress("")
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(recording.to_text())
    except FileExistsError:
        raise click.ClickException(Texts("cli/texts")("exists", out=out)) from None
    answers = sum(1 for _ in recording.lines())
    say(Texts("cli/texts")("recorded", out=out, answers=answers, limits=len(recording.limits)))


def _check_new(out: Path) -> None:
    """Raise ClickException, before anybody is asked anything, where this file cannot be made: it is tried out."""
    say = Texts("cli/texts")
    if os.path.lexists(out):
        raise click.ClickException(say("exists", out=out))
    try:
        out.open("x").close()
    except FileExistsError:
        raise click.ClickException(say("exists", out=out)) from None
    except OSError as error:
        raise click.ClickException(say("not_writable", out=out, why=reason(error))) from None
    out.unlink()


@command()
@argument("commands", nargs=-1, required=True)
@personality_option
@option("--carrier", default="memory", show_default=True, help="option_carrier")
@option("--timeout", type=Seconds(), default=10.0, show_default=True, help="option_reply_timeout")
@lang_option
def send(commands: tuple[str, ...], personality: str, carrier: str, timeout: float) -> None:
    """Send COMMANDS to a lab, each one an argument, and print the dialogue."""
    from smtplab.lab.lab import start

    with start(personality, carrier=carrier, timeout=timeout) as lab:
        try:
            for command in commands:
                lab.send(command)
        except DialogueError as error:
            raise type(error)(str(error), error.transcript, error.partial) from None
        finally:
            if len(lab.transcript):
                say(str(lab.transcript))


@command()
@option("--port", type=Port(), default=2525, show_default=True, help="option_port")
@personality_option
@lang_option
def serve(port: int, personality: str) -> None:
    """Run a lab on 127.0.0.1 for telnet, curl or swaks, until Ctrl-C."""
    from smtplab.lab.lab import start

    texts = Texts("cli/texts")
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    try:
        lab = start(personality, carrier="tcp", port=port)
    except OSError as error:
        raise port_refused(error, port) from None
    with lab:
        host, port = lab.address
        say(texts("serving", host=host, port=port))
        while not stop.wait(1.0):
            pass
    say(texts("stopped"))


@command()
@lang_option
def personalities() -> None:
    """List the servers that a lab can answer as."""
    from smtplab.recordings.personalities import personalities

    say(str(personalities()))
