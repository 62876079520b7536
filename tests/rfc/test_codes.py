"""The catalogue of reply codes: what explain() and compare() promise, and that each claim has its source."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from smtplab.recordings.recording import names, recording
from smtplab.rfc.codes import KINDS, ReplyCode, codes, explain
from smtplab.rfc.compare import Comparison, compare
from smtplab.text.language import LANGUAGES
from tests.helpers.citations import has_section
from tests.helpers.codes import TEXTS, entries, every_sentence, every_source
from tests.helpers.paths import TOP

ROOT = TOP

RFC_5321 = (
    *(211, 214, 220, 221, 250, 251, 252, 354, 421, 450, 451, 452, 455),
    *(500, 501, 502, 503, 504, 550, 551, 552, 553, 554, 555),
)
EXTENSIONS = (235, 253, 334, 432, 453, 454, 458, 459, 521, 530, 534, 535, 538, 556)
INDUSTRY = (422, 430, 523, 524, 525, 533)
FOLKLORE = (101, 111, 200, 345, 420, 431, 441, 442, 446, 447, 449, 471, 510, 511, 512, 513, 541)

COMMANDS = {
    *("EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP"),
    *("AUTH", "STARTTLS", "ETRN", "ATRN", "BDAT", "greeting", "any"),
}


# --- the file -----------------------------------------------------------------------------------------------


def test_catalogue_holds_every_known_code():
    """Every code of the RFCs and of the folklore is listed, under its kind and no other."""
    by_kind = {kind: codes(kind) for kind in KINDS}
    assert by_kind == {
        "standard": RFC_5321,
        "extension": EXTENSIONS,
        "industry": INDUSTRY,
        "folklore": FOLKLORE,
    }
    assert codes() == tuple(sorted(sum(by_kind.values(), ())))


def test_entries_are_complete():
    """Each code has every key, every text in both languages, and nothing that nobody reads."""
    needed = {"kind", "source", "commands", *TEXTS}
    for code, entry in entries().items():
        assert needed <= set(entry) <= needed | {"origin", "second_hand"}, code
        assert entry["kind"] in KINDS, code
        assert entry["source"], code
        assert set(entry["commands"]) <= COMMANDS, code
        for key in TEXTS:
            assert set(entry[key]) == set(LANGUAGES), (code, key)
            assert all(text.strip() == text != "" for text in entry[key].values()), (code, key)
            assert entry[key]["en"] != entry[key]["es"], (code, key)


def test_sentences_are_sentences():
    """Each explanation begins with a capital and ends with a full stop, in both languages."""
    for code, entry in entries().items():
        for text in (text for key in TEXTS[1:] for text in entry[key].values()):
            assert text[0].isupper(), (code, text)
            assert text.endswith("."), (code, text)


def test_every_text_stands_in_both_languages():
    """Nothing in the file is said in one language only, and the placeholders are the same in both."""
    english, spanish = every_sentence("en"), every_sentence("es")
    assert {path[:-1] for path in english} == {path[:-1] for path in spanish}
    for path, text in english.items():
        other = spanish[(*path[:-1], "es")]
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", other)), path


def test_words_are_the_fields_words():
    """No text uses a word that the field does not use for the thing."""
    for path, text in every_sentence("en").items():
        assert not re.search(r"response code|message code|error message|\brequests?\b", text, re.IGNORECASE), path
    for path, text in every_sentence("es").items():
        assert not re.search(r"\bcomandos?\b|códigos? de estado(?! ampliado)|\bemails?\b", text, re.IGNORECASE), path


def test_a_standard_code_has_the_text_of_rfc_5321():
    """The short text of each standard code is the one in RFC 5321 §4.2.3, and each that stands there is a code here."""
    listed = tomllib.loads((TOP / "tests/data/rfc5321-replies.toml").read_text("utf-8"))
    assert {int(code) for code in listed} == set(RFC_5321)
    for code in RFC_5321:
        if code != 554:  # has two texts
            assert explain(code, "en").text == listed[str(code)]


@pytest.mark.parametrize(
    ("lang", "no", "never"), [("en", "Not an SMTP code", "Never"), ("es", "No es un código SMTP", "Nunca")]
)
def test_folklore_says_where_it_comes_from_and_that_it_is_not_smtp(lang, no, never):
    """A folklore code is called folklore, has an origin, belongs to no command, and is not to be sent."""
    for code in FOLKLORE:
        page = explain(code, lang)
        assert page.meaning.startswith(no), code
        assert page.use.startswith(never), code
        assert page.commands == (), code
        assert page.origin, code


def test_422_shows_both_its_natures():
    """422 is explained as a row of RFC 5248's table and as folklore, with the origin of the latter."""
    page = explain(422)
    assert page.kind == "industry"
    assert "RFC 5248" in page.meaning
    assert "folklore" in page.meaning
    assert page.origin


