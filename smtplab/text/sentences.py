"""The sentences of errors, found when one is raised: whoever can raise one imports this, and pays nothing for it.

>>> Sentences("protocol/errors")("no_digits", "es", begins=b"SSH-2.0")
"una respuesta empieza por tres cifras (RFC 5321 §4.2), y esta por b'SSH-2.0'"
"""

from __future__ import annotations


class Sentences:
    """The sentences of errors: like `Texts`, but the language is the one set when a sentence is asked for.

    Making one costs nothing: the file is read for the first error that is raised. No language can be wrong here.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, key: str, lang: str | None = None, /, **fields: object) -> str:
        """Return a sentence, its fields filled in. lang: the language, else the one that is set."""
        from smtplab.text.language import spoken
        from smtplab.text.texts import filled

        return filled(self.name, key, spoken(lang), fields)
