"""A plain static server on 127.0.0.1, for a look at the site. It sends the types that browsers insist on."""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
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

    def end_headers(self) -> None:
        """Have the browser ask again for each file, but for those whose names change with their contents."""
        hashed = re.search(r"/build/(?:[^?]*/)?[^/?]+\.[0-9a-f]{7,}\.\w+(?:\?|$)", getattr(self, "path", ""))
        self.send_header("Cache-Control", "public, max-age=31536000" if hashed else "no-cache")
        super().end_headers()

    def log_message(self, *_args: Any) -> None:
        """Log nothing: a page has hundreds of files."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a browser that went away in mid-file."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the folder, bound to 127.0.0.1 and not running yet; port 0 has the system pick one.

    Raises OSError where the port is taken.
    """
    return _Server(("127.0.0.1", port), partial(_Handler, directory=str(site)))


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a folder in a thread for the length of a `with`, and return its address. Raises OSError."""
    with running(server(site)) as address:
        yield address


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    """Run a server in a thread for the length of a `with`, and return its address."""
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
