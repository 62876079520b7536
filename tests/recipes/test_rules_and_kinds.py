"""The recipes of a rule and of a kind of exercise: what was added works, and a step left out is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recipes.conftest import Copy


def in_each_language(key: str, text: str) -> str:
    """Return a text under a key, in every language."""
    return "".join(f'{key}.{lang} = "{text} ({lang})"\n' for lang in LANGUAGES)


# --- a rule

HEAD = '\n["help.polite"]\nlevel = "SHOULD"\nsource = "RFC 5321 §4.1.1.8"\n'
RULE = HEAD + in_each_language("text", "HELP is polite.")
CHECK = """

def polite(context: Context) -> Outcome:
    return "rude" not in context.reply.text if context.verb == "HELP" else None
"""
CASE = """    "help.polite": (({"HELP": "214 rude"}, ["HELP"], -1), ({"HELP": "214 x"}, ["HELP"], -1)),
"""
RULE_STEPS: dict[str, Callable[[Copy], None]] = {
    "rule 'help.polite' of rules.toml has no check in CHECKS (checks/__init__.py)": lambda copy: (
        copy.append("smtplab/rfc/checks/help.py", CHECK),
        copy.replace(
            "smtplab/rfc/checks/__init__.py", r'^(?=\}\n"""The check of)', '    "help.polite": help.polite,\n'
        ),
    ),
    "rule 'help.polite' has no case in CASES of tests/rfc/test_rules.py": lambda copy: copy.replace(
        "tests/rfc/test_rules.py", r'^(?=    "help\.success")', CASE
    ),
}


def test_a_rule(copy: Copy) -> None:
    """A rule is a table, a check and its line in the checks' table; the tests ask for a case of it."""
    copy.append("smtplab/rfc/rules.toml", RULE)
    for sentence, step in RULE_STEPS.items():
        assert sentence in copy.tests("tests/rfc/test_rules.py")
        step(copy)
    assert copy.tests("tests/rfc/test_rules.py") == ""
    assert copy.left_out() == ""
    code = "lab = smtplab.start(carrier='memory'); lab.send('HELP')"
    verdicts = copy.python(f"import smtplab; {code}; print(smtplab.judge(lab.transcript[-1]))")
    assert "help.polite" in verdicts


# --- a kind of exercise

GRADE = """def _half(question: Question, answer: Any) -> Result:
    return Result("right" if int(answer) % 2 == question.row["rest"] else "otherwise")


# --- the table
"""
ROW = '    "half": Kind(_half, frozenset({"rest"})),\n'
EXERCISE = (
    '\n["08.half"]\nkind = "half"\nrest = 0\n'
    + in_each_language("title", "A half")
    + "".join(in_each_language(key, "Is it half?") for key in ("question", "feedback.right", "feedback.otherwise"))
)
WORDS = "\n[exercise_number]\n" + "".join(f'{lang} = "Your number ({lang})"\n' for lang in LANGUAGES)
ANSWER = '    "00.half": ("2", {"otherwise": "1"}),\n'
TRIED = '    "00.half": {"kind": "half", "rest": 0, "feedback": feedback("right", "otherwise")},\n'
KIND_STEPS: dict[str, Callable[[Copy], None]] = {
    "no row for 'half' in smtplab/course/exercises/README.md": lambda copy: copy.replace(
        "smtplab/course/exercises/README.md",
        r"^(?=\| `function` \|)",
        "| `half` | writes a number | its rest | `rest`: what is left of it by two |\n",
    ),
    "no field for 'half' in FIELDS of smtplab/widgets/exercise/widget.js": lambda copy: copy.replace(
        "smtplab/widgets/exercise/widget.js",
        r"^(?=  parts: namedField,)",
        '  half: (model, name) => writtenField(model, name, "exercise_number"),\n',
    ),
    "no text 'exercise_number' in widgets/exercise/texts.toml": lambda copy: copy.append(
        "smtplab/widgets/exercise/texts.toml",
        WORDS,
    ),
    "no row for 'half' in ROWS of tests/course/test_exercises.py": lambda copy: (
        copy.replace("tests/course/test_exercises.py", r'^(?=    "00\.function": \{)', TRIED),
        copy.replace(
            "tests/course/test_exercises.py",
            r'^(?=    "00\.function": \()',
            '    "00.half": ("2", {"otherwise": "1"}),\n',
        ),
    ),
    "no exercise of the course is of the kind 'half'": lambda copy: copy.append(
        "smtplab/course/exercises/08.toml", EXERCISE
    ),
}


def test_a_kind_of_exercise(copy: Copy) -> None:
    """A kind is a row with its grading, its keys, its field and words in the page, and an answer that tries it."""
    copy.replace("smtplab/course/grading.py", r"^# --- the table\n", GRADE)
    copy.replace("smtplab/course/grading.py", r'^(?=    "function": Kind)', ROW)
    for sentence, step in KIND_STEPS.items():
        assert sentence in copy.tests("tests/course/test_exercises.py")
        step(copy)
    assert copy.tests("tests/course/test_exercises.py", "tests/course/test_exercise_data.py") == ""
    assert copy.python("import smtplab; print(smtplab.check('08.half', '4').right)") == "True"
