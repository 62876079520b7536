"""The gallery: recorded servers by commands, what each answered; open a cell for octets, parts and verdicts."""

from __future__ import annotations

import traitlets

from smtplab.presenters.gallery import GalleryPresenter
from smtplab.widgets.base import HERE, LabWidget, stylesheet


class GalleryWidget(LabWidget):
    """Servers by commands."""

    _esm = HERE / "gallery.js"
    _css = stylesheet("gallery")

    commands = traitlets.List(traitlets.Unicode()).tag(sync=True)
    servers = traitlets.List().tag(sync=True)
    names = traitlets.Dict().tag(sync=True)


def gallery(*, lang: str | None = None) -> GalleryWidget:
    """Make the gallery of recorded servers. The plain equivalent: `print(smtplab.survey())`.

    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    """
    return GalleryWidget(GalleryPresenter(lang))
