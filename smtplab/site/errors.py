"""What can go wrong when the site is built or served."""

from __future__ import annotations

from smtplab.errors import SmtplabError


class SiteError(SmtplabError):
    """The site cannot be built, put in place or served; the message says why and what to do."""
