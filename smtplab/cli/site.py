"""The command that builds the browser edition and serves it for a look: `smtplab site`."""

from __future__ import annotations

from pathlib import Path

import click

from smtplab.cli.commands import SITE, Port, argument, command, option
from smtplab.cli.options import lang_option, port_refused
from smtplab.cli.terminal import say
from smtplab.text.texts import Texts


@command()
@argument("directory", type=click.Path(path_type=Path), default=SITE)
@option("--docs", is_flag=True, help="option_docs")
@option("--serve", is_flag=True, help="option_serve")
@option("--scorm", is_flag=True, help="option_scorm")
@option("--port", type=Port(), default=8000, show_default=True, help="option_port")
@lang_option
def site(directory: Path, port: int, *, docs: bool, scorm: bool, serve: bool) -> None:
    """Build the lessons as a static site into DIRECTORY, for a browser with nothing installed.

    DIRECTORY is a new or empty folder, or one with such a site in it, which is replaced whole. [default: smtplab-site]
    """
    from smtplab.site.build import build_site
    from smtplab.site.place import is_site

    if docs or scorm or not serve or not is_site(directory):
        build_site(directory, docs=docs, say=say)
    if scorm:
        _pack(directory)
    if serve:
        _serve(directory, port)


def _pack(directory: Path) -> None:
    from smtplab.site.scorm import build_package

    package = build_package(directory)
    say(Texts("cli/texts")("site_packed", package=package, size=f"{package.stat().st_size / 1e6:.1f}"))


def _serve(directory: Path, port: int) -> None:
    from smtplab.site.serve import server

    texts = Texts("cli/texts")
    try:
        running = server(directory, port)
    except OSError as error:
        raise port_refused(error, port) from None
    with running:
        say(texts("site_served", address=f"http://127.0.0.1:{running.server_address[1]}/"))
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            say(texts("stopped"))
