"""Each recipe of CONTRIBUTING.md: followed, what was added works; a step left out is named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from smtplab.recordings.recording import names
from smtplab.text.language import LANGUAGES
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from tests.recipes.conftest import Copy

CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text("utf-8")
MOST = {
    "A reply code": 2,
    "A rule": 3,
    "An exercise": 5,
    "A kind of exercise": 8,
    "A lesson": 7,
    "A language": 12,
    "A recorded server": 1,
    "A widget": 8,
    "A command": 4,
    "The server's answer to HELP": 1,
    "A page of the documentation": 3,
}
"""Recipe → in how many places at most something is to be done."""


def test_the_recipes_are_short() -> None:
    """Each recipe is there, says in how many places something is to be done, and has at most six lines."""
    form = r"^\*\*(.+?)\*\* \((?:at most )?(\d+) place.*\)\n((?:\d\..*\n(?: {3}.*\n)*)+)"
    recipes = re.findall(form, CONTRIBUTING, re.MULTILINE)
    assert {title: int(places) for title, places, _ in recipes} == MOST
    assert max(text.count("\n") for _, _, text in recipes) <= 6


# --- a reply code

CODE = '\n[299]\nkind = "extension"\nsource = ["RFC 5321 §4.2.1"]\ncommands = []\n' + "".join(
    f'{key}.{lang} = "Text {lang}."\n' for key in ("text", "meaning", "when", "fix", "use") for lang in LANGUAGES
)
LISTED = ("tests/rfc/test_codes.py", r"^EXTENSIONS = \(235,", "EXTENSIONS = (299, 235,")


def test_a_reply_code(copy: Copy) -> None:
    """A reply code is a table, and a number in a list."""
    copy.append("smtplab/rfc/codes.toml", CODE)
    assert "299 is in smtplab/rfc/codes.toml, and in tests/rfc/test_codes.py" in copy.left_out("reply_codes")
    copy.replace(*LISTED)
    assert copy.left_out() == ""
    assert copy.python("import smtplab; print(smtplab.explain(299).meaning)") == f"Text {LANGUAGES[0]}."
    copy.replace("smtplab/rfc/codes.toml", r'^fix\.es = "Text es\."\n', "")
    assert "smtplab/rfc/codes.toml: 299.fix has no es" in copy.left_out("sentences")


# --- a recorded server


def recorded(name: str) -> str:
    """Return the file of a recorded server, under another name."""
    data = json.loads((TOP / f"smtplab/recordings/servers/{names()[0]}.json").read_text("utf-8"))
    return json.dumps({**data, "name": name}) + "\n"


def test_a_recorded_server(copy: Copy) -> None:
    """A recorded server is one file: every test of what shows recordings passes, and a lab answers as it does."""
    place = "smtplab/recordings/servers/zmail-1.0.json"
    copy.write(place, recorded("zmail-1.0"))
    assert copy.left_out() == ""
    assert copy.tests("tests/recordings", "tests/rfc/test_citations.py", "tests/test_files.py") == ""
    ask = "smtplab.start('zmail-1.0', carrier='memory').send('HELP')"
    assert copy.python(f"import smtplab; print({ask}.code)").isdigit()
    copy.write(place, recorded("another"))
    assert "zmail-1.0.json is named 'another' inside" in copy.left_out("recordings")
    copy.write(place, recorded("zmail-1.0")[:-100])
    assert "zmail-1.0.json: line" in copy.left_out("recordings")


# --- a command

COMMAND = '''

@command()
@lang_option
def count() -> None:
    """Count the reply codes."""
    from smtplab.rfc.codes import codes

    say(str(len(codes())))
'''
COMMAND_STEPS = {
    "count is a command and not in COMMANDS": lambda copy: (
        copy.replace("smtplab/cli/__init__.py", r"import compare, explain$", "import compare, count, explain"),
        copy.replace("smtplab/cli/__init__.py", r"^COMMANDS = \(", "COMMANDS = (count, "),
    ),
    "smtplab/cli/help.toml has no command_count": lambda copy: copy.append(
        "smtplab/cli/help.toml", "\n[command_count]\n" + "".join(f'{lang} = "Count ({lang})."\n' for lang in LANGUAGES)
    ),
    "README.md does not name the command `smtplab count`": lambda copy: copy.replace(
        "README.md", r"^\| `smtplab progress`", "| `smtplab count` | counts the codes |\n| `smtplab progress`"
    ),
}


def test_a_command(copy: Copy) -> None:
    """A command is a function, its name in COMMANDS, its help and its row in the README."""
    copy.append("smtplab/cli/codes.py", COMMAND)
    for sentence, step in COMMAND_STEPS.items():
        assert sentence in copy.left_out("commands")
        step(copy)
    assert copy.left_out() == ""
    assert copy.run("-m", "smtplab", "count").stdout.strip().isdigit()
    for lang in LANGUAGES:
        assert f"Count ({lang})." in copy.run("-m", "smtplab", "--lang", lang, "count", "--help").stdout


# --- an exercise, and a lesson


def choice(name: str) -> str:
    """Return an exercise to choose an answer in."""
    title = f"A choice of {name.partition('.')[2]}"
    texts = {
        "title": title,
        "question": "Which?",
        "option.a": "This",
        "option.b": "That",
        "feedback.a": "This it is.",
        "feedback.b": "Look at this.",
    }
    rows = [f'{key}.{lang} = "{text} ({lang})"' for key, text in texts.items() for lang in LANGUAGES]
    return "\n".join(["", f'["{name}"]', 'kind = "choice"', 'right = "a"', *rows, ""])


def hints(name: str) -> str:
    """Return the hints for an exercise."""
    rows = [f'hint.{at}.{lang} = "Think {at} times of what was asked ({lang})."' for at in (1, 2) for lang in LANGUAGES]
    return "\n".join(["", f'["{name}"]', *rows, ""])


def variants(name: str) -> str:
    """Return two variants of an exercise."""
    return "".join(
        "\n".join(["", f'[["{name}"]]', *(f'question.{lang} = "{question} ({lang})"' for lang in LANGUAGES), ""])
        for question in ("Which now?", "And which then?")
    )


def put(name: str) -> str:
    """Return the cell that puts an exercise."""
    return f'\n```{{code-cell}}\nsmtplab.exercise("{name}", lab)\n```\n'


def solved(name: str) -> str:
    """Return the cell that answers an exercise."""
    return f'\n```{{code-cell}}\n:tags: [solution]\n\nsmtplab.check("{name}", "a", lab)\n```\n'


def test_an_exercise(copy: Copy) -> None:
    """An exercise is a table, hints and variants, a cell that puts it and one that answers it, and perhaps a grader."""
    source = "notebooks/source/01-first-contact.md"
    copy.append("smtplab/course/exercises/01.toml", choice("01.which"))
    assert "exercise 01.which is put by no cell of notebooks/source/01-*.md" in copy.left_out("lesson_exercises")
    copy.append(source, put("01.which"))
    assert "exercise 01.which has no cell tagged solution" in copy.left_out("lesson_exercises")
    copy.append(source, solved("01.which"))
    assert "exercise 01.which has no hint.2 in smtplab/course/hints/01.toml" in copy.left_out("support")
    copy.append("smtplab/course/hints/01.toml", hints("01.which"))
    unvaried = "exercise 01.which has 0 variants in smtplab/course/variants/01.toml, and not two"
    assert copy.left_out("support") == unvaried
    copy.append("smtplab/course/variants/01.toml", variants("01.which"))
    assert copy.left_out() == ""
    assert copy.python("import smtplab; print(smtplab.check('01.which', 'a').right)") == "True"
    assert copy.python("import smtplab; print(smtplab.hint('01.which'))") == (
        "Hint 1 of 2: Think 1 times of what was asked (en)."
    )
    assert ">And which then?" in copy.python("import smtplab; print(smtplab.exercise('01.which', seed=2).plain())")
    assert f"{LANGUAGES[0]}/01-first-contact.ipynb differs" in copy.run("notebooks/build.py", "--check").stdout
    copy.replace("smtplab/course/exercises/01.toml", r'(?<=01\.which"\]\n)kind = "choice"', 'kind = "text"')
    assert "exercise 01.which has no grader: a function which in smtplab/course/graders/lesson01.py" in copy.left_out(
        "lesson_exercises"
    )
    assert "exercise 01.which has no model answer, answer, in smtplab/course/hints/01.toml" in copy.left_out("support")


def lesson(*exercises: str) -> str:
    """Return the source of a lesson."""
    head = (TOP / "notebooks/source/01-first-contact.md").read_text("utf-8").partition("+++")[0]
    texts = "".join(f'+++ {{"lang": "{lang}"}}\n\n# 99. A lesson ({lang})\n\n' for lang in LANGUAGES)
    start = f'```{{code-cell}}\nimport smtplab\n\nsmtplab.set_language("{LANGUAGES[0]}")\nlab = smtplab.start()\n```\n'
    return head + texts + start + "".join(put(name) + solved(name) for name in exercises)


def test_a_lesson(copy: Copy) -> None:
    """A lesson is a source, a file of exercises, and its notebooks, built; the build names a language left out."""
    names = [f"99.{name}" for name in ("one", "two", "three")]
    source = "notebooks/source/99-new.md"
    copy.write(source, lesson(*names))
    assert "99-new.md has no exercises: smtplab/course/exercises/99.toml" in copy.left_out("lessons")
    copy.write("smtplab/course/exercises/99.toml", "".join(map(choice, names)))
    assert "99-new.md has no title in smtplab/course/lessons.toml" in copy.left_out("lessons")
    copy.write("smtplab/course/hints/99.toml", "".join(map(hints, names)))
    copy.write("smtplab/course/variants/99.toml", "".join(map(variants, names)))
    copy.append(
        "smtplab/course/lessons.toml", "\n[99]\n" + "".join(f'{lang} = "A lesson ({lang})"\n' for lang in LANGUAGES)
    )
    unbuilt = f"notebooks/{LANGUAGES[-1]}/99-new.ipynb is not built: run python notebooks/build.py"
    assert unbuilt in copy.left_out("lessons")
    built = copy.run("notebooks/build.py", "99-new")
    assert built.returncode == 0, built.stderr
    assert copy.left_out() == ""
    assert copy.tests("tests/course", "-k", "99") == ""
    assert copy.python("from smtplab.course.lessons import lessons; print(lessons()[-1].name)") == "99-new.ipynb"
    copy.replace(source, rf'^\+\+\+ \{{"lang": "{LANGUAGES[-1]}"\}}\n\n# 99[^\n]*\n\n', "")
    assert "99-new.md: the last text cell has no translation" in copy.run("notebooks/build.py", "99-new").stderr


# --- a language


def in_french(text: str) -> str:
    """Return a data file with each English sentence a second time, as if it were French."""
    sentence = r'^((?:[\w."-]+\.)?)en( = (?:"""[\s\S]*?"""|.*)$)'
    text = re.sub(sentence, r"\g<0>\n\1fr\2", text, flags=re.MULTILINE)
    return re.sub(r"\{ en = (\"[^\"]*\")", r"{ en = \1, fr = \1", text)


def test_a_language(copy: Copy) -> None:
    """A language is a name in LANGUAGES and its texts; each text that is missing is named."""
    copy.append("smtplab/text/language.py", 'LANGUAGES = (*LANGUAGES, "fr")\n')
    assert "smtplab/rfc/codes.toml: 211.meaning has no fr" in copy.left_out("sentences")
    for path in sorted([*copy.top.glob("smtplab/**/*.toml"), *copy.top.glob("deploy/**/*.toml")]):
        name = path.relative_to(copy.top).as_posix()
        copy.write(name, in_french(copy.read(name)))
    assert copy.left_out("sentences") == ""
    assert "notebooks/fr/01-first-contact.ipynb is not built: run python notebooks/build.py" in copy.left_out("lessons")
    assert "Help message" in copy.python("import smtplab; print(smtplab.explain(214, 'fr'))")
    source = "notebooks/source/01-first-contact.md"
    assert "not 'en', 'es', 'fr'" in copy.run("notebooks/build.py", "01-first-contact").stderr
    copy.write(source, lesson_in_french(copy.read(source)))
    built = copy.run("notebooks/build.py", "01-first-contact")
    assert built.returncode == 0, built.stderr
    assert "built fr/01-first-contact.ipynb" in built.stdout
    assert 'set_language(\\"fr\\")' in copy.read("notebooks/fr/01-first-contact.ipynb")
    copy.replace("smtplab/cli/texts.toml", r"(?<=^\[port_in_use\]\n)en = [^\n]*\nfr = [^\n]*\n", 'en = "x"\n')
    assert "smtplab/cli/texts.toml: port_in_use has no fr" in copy.left_out("sentences")


def lesson_in_french(source: str) -> str:
    """Return a lesson's source with each group of texts followed by one more, in the new language."""
    last = LANGUAGES[-1]
    cell = rf'^\+\+\+ \{{"lang": "{last}".*\n(?:(?!^\+\+\+|^```\{{code-cell).*\n)*'

    def followed(match: re.Match[str]) -> str:
        return f"{match[0]}{match[0].replace(last, 'fr', 1)}\nBonjour.\n\n"

    return re.sub(cell, followed, source, flags=re.MULTILINE)


