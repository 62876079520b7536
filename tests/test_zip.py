"""smtplab read from its wheel as a zip file: everything that it reads is there, and what needs files says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course.exercises import exercises
from smtplab.course.lessons import learners_copy, lessons
from smtplab.text.language import LANGUAGES
from tests.helpers.paths import TOP
from tests.helpers.wheel import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import smtplab
assert smtplab.__file__.startswith(sys.argv[1]), smtplab.__file__
print(json.dumps(ask()))
"""
WIDGETS = sorted(path.parent.name for path in (TOP / "smtplab/widgets").glob("*/widget.js"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    return make_wheel(tmp_path_factory.mktemp("wheel"))


def run(wheel: Path, folder: Path, code: str) -> Any:
    """Return what an expression comes to where smtplab is read from the wheel, in a Python of its own."""
    ask = "def ask():\n" + "".join(f"    {line}\n" for line in code.splitlines())
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", ask + SCRIPT, str(wheel)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_personalities(wheel: Path, tmp_path: Path) -> None:
    """Every personality is listed, and every recording can be read."""
    names, about = run(wheel, tmp_path, "return smtplab.personalities(), len(smtplab.personalities().about())")
    assert tuple(names) == smtplab.personalities()
    assert about == len(names)


def test_a_lab(wheel: Path, tmp_path: Path) -> None:
    """A lab answers as a recorded server, over both carriers, and explains itself."""
    code = """
replies = []
for carrier in ("memory", "tcp"):
    with smtplab.start("exim-4.96", carrier=carrier) as lab:
        replies.append(lab.send("HELP").raw.decode())
survey = str(smtplab.survey())
return replies, str(smtplab.explain(214, "es")), str(smtplab.compare(211, 214)), survey, str(smtplab.ftp_origin())"""
    replies, explained, compared, survey, ftp = run(wheel, tmp_path, code)
    with smtplab.start("exim-4.96", carrier="memory") as lab:
        assert replies == [lab.send("HELP").raw.decode()] * 2
    assert explained == str(smtplab.explain(214, "es"))
    assert compared == str(smtplab.compare(211, 214))
    assert (survey, ftp) == (str(smtplab.survey()), str(smtplab.ftp_origin()))


def test_the_course(wheel: Path, tmp_path: Path) -> None:
    """Lessons, exercises with their hints, solutions and variants, and progress are there, and graders grade."""
    code = f"""
from pathlib import Path
from smtplab.course.exercises import exercises
from smtplab.course.lessons import copy_lessons, lessons, reset_lesson
names = {{lang: [lesson.name for lesson in lessons(lang)] for lang in {LANGUAGES!r}}}
copied = copy_lessons(Path("mine")).copied
kept = reset_lesson(Path("mine"), "1")
right = smtplab.check("04.verb", "XQLENGTH").right
told = [str(smtplab.hint("01.help", lang="en")), str(smtplab.solution("01.help", 1, "en"))]
return names, copied, kept, right, exercises(), smtplab.progress().all, smtplab.progress().page(), told"""
    names, copied, kept, right, ids, count, page, told = run(wheel, tmp_path, code)
    assert names == {lang: [lesson.name for lesson in lessons(lang)] for lang in LANGUAGES}
    assert copied == names["en"]
    first = copied[0]
    assert kept == [first, first.replace(".ipynb", ".mine.ipynb")]
    assert (tmp_path / "mine" / first).read_bytes() == learners_copy(lessons("en")[0])
    assert (right, tuple(ids), count) == (True, exercises(), len(ids))
    assert "<!DOCTYPE html>" in page
    assert told == [str(smtplab.hint("01.help", lang="en")), str(smtplab.solution("01.help", 1, "en"))]


def test_widgets(wheel: Path, tmp_path: Path) -> None:
    """Each widget's module and stylesheet are those of the checkout, and a widget answers."""
    code = f"""
from smtplab.widgets import notebook
with smtplab.start(carrier="memory") as lab:
    widget = smtplab.exercise("01.help", lab)
    widget._handle_custom_msg({{"type": "answer", "answer": "214"}}, [])
    right = widget.feedback["right"]
    smtplab.console(lab), smtplab.gallery(), smtplab.side_by_side(lab, 211, 214), smtplab.anatomy(lab.send("HELP"))
return right, {{name: [notebook.module(name), notebook.stylesheet(name)] for name in {WIDGETS!r}}}"""
    right, shipped = run(wheel, tmp_path, code)
    from smtplab.widgets import notebook

    assert right
    assert len(WIDGETS) >= 5
    assert shipped == {name: [notebook.module(name), notebook.stylesheet(name)] for name in WIDGETS}


def test_the_site_says_that_it_needs_files(wheel: Path, tmp_path: Path) -> None:
    """What is built from smtplab's own files is refused with the reason and what to do, and nothing is written."""
    code = """
from pathlib import Path
from smtplab.site import build, parts, wheels
errors = []
for build_it in (lambda: build.build_site(Path("site"), cache=Path("cache")), parts.sources,
                 lambda: wheels.pack_smtplab(Path("."))):
    try:
        build_it()
    except smtplab.SiteError as error:
        errors.append(str(error))
return errors"""
    errors = run(wheel, tmp_path, code)
    assert len(errors) == 3
    assert all("zip" in error and "pip install" in error for error in errors)
    assert list(tmp_path.iterdir()) == []


def test_the_command(wheel: Path, tmp_path: Path) -> None:
    """The command works from the zip file too."""
    code = """
import contextlib, io
from smtplab import cli
with contextlib.redirect_stdout(io.StringIO()) as out:
    status = cli.run(["personalities"]), cli.run(["explain", "214"])
return status, out.getvalue()"""
    status, out = run(wheel, tmp_path, code)
    assert status == [0, 0]
    assert "exim-4.96" in out