def test_codes_that_help_may_get():
    """HELP succeeds with 211 and 214 and with nothing else; 502 and 504 are its own refusals (RFC 5321 §4.3.2)."""
    assert [code for code in codes() if "HELP" in explain(code).commands] == [211, 214, 502, 504, 530]
    for code in (211, 214):
        assert explain(code).commands == ("HELP",)
    assert [code for code in codes() if explain(code).commands == ("any",)] == [421, 500, 501]


ROWS = {
    "greeting": (220, 554),
    "EHLO": (250, 502, 504, 550),  # 502 only from a server that does not support EHLO
    "HELO": (250, 504, 550),
    "MAIL": (250, 451, 452, 455, 503, 550, 552, 553, 555),
    "RCPT": (250, 251, 450, 451, 452, 455, 503, 550, 551, 552, 553, 555),
    "DATA": (250, 354, 450, 451, 452, 503, 550, 552, 554),
    "RSET": (250,),
    "VRFY": (250, 251, 252, 502, 504, 550, 551, 553),
    "EXPN": (250, 252, 502, 504, 550),
    "HELP": (211, 214, 502, 504),
    "NOOP": (250,),
    "QUIT": (221,),
}
"""The rows of RFC 5321 §4.3.2; 500, 501 and 421 may answer any command."""

EXTENSION_ROWS = {
    "greeting": (521,),  # RFC 7504 §3
    "MAIL": (554,),  # RFC 6409 §4.1
    "RCPT": (554, 556),  # RFC 6409 §4.1, RFC 7504 §4
    "STARTTLS": (220, 454),  # RFC 3207 §4
    "AUTH": (235, 334, 422, 432, 454, 503, 504, 523, 524, 525, 534, 535, 538),  # RFC 4954 §4 and §6, RFC 5248 §2.4
    "ETRN": (250, 251, 252, 253, 458, 459),  # RFC 1985 §5.1
    "ATRN": (250, 450, 451, 453),  # RFC 2645 §5.2.1
    "BDAT": (250, 503),  # RFC 3030 §2
}
"""What extensions add; 530 (RFC 4954 §6, RFC 3207 §4) is not in it: it may answer nearly any command."""


@pytest.mark.parametrize("command", sorted(COMMANDS - {"any"}))
def test_commands_are_those_of_the_rows(command):
    """A code names a command exactly where the command's row in RFC 5321 §4.3.2, or an extension, has the code."""
    named = {code for code in codes() if command in explain(code).commands}
    assert named - {530} == {*ROWS.get(command, ()), *EXTENSION_ROWS.get(command, ())}


def test_530_answers_what_neither_rfc_excepts():
    """530 names every command but those that both RFC 4954 §6 and RFC 3207 §4 except."""
    assert not {"EHLO", "NOOP", "QUIT"} & set(explain(530).commands)
    assert {"HELP", "MAIL", "RSET", "AUTH", "ATRN"} <= set(explain(530).commands)


SAYS = {
    (250, "when"): ("ETRN",),
    (452, "use"): ("MUST", "5yz"),
    (552, "use"): ("5yz", "452"),
    (553, "meaning"): ("VRFY",),
    (503, "fix"): ("EHLO", "RSET", "554"),
    (502, "when"): ("VRFY",),
    (502, "use"): ("VRFY", "252"),
    (500, "use"): ("VRFY", "502", "512"),
    (446, "meaning"): ("Received",),
    (530, "when"): ("587", "MAIL"),
    (421, "when"): ("HELP",),
}


