"""Sentences in the other language, found.

The detector is simple. Code spans, «quotes» and "quotes", fields and words in capitals are set aside, what is left is
cut into sentences, and a sentence is foreign where it has two words or more that only the other language uses to hold
sentences together, and more of them than of its own.
"""

from __future__ import annotations

import re

from smtplab.text.language import LANGUAGES

HOLD_TOGETHER = {
    "en": "a an and are as at be been but by can could did does for from had has have how if in is it its may must not "
    "of on only or should so than that the their then there they this to was were what when where which who will with "
    "would you your",
    "es": "al algo aquí ya como cuando cuál de del desde donde el ella en entre es esa ese eso esta está están "
    "este esto la las lo los más muy ni o para pero por porque que qué se según si sin sobre solo su sus "
    "también tu un una y",
}
"""Words that hold a sentence together in one language, and are none in the other."""


def foreign(text: str, lang: str) -> list[str]:
    """Return the sentences of a text that are not in its language."""
    own = set(HOLD_TOGETHER[lang].split())
    theirs = {word for other in LANGUAGES if other != lang for word in HOLD_TOGETHER[other].split()} - own
    text = re.sub(r"`[^`]*`|«[^»]*»|\"[^\"\n]*\"|\{[^}]*\}|\b[A-Z]{2,}\b", " ", text)
    sentences = []
    for sentence in re.split(r"[.:;?!|\n](?=\s|$)|\n", text):
        words = set(re.findall(r"[\w'-]+", sentence.lower()))
        if len(words & theirs) >= 2 and len(words & theirs) > len(words & own):
            sentences.append(sentence.strip())
    return sentences
