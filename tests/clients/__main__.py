"""Write docs/reference/clients.md: python -m tests.clients. Needs npm, curl and msmtp, and takes some minutes."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.page import PAGE, page
from tests.clients.senders import SENDERS


def main() -> int:
    """Run everything; return 1 where a client is missing."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        versions = {sender.name: sender.version(folder) for sender in SENDERS}
        if missing := [name for name, version in versions.items() if not version]:
            print("not installed:", ", ".join(missing), file=sys.stderr)
            return 1
        PAGE.write_text(page(versions, folder), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
