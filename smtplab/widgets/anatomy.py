"""Anatomy: every octet of a reply, CR and LF too; each part with its explanation and its rule."""

from __future__ import annotations

import traitlets

from smtplab.presenters.anatomy import AnatomyPresenter
from smtplab.reply import Reply
from smtplab.widgets.base import HERE, LabWidget, stylesheet


class AnatomyWidget(LabWidget):
    """A reply taken apart."""

    _esm = HERE / "anatomy.js"
    _css = stylesheet("anatomy")

    parts = traitlets.List().tag(sync=True)
    defects = traitlets.List().tag(sync=True)


def anatomy(reply: Reply | bytes, *, lang: str | None = None) -> AnatomyWidget:
    """Take a reply apart. The plain equivalent: `reply.parts` and `reply.defects`.

    reply: a Reply, or octets. Raises NotAReply for octets that are no reply.
    lang: "en" or "es", else the language that is set.
    """
    return AnatomyWidget(AnatomyPresenter(reply if isinstance(reply, Reply) else Reply(reply), lang))
