"""A plain static server on 127.0.0.1, for a look at the site. It sends the types that browsers insist on."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  as the base class has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def log_message(self, *_args: Any) -> None:
        """Say nothing: a page has hundreds of files."""


def server(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Give a server of the folder, bound to 127.0.0.1 and not running yet; port 0 has the system pick one.

    Raises OSError where the port is taken.
    """
    made = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(site)))
    made.daemon_threads = True
    return made
