"""The command that builds the browser edition and serves it for a look: `smtplab site`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from smtplab.cli.options import lang_option, port_refused
from smtplab.text.texts import Texts

DIRECTORY = "smtplab-site"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=DIRECTORY)
@click.option("--serve", is_flag=True, help="Serve it on 127.0.0.1 until Ctrl-C; build it first where there is none.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@lang_option
def site(directory: Path, port: int, *, serve: bool) -> None:
    """Build the lessons as a static site into DIRECTORY, for a browser with nothing installed.

    DIRECTORY is a new or empty folder, or one with such a site in it, which is replaced whole. [default: smtplab-site]
    """
    from smtplab.site.build import build_site
    from smtplab.site.place import is_site

    if not serve or not is_site(directory):
        build_site(directory, say=_say)
    if serve:
        _serve(directory, port)


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


def _serve(directory: Path, port: int) -> None:
    from smtplab.site.serve import server

    texts = Texts("cli/texts")
    try:
        made = server(directory, port)
    except OSError as error:
        raise port_refused(error, port) from None
    with made:
        _say(texts("site_served", address=f"http://127.0.0.1:{made.server_address[1]}/"))
        try:
            made.serve_forever()
        except KeyboardInterrupt:
            click.echo(texts("stopped"))
