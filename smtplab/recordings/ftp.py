"""Dialogues recorded elsewhere, to be read as transcripts.

>>> ftp = ftp_origin()
>>> [ftp.replies(command)[0].code for command in ("STAT", "HELP")]
[211, 214]
"""

from __future__ import annotations

from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.text.texts import data


def ftp_origin() -> Transcript:
    """Return a real FTP server's dialogue, where STAT gets 211 and HELP gets 214: where SMTP's two codes come from.

    The server was pyftpdlib 2.2.0, recorded on 2026-11-24. FTP's middle lines need no code (RFC 959 §4.2), so by SMTP's
    grammar they are defects.
    """
    return Transcript(
        Exchange(row["sent"].encode() if "sent" in row else None, Reply(row["received"].encode()), source="recorded")
        for row in data("recordings/ftp")["exchange"]
    )