@pytest.mark.parametrize(("place", "words"), SAYS.items(), ids=str)
def test_a_page_says_what_its_rfc_adds(place, words):
    """Conditions and exceptions that an RFC adds to a code's short text are named on its page, in both languages."""
    code, key = place
    for lang in LANGUAGES:
        text = getattr(explain(code, lang), key)
        assert [word for word in words if word not in text] == []


def test_loops_are_not_said_to_be_found_in_one_way():
    """Counting Received fields is one way to find a loop, and not the only one (RFC 5321 §6.3)."""
    assert "one way" in explain(446, "en").meaning
    assert "un método" in explain(446, "es").meaning


# --- the sources --------------------------------------------------------------------------------------------


def test_sources_are_well_formed():
    """Each source is an RFC with or without a section, a recorded server, or a file of source code."""
    form = re.compile(r"RFC \d+( §\d+(\.\d+)*)?|recorded: [\w.-]+|source code: [\w-]+/[\w-]+ \S+")
    for source in every_source():
        assert form.fullmatch(source), source


@pytest.mark.parametrize("number", sorted({s.split()[1] for s in every_source() if "§" in s}, key=int))
def test_cited_sections_exist(number):
    """Each section that is cited is one of its RFC's."""
    for source in every_source():
        if source.startswith(f"RFC {number} §"):
            assert has_section(int(number), source.partition("§")[2]), source


def test_second_hand_is_marked():
    """A code is marked second-hand exactly when one of its RFCs stands without a section."""
    for code in codes():
        page = explain(code, "en")
        assert page.second_hand == any("§" not in source for source in page.source), code
        assert ("second-hand" in str(page)) == page.second_hand, code


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("dumbster", 211),
        ("exim", 214),
        ("sendmail", 214),
        ("opensmtpd", 214),
        ("postfix-3.10", 214),
        ("mailutils-lmtpd", 200),
    ],
)
def test_recorded_server_said_so(server, code):
    """A server that is cited as recorded did answer HELP with the code that is claimed."""
    cited = {s for s in every_source() if s.startswith("recorded: ")} | set(explain(200).origin)
    assert f"recorded: {server}" in cited
    answers = recorded(server, b"HELP\r\n")
    assert answers
    assert set(answers) == {code}


def test_recorded_haraka_status_said_so():
    """Haraka's status plug-in did answer with 211."""
    assert 211 in recorded("haraka-status", b"STATUS QUEUE STATS\r\n")


def recorded(server, sent):
    """Return each code that a server of this name was recorded to answer a line with, in any phase and version."""
    kept = [recording(name) for name in names() if name.startswith((f"{server}-", f"{server}."))]
    answers = [phase[sent] for server in kept for phase in server.answers.values() if sent in phase]
    return [int(answer.octets[:3]) for answer in answers if answer.octets]


# --- the module ---------------------------------------------------------------------------------------------


def test_import_reads_nothing():
    """Importing reads no data file and loads no widget; the first question reads the file, once."""
    program = (
        "import sys, smtplab.rfc.compare; c = sys.modules['smtplab.rfc.codes']\n"
        "read = sys.modules['smtplab.text.texts'].told.cache_info\n"
        "assert read().currsize == 0\n"
        "assert not {'ipywidgets', 'anywidget', 'aiosmtpd'} & set(sys.modules)\n"
        "c.explain(214); smtplab.rfc.compare.compare(211, 214)\n"
        "assert read().misses == 1\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=ROOT)


def test_values_are_of_the_promised_types():
    """explain() returns ReplyCode and compare() returns Comparison, built of tuples, so they can be hashed."""
    assert isinstance(explain(214), ReplyCode)
    page = compare(211, 214)
    assert isinstance(page, Comparison)
    assert hash(page) == hash(compare(211, 214))
