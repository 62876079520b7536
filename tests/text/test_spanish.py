"""Spanish keeps to its choices: MUST is «debe», SHOULD «debería», MAY «puede», and one word stands for one thing."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from smtplab.rfc.rules import rules
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = sorted([*PACKAGE.rglob("*.toml"), *(TOP / "deploy/lite/page").glob("*.toml")])
LESSONS = sorted((TOP / "notebooks/source").glob("*.md"))
CELL = re.compile(
    r'^\+\+\+ \{"lang": "(en|es)"[^}]*\}\n(.*?)(?=^\+\+\+|^```\{code-cell\}|\Z)', re.MULTILINE | re.DOTALL
)


def rows(value: Any) -> Iterator[tuple[str, str]]:
    """Return each text of a data file in English and Spanish."""
    if isinstance(value, dict) and isinstance(value.get("en"), str) and isinstance(value.get("es"), str):
        yield value["en"], value["es"]
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from rows(part)


def blocks(source: str) -> Iterator[tuple[str, str]]:
    """Return each paragraph, item and table row of a lesson in English and Spanish."""
    cells = re.findall(
        r'^\+\+\+ \{"lang": "(en|es)"[^}]*\}\n(.*?)(?=^\+\+\+|^```\{code-cell\}|\Z)', source, re.MULTILINE | re.DOTALL
    )
    for (first, english), (second, spanish) in zip(cells[::2], cells[1::2], strict=True):
        assert (first, second) == ("en", "es")
        halves = [re.split(r"\n\s*\n|\n(?=[-*|] ?)", text.strip()) for text in (english, spanish)]
        yield from zip(*halves, strict=True)


def texts() -> Iterator[tuple[str, str, str]]:
    """Return every text there is for people: its file, English and Spanish."""
    for path in TABLES:
        for english, spanish in rows(tomllib.loads(path.read_text("utf-8"))):
            yield path.relative_to(TOP).as_posix(), english, spanish
    for path in LESSONS:
        for english, spanish in blocks(path.read_text("utf-8")):
            yield path.name, english, spanish


TEXTS = list(texts())
OBLIGES = re.compile(
    r"\b(?:deben?|hay que|ha de|han de|tienen? que|obliga\w*|obligator\w+|prohíbe|no puede)\b|MUST", re.IGNORECASE
)
"""How Spanish may say must."""


def prose(text: str) -> str:
    """Return a text without code spans and quoted replies."""
    return re.sub(r"`[^`]*`|«[^»]*»|\"[^\"\n]*\"|\{\w*\}", " ", text)


def misplaced_levels(english: str, spanish: str) -> list[str]:
    """Return which words of level in a Spanish text its English does not have.

    «debería» stands for should, «debe» for must; where English has the one and not the other, so has Spanish.
    """
    english, spanish = prose(english), prose(spanish)
    should, must = (re.search(word, english, re.IGNORECASE) for word in (r"\bshould\b", r"\bmust\b"))
    faults = []
    if should and not must:
        faults += re.findall(r"\bdeben?\b|\bhay que\b|\bha de\b|\bhan de\b", spanish, re.IGNORECASE)
        if not re.search(r"\b[Dd]ebería|SHOULD", spanish):
            faults.append("no «debería»")
    if must and not should:
        faults += re.findall(r"\bdebería\w*", spanish, re.IGNORECASE)
        if not OBLIGES.search(spanish):
            faults.append("no «debe»")
    if not should and re.search(r"\bdebería", spanish, re.IGNORECASE):
        faults.append("«debería»")
    return faults


def test_levels_are_translated_by_one_convention() -> None:
    """Wherever English says should or must, Spanish says «debería» or «debe», and nothing stronger or weaker."""
    others = [row for row in TEXTS if row[0] != "smtplab/rfc/rules.toml"]  # there each row has a level of its own
    assert [(file, faults, es) for file, en, es in others if (faults := misplaced_levels(en, es))] == []


def test_a_level_that_is_mistranslated_is_found() -> None:
    """The convention fails on a SHOULD that became an obligation, on a MUST that became advice, and on nothing else."""
    should, must = "A client should wait.", "A client must wait."
    for spanish in ("Un cliente debe esperar.", "Hay que esperar.", "Un cliente ha de esperar.", "Un cliente espera."):
        assert misplaced_levels(should, spanish)
    assert misplaced_levels(must, "Un cliente debería esperar.")
    assert misplaced_levels(must, "Un cliente espera.")
    assert misplaced_levels("A client waits.", "Un cliente debería esperar.")
    assert misplaced_levels(should, "Un cliente debería esperar.") == []
    assert misplaced_levels(must, "Un cliente debe esperar.") == []


@pytest.mark.parametrize(
    ("english", "spanish"), list(zip(rules("en"), rules("es"), strict=True)), ids=lambda rule: rule.id
)
def test_a_rule_speaks_at_its_level(english: Any, spanish: Any) -> None:
    """No rule's Spanish says more or less than its level, unless its English names another level in words."""
    obligation = r"\bdeben?\b(?! tener)|\bhay que\b"
    other_levels = {"MUST": r"\bdebería", "SHOULD": obligation, "MAY": rf"{obligation}|\bdebería"}
    assert english.id == spanish.id
    assert not re.search(other_levels[spanish.level], spanish.text) or re.search(r"\b(?:must|should)\b", english.text)


