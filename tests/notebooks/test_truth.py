"""What the lessons say has its source: each citation exists, each quoted reply and figure stands on the page."""

from __future__ import annotations

import functools
import html
import importlib.util
import re
import tomllib
from typing import TYPE_CHECKING

import nbformat
import pytest

from smtplab import Reply
from smtplab.recordings.recording import names, recording
from smtplab.rfc.codes import codes
from smtplab.rfc.rules import rules
from smtplab.text.language import LANGUAGES
from tests.helpers.citations import CITATION, cited, false_sections
from tests.helpers.paths import TOP
from tests.helpers.prose import read

if TYPE_CHECKING:
    from pathlib import Path

ROOT = TOP
SOURCES = sorted((ROOT / "notebooks/source").glob("*.md"))
EXERCISES = sorted((ROOT / "smtplab/course/exercises").glob("*.toml"))
RULES = {rule.id for rule in rules("en")}

LESSONS = pytest.mark.parametrize(
    ("source", "lang"), [pytest.param(s, lang, id=f"{s.stem[:2]}-{lang}") for s in SOURCES for lang in LANGUAGES]
)
SPAN = re.compile(r"`([^`]+)`")
RECORDED = re.compile(r"(?:recorded|grabad[oa]s?): ([^();]+)")
SOURCE_CODE = re.compile(r"(?:source code|código fuente): [\w-]+/[\w-]+ [\w./]+")
VERB = re.compile(r"\b(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|VRFY|EXPN|HELP|AUTH|STARTTLS|X?STAT(?:US)?)\b")
SUBJECT = re.compile(
    r"\b(?:servers?|clients?|repl(?:y|ies)|commands?|codes?|digits?|octets?|verbs?|transactions?|RFC|"
    r"servidor(?:es)?|clientes?|respuestas?|[oó]rden(?:es)?|códigos?|cifras?|octetos?|verbos?|transacci(?:ón|ones)|"
    r"[2-5]\d\d)\b",
    re.IGNORECASE,
)
ON_THE_PAGE = re.compile(
    r"\b(?:above|below|here|labs?|this (?:notebook|lesson|cell|server)|lesson \d|the (?:next |last )?cell|printed|"
    r"you (?:saw|see|have (?:just )?(?:seen|sent|done))|arriba|abajo|debajo|aquí|laboratorios?|"
    r"est[ea] (?:cuaderno|lección|celda|servidor)|la (?:lección \d|celda)|impres[oa]s?|viste|ves|"
    r"(?:has|acabas de) (?:vist|enviad|hech|ver|enviar)\w*)\b",
    re.IGNORECASE,
)
PYTHON = re.compile(r"`(?:smtplab\b|[\w.]+\(|[a-z]+\.[a-z]+`|[A-Z][a-z]+[A-Z]\w+`|[A-Z]\w+\.\w+`)|aiosmtpd|`smtplib`")
INSTRUCTION = re.compile(
    r"^(?:Now with|Now the|Ahora con|Ahora los|(?:(?:Now|Then|So|And|First|Ahora|Después|Y|Antes|Que) )?(?:"
    r"ask|become|choose|compare|decide|give|guess|have|let|look|predict|put|read|run|send|suppose|take|talk|tick|try|"
    r"type|use|write|adivina|cambia|clasifica|compara|da|dale|decide|di|elige|ejecuta|envía|envíala|envíale|envíe|"
    r"busca|escribe|fíjate|habla|haz|lee|marca|mira|pide|pon|predice|pregunta|pregúntale|prueba|quítalo|supón|"
    r"toma|usa))\b",
    re.IGNORECASE,
)


