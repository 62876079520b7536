"""A certificate made for the test, with an authority of its own, which only a client trusts that is told to."""

from __future__ import annotations

import ssl
from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabError
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from pathlib import Path

_say = Sentences("testing/errors")

NAMES = ("127.0.0.1", "localhost", "lab.example")
"""What the certificate is for."""


class Certificate:
    """A server's certificate and the authority that signed it. Made by `certificate()`."""

    def __init__(self, authority: Any, issued: Any) -> None:
        self._authority = authority
        self._issued = issued

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that shows the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._issued.configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that trusts the authority, and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context

    @property
    def authority(self) -> bytes:
        """The authority's own certificate, PEM: what `curl --cacert` reads from a file."""
        octets: bytes = self._authority.cert_pem.bytes()
        return octets

    def save(self, folder: Path) -> Path:
        """Write the authority's certificate into a folder, and return the file."""
        path = folder / "authority.pem"
        path.write_bytes(self.authority)
        return path


@cache
def certificate() -> Certificate:
    """Return a certificate for 127.0.0.1, localhost and lab.example: one for each process, made when first asked for.

    Raises LabError, naming the extra to install, where trustme is missing.
    """
    try:
        import trustme
    except ImportError as error:
        raise LabError(_say("no_trustme")) from error
    authority = trustme.CA()
    return Certificate(authority, authority.issue_cert(*NAMES))