# --- the server's answer to HELP

TOPIC = ("smtplab/server/help.py", r'^    "NOOP": Topic\([^\n]*\n')


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        ('Topic("NOP", "do nothing", "RFC 5321 section 4.1.1.9")', "NOOP has the syntax of NOP"),
        ('Topic("NOOP", "", "RFC 5321 section 4.1.1.9")', "NOOP does not say what it is for"),
        ('Topic("NOOP", "do nothing", "RFC 5321 section " + "99.9")', "NOOP has no true source"),
        ('Topic("NOOP", "não faz nada", "RFC 5321 section 4.1.1.9")', "NOOP is not ASCII"),
        ('Topic("NOOP", "rest a while", "RFC 5321 section 4.1.1.9")', ""),
    ],
)
def test_the_answer_to_help(copy: Copy, topic: str, sentence: str) -> None:
    """A topic of HELP is changed in one place; what it lacks is named."""
    copy.replace(*TOPIC, f'    "NOOP": {topic},\n')
    report = copy.left_out("help_topics")
    assert sentence in report
    assert bool(report) is bool(sentence)
    if not sentence:
        helped = copy.python("import smtplab; print(smtplab.start(carrier='memory').send('HELP NOOP').lines)")
        assert "rest a while" in helped


def test_a_topic_of_an_unknown_command(copy: Copy) -> None:
    """A topic of a command that the server does not know would never be shown, and is named."""
    copy.replace(*TOPIC, '    "NOSUCH": Topic("NOSUCH", "nothing", "RFC 5321 section 4.1.1.9"),\n')
    report = copy.left_out("help_topics")
    assert "NOSUCH is no command of LabSMTP" in report
    assert "LabSMTP knows NOOP, and HELP does not" in report


# --- the map


def test_a_room(copy: Copy) -> None:
    """A room that the map does not have is named."""
    copy.replace("CONTRIBUTING.md", r"^\| `smtplab/lab/`[^\n]*\n", "")
    assert "CONTRIBUTING.md's map has no row for smtplab/lab" in copy.left_out("house")
