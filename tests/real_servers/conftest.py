"""Real servers, unpacked and started on 127.0.0.1 and a free port, without touching the system's own configuration.

Debian's packages are downloaded and unpacked, never installed; the users that they want are given to them alone by
nss_wrapper. PyPI's come with the test extra, npm's are installed into a temporary folder. Nothing leaves 127.0.0.1:
no server here has a route for mail to anywhere.
"""

from __future__ import annotations

from tests.real_servers.debian import as_users, exim, postfix, sendmail, unpacked
from tests.real_servers.node import haraka, node_modules, nodemailer
from tests.real_servers.python import python_package, python_packages, python_server

__all__ = [
    "as_users", "exim", "haraka", "node_modules", "nodemailer", "postfix", "python_package", "python_packages",
    "python_server", "sendmail", "unpacked",
]  # fmt: skip