@functools.cache
def page(source: Path, lang: str) -> tuple[tuple[str, ...], str]:
    """Return a lesson's paragraphs, list items and table rows, and all that its code cells say: source and output."""
    spec = importlib.util.spec_from_file_location("build", ROOT / "notebooks/build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    prose = [read(cell.source) for cell in build.compose(source, lang).cells if cell.cell_type == "markdown"]
    blocks = [block for text in prose for block in re.split(r"\n\s*\n|\n(?=[-*|] ?)", text)]
    shown = []
    for cell in nbformat.read(ROOT / "notebooks" / lang / f"{source.stem}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            shown.append(cell.source)
            for output in cell.outputs:
                data = output.get("data", {})
                shown += [output.get("text", ""), data.get("text/plain", "")]
                shown.append(html.unescape(re.sub(r"<[^>]+>", " ", data.get("text/html", ""))))
    return tuple(block.strip() for block in blocks if block.strip()), "\n".join(shown)


def recorded(text: str) -> list[str]:
    """Return the name of each recording cited."""
    return [name for group in RECORDED.findall(text) for name in group.rstrip(".").split(", ")]


def rule_ids(text: str) -> list[str]:
    """Return each code span that looks like a rule's id and is not an attribute of a reply."""
    families = {rule.split(".")[0] for rule in RULES}
    spans = [span.split(".") for span in SPAN.findall(text) if re.fullmatch(r"[a-z]+\.[a-z0-9-]+", span)]
    attribute = Reply(b"250 OK\r\n")
    return [f"{a}.{b}" for a, b in spans if a in families and not (a == "reply" and hasattr(attribute, b))]


def false_citations(text: str) -> list[str]:
    """Return each citation in a text that names a recording, a rule or an RFC's section that does not exist."""
    wrong = [name for name in recorded(text) if name not in names()]
    wrong += [rule for rule in rule_ids(text) if rule not in RULES]
    return wrong + false_sections(text)


def bare(block: str) -> str:
    """Return a text without code spans, citations, dates, and the numbers of RFCs, lessons and minutes."""
    for pattern in (SPAN, RECORDED, SOURCE_CODE, CITATION, re.compile(r"\d{4}-\d\d-\d\d|\d+ (?:minutes|minutos)")):
        block = pattern.sub(" ", block)
    return re.sub(r"(?:lessons?|lecci(?:ón|ones)) \d+", " ", block)


def sentences(block: str) -> list[str]:
    """Return the sentences of a block."""
    return re.split(r"(?<=[.?!])\s+(?=[^a-z\s])", re.sub(r"^[-*] |^\d+\. ", "", block))


def unsourced(block: str) -> list[str]:
    """Return the statements about SMTP in a paragraph or list item that say nowhere how one knows.

    A statement is a sentence that names a reply code, a command verb in capitals, or one of the words of SUBJECT, and
    that is neither a question nor an instruction nor about Python (a code span with a class, an attribute or a call,
    aiosmtpd, smtplib). A citation anywhere in the block, or a rule's id, is the source of all of it. Words that point
    at the page ("above", "here", "this lab"; a colon before the cell that follows) are the source of their own
    sentence only. Headings, table rows, and the lines for what a lesson needs, teaches and is followed by are no
    statements.
    """
    head = r"\d+ minut|You will|Al terminar|Next|Siguiente|The core|Lo esencial"
    frame = rf"#|\||\*\*(?:{head})|\*(?:Core|Deeper|Lo esencial|Más a fondo) ·|- [a-z].*[,.]$"
    if (
        re.match(frame, block)
        or any(section for _, section in cited(block))
        or recorded(block)
        or rule_ids(block)
        or SOURCE_CODE.search(block)
    ):
        return []
    return [
        sentence
        for sentence in sentences(block)
        if (VERB.search(sentence) or SUBJECT.search(bare(sentence)))
        and not sentence.endswith(("?", ":"))
        and not any(pattern.search(sentence) for pattern in (INSTRUCTION, PYTHON, ON_THE_PAGE))
    ]


@LESSONS
def test_citations_exist(source: Path, lang: str) -> None:
    """Each section, recording and rule that a lesson cites is really there."""
    blocks, _ = page(source, lang)
    assert [wrong for block in blocks for wrong in false_citations(block)] == []


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_citations_in_feedback_exist(path: Path) -> None:
    """Each section, recording and rule that a question or a feedback cites is really there."""

    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for part in below for text in texts(part)]

    assert [wrong for text in texts(tomllib.loads(path.read_text("utf-8"))) for wrong in false_citations(text)] == []


@LESSONS
def test_quoted_replies_were_said(source: Path, lang: str) -> None:
    """Each reply quoted in prose stands to the letter in a code cell, its output, or the recording cited with it."""
    blocks, shown = page(source, lang)
    for block in blocks:
        replies = [
            reply.octets.decode("latin-1") for name in recorded(block) for _, _, reply in recording(name).lines()
        ]
        for quote in (span for span in SPAN.findall(block) if re.match(r"\d{3}[ -].", span)):
            assert any(quote in text for text in (shown, *replies)), (quote, block)


@LESSONS
def test_numbers_were_printed(source: Path, lang: str) -> None:
    """Each number of two digits or more is a known reply code, or stands in a code cell or its output."""
    blocks, shown = page(source, lang)
    known = {str(code) for code in codes()} | set(re.findall(r"\d{2,}", shown))
    assert [(n, b) for b in blocks for n in re.findall(r"(?<![\w.])\d{2,}\b", bare(b)) if n not in known] == []


@LESSONS
def test_statements_have_a_source(source: Path, lang: str) -> None:
    """Each statement about SMTP cites its source or points at what is printed on the page."""
    blocks, _ = page(source, lang)
    assert [sentence for block in blocks for sentence in unsourced(block)] == []


@pytest.mark.parametrize(
    ("block", "passes"),
    [
        ("A client goes by the first digit (RFC 5321 §4.2).", True),
        ("A client goes by the first digit.", False),
        ("El cliente se guía por la primera cifra.", False),
        ("The server above said so.", True),
        ("Here it refused. It likes to. A server may refuse HELP.", False),
        ("Which reply will HELP get?", True),
        ("Send HELP to the server.", True),
    ],
)
def test_a_statement_without_source_is_found(block: str, passes: bool) -> None:
    """The test above fails on a statement from which the citation was deleted, and on that only."""
    assert (unsourced(block) == []) is passes


TOLD = {
    "01": ("curl", "nmap"),
    "02": ("RFC 3463", "RFC 5248", "RFC 7504", "RFC 2033", "LHLO"),
    "03": ("curl", "nmap", "`587`", "RFC 6409", "551"),
    "04": ("nmap", "IMail", "MailEnable", "NoSpamToday!", "RFC 640", "RFC 765", "RFC 772", "RFC 959"),
    "05": ("RFC 821 §4.3", "RFC 1123 §5.2.10", "RFC 2821 §4.3.1", "rfc5321bis"),
}
"""What a learner may ask beyond HELP itself: who sends it, who shows it, where the codes and the rule come from."""


@LESSONS
def test_a_lesson_tells_what_lies_around_it(source: Path, lang: str) -> None:
    """Who sends HELP unasked, where 211 shows, and the neighbours and forebears of SMTP stand in a lesson, cited."""
    text = " ".join(page(source, lang)[0])
    assert [word for word in TOLD.get(source.stem[:2], ()) if word not in text] == []
