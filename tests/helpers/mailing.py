"""A client like that of any program: it connects, sends one mail, and quits."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


def mail(
    address: tuple[str, int],
    *,
    to: tuple[str, ...] = ("c@d.example",),
    tls: str = "",
    context: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> dict[str, tuple[int, bytes]]:
    """Send one mail, and return the recipients that were refused, as smtplib does."""
    implicit = tls == "implicit"
    client = smtplib.SMTP_SSL(*address, context=context, timeout=10) if implicit else smtplib.SMTP(*address, timeout=10)
    with client:
        if tls == "starttls":
            client.starttls(context=context)
        if login is not None:
            client.login(*login)
        return client.sendmail("a@b.example", to, "Subject: x\r\n\r\nhello\r\n")