ONE_CHOICE = {
    "«detenido», not «parado»": (r"\bparad[oa]s?\b|\b(?:lo|la|se) para[.,;]|\bse pare\b", "Está parado."),
    "«desactivado», «detenerse», not «apagado»": (r"\bapag(?:ad[oa]s?|a|ue|ando|ó|ar)\b", "El servidor se apaga."),
    "HELP is feminine, or has no article": (
        r"\b(?:el|un|del|al|todo|este|ese|otro|ningún) HELP\b|\bHELP (?:hecho|rechazado|incluido|largo)\b",
        "Lo recibe un HELP con éxito.",
    ),
    "«tú», not «vosotros» nor «usted»": (r"\bvosotr|\bvuestr|\w(?:áis|éis|steis)\b|\busted", "La acordasteis con él."),
    "«según», not «decidir por»": (
        r"\b[Dd]ecid\w+ (?:lo que \w+ )?(?:solo )?por (?:el|la|su)\b|\bpor el texto no se decide",
        "Un cliente debe decidir solo por el código.",
    ),
    "«búfer», not «memoria»": (r"\bno cabe en su memoria\b", "La línea no cabe en su memoria."),
    "«Un código a secas»": (r"\bcódigo solo\b", "El código solo es algo que no debería enviarse."),
    "«los signos < >», not «ángulos»": (r"\bángulos\b", "Una dirección sin sus ángulos."),
    "«a título histórico»": (r"\bcomo historia\b", "La RFC conserva el código como historia."),
    "«entonces», not «por en medio»": (r"\bpor en medio\b", "Pides HELP por en medio."),
    "«quien defienda la página»": (r"\bamigo de la página\b", "Un amigo de la página diría otra cosa."),
    "«agotado el tiempo», not «caducado»": (r"consulta que ha caducado", "Una consulta que ha caducado."),
}
"""What is chosen; the pattern of what is not; and a sentence that has it."""


@pytest.mark.parametrize("choice", ONE_CHOICE)
def test_one_word_stands_for_one_thing(choice: str) -> None:
    """Of words that compete one is used throughout, and the pattern finds the other."""
    pattern, wrong = ONE_CHOICE[choice]
    assert re.search(pattern, wrong)
    assert [(file, match[0], es) for file, _, es in TEXTS if (match := re.search(pattern, es.replace("`", "")))] == []


def rfcs_without_article(spanish: str) -> list[str]:
    """Return each RFC that a sentence names without its article; in parentheses and lists of sources it has none."""
    if re.match(r"\*\*Fuentes:|\|", spanish) or re.fullmatch(r"RFC \d+[^.]*", spanish):
        return []
    outside = re.sub(r"\([^()]*\)", " ", spanish)
    return re.findall(r"(?<!\bla )(?<!\bLa )(?<!\buna )(?<!\bEsa )(?<!\bson )\bRFC \d+", outside)


def test_an_rfc_has_its_article() -> None:
    """«la RFC 5321», wherever a sentence names an RFC."""
    assert rfcs_without_article("Lo dice RFC 5321.") == ["RFC 5321"]
    assert rfcs_without_article("Lo dice la RFC 5321 (RFC 5321 §4.2).") == []
    assert [(file, faults, es) for file, _, es in TEXTS if (faults := rfcs_without_article(es))] == []


def test_a_function_returns() -> None:
    """What a learner's function returns is «devolver» in Spanish, in every exercise that asks for one."""
    gives = re.compile(r"\b(?:da|das|dan|dio|dan|daba|diste|dé|dar)\b")
    for path in sorted((PACKAGE / "course/exercises").glob("*.toml")):
        for name, row in tomllib.loads(path.read_text("utf-8")).items():
            if row["kind"] == "function":
                assert [es for _, es in rows(row) if gives.search(es) and "función" in es] == [], name


def test_a_survey_and_a_probe_have_two_names() -> None:
    """«sondeo» is the survey of recorded servers; a probe of one server is «examen»."""
    for file, english, spanish in TEXTS:
        assert not (re.search(r"\bprobe", english) and re.search(r"\bsonde", spanish)), (file, spanish)
