"""Build the lessons: notebooks/source/*.md → notebooks/en, notebooks/es and so on, executed.

    python notebooks/build.py            build what has changed
    python notebooks/build.py --all      build everything
    python notebooks/build.py NAME ...   build what has changed of these sources only
    python notebooks/build.py --check    build nothing; say what has drifted, with exit status 1

A source is a MyST notebook. A text cell belongs to the language in its metadata, `+++ {"lang": "en"}`; the languages
stand side by side, in the order of smtplab/text/language.py. Code cells are shared: what differs is the language that
`smtplab.set_language("en")` sets, and the line above an exercise, which says in that language that the cell is to be
run. Cells tagged `solution` are left out of what learners get. A cell whose code tells the answer to a prediction is
folded: `:jupyter: {"source_hidden": true}`.

A text cell with a section's heading says whether it is core, `"part": "core"`, or deeper. From that come a mark under
each heading, the minutes at `{minutes}`, which part of the lesson is core, and where the core goes on
(smtplab/course/pace.py has the rates). RFC sections and lessons become links; the paragraph of sources folds away.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

from smtplab.course import pace
from smtplab.course.exercises import exercise
from smtplab.course.links import linked
from smtplab.text.language import DEFAULT, LANGUAGES

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_SET = 'set_language("{}")'
_HEADING = re.compile(r"^## .+$", re.MULTILINE)
_SOURCES = r"^\*\*{}:\*\* (.+)$"
_DETAILS = '<details style="margin-bottom: 1em">'
"""JupyterLab leaves no room below what is folded away."""
_EXERCISE = re.compile(r'^smtplab\.exercise\("([^"]+)"', re.MULTILINE)
_KEPT = ("tags", "jupyter")
"""A cell's metadata that goes into the notebook."""


class SourceError(Exception):
    """A source that cannot be built; the message names the file and the cell."""


def compose(source: Path, lang: str, *, solutions: bool = False) -> nbformat.NotebookNode:
    """Return the notebook of one language, not executed.

    solutions: keep the cells tagged `solution`, as the tests do.
    Raises SourceError where a text cell has no language, or the languages do not take turns.
    """
    cells = _cells(source)
    texts = [(at, cell.metadata.get("lang")) for at, cell in enumerate(cells) if cell.cell_type == "markdown"]
    for start in range(0, len(texts), len(LANGUAGES)):
        group = texts[start : start + len(LANGUAGES)]
        stand, want = (", ".join(map(repr, each)) for each in ([lang for _, lang in group], LANGUAGES))
        if stand == want:
            continue
        if want.startswith(stand):
            raise SourceError(f"{source.name}: the last text cell has no translation")
        raise SourceError(f"{source.name}: text cell {group[0][0]} and the next are {stand}, not {want}")
    _marked(source, cells, lang)
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "smtplab": {"lesson": source.stem, "lang": lang},
    }
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if cell.metadata.get("lang", lang) != lang or ("solution" in tags and not solutions):
            continue
        cell_id = f"{source.stem[:2]}-{len(notebook.cells):02}"
        kept: dict[str, Any] = {key: cell.metadata[key] for key in _KEPT if cell.metadata.get(key)}
        if cell.cell_type == "markdown":
            made = nbformat.v4.new_markdown_cell(cell.source, id=cell_id, metadata=kept)
        else:
            code = _inviting(cell.source.replace(_SET.format(DEFAULT), _SET.format(lang)), lang)
            made = nbformat.v4.new_code_cell(code, id=cell_id, metadata=kept)
        notebook.cells.append(made)
    return notebook


def _cells(source: Path) -> list[Any]:
    return [cell for cell in jupytext.read(source, fmt="md:myst").cells if cell.source.strip()]


# --- core and deeper, minutes, links


@cache
def sections(source: Path) -> list[tuple[str, dict[str, str], int]]:
    """Return the sections of a lesson, in order: its part, its title in each language, and its minutes.

    What stands before the first heading is read with the first section. The minutes are those of the language that
    takes longest. Raises SourceError where a heading does not say its part, or a cell has two.
    """
    found: list[tuple[str, dict[str, str], dict[str, float]]] = []
    before = dict.fromkeys(LANGUAGES, 0.0)
    for cell in _cells(source):
        tags, lang = cell.metadata.get("tags", []), cell.metadata.get("lang")
        minutes = found[-1][2] if found else before
        if cell.cell_type != "markdown":
            for each in LANGUAGES if "solution" not in tags else ():
                minutes[each] += pace.of_code(cell.source)
            continue
        headings = _HEADING.findall(cell.source)
        part = cell.metadata.get("part")
        if len(headings) > 1 or (headings and part not in pace.PARTS) or (part and not headings):
            raise SourceError(
                f"{source.name}: {headings or part} in one text cell; one heading, and its part: {pace.PARTS}"
            )
        text = re.sub(_SOURCES.format(pace.sources(lang)), "", cell.source, flags=re.MULTILINE)
        last, heading, rest = text.partition(headings[0]) if headings else (text, "", "")
        if headings and lang == LANGUAGES[0]:
            found.append((part, {lang: heading[3:]}, dict.fromkeys(LANGUAGES, 0.0)))
        if headings:  # what stands above the heading is of the section before, in every language
            minutes = found[-2][2] if len(found) > 1 else before
            found[-1][1][lang] = heading[3:]
            found[-1][2][lang] += pace.of_text(rest)
        minutes[lang] += pace.of_text(last)
    if found:
        for lang in LANGUAGES:
            found[0][2][lang] += before[lang]
    return [(part, titles, pace.whole(max(minutes.values()))) for part, titles, minutes in found]


def minutes(source: Path) -> dict[str, int]:
    """Return how many minutes a lesson takes, its core and what is deeper."""
    return {part: sum(taken for each, _, taken in sections(source) if each == part) for part in pace.PARTS}


@cache
def course() -> dict[str, int]:
    """Return how many minutes all lessons take together, and their core."""
    taken = [minutes(source) for source in sorted(SOURCE.glob("*.md"))]
    return {"core": sum(each["core"] for each in taken), "course": sum(sum(each.values()) for each in taken)}


def _marked(source: Path, cells: list[Any], lang: str) -> None:
    """Write into a lesson's texts what is core, how long it takes and where it goes on; link, and fold the sources."""
    parts, label = sections(source), pace.sources(lang)
    lessons = {each.stem[1]: f"{each.stem}.ipynb" for each in sorted(SOURCE.glob("*.md")) if each != source}
    at = 0
    for cell in cells:
        if cell.cell_type != "markdown" or cell.metadata.get("lang") != lang:
            continue
        text = cell.source.replace("{minutes}", _head(source, lang))
        for name, number in course().items() if "_minutes}" in text else ():
            text = text.replace(f"{{{name}_minutes}}", str(number))
        if heading := _HEADING.search(text):
            part, _, taken = parts[at]
            if part == "deeper" and at and parts[at - 1][0] == "core":
                text = text.replace(heading[0], f"---\n\n{_turn(source, lang)}\n\n{heading[0]}")
            text = text.replace(heading[0], f"{heading[0]}\n\n{pace.mark(part, taken, lang)}")
            at += 1
        folded = rf"<details>\n<summary>{label}</summary>\n\n\1\n\n</details>"
        text = re.sub(_SOURCES.format(label), folded, linked(text, lessons), flags=re.MULTILINE)
        cell.source = text.replace("<details>", _DETAILS)


def _head(source: Path, lang: str) -> str:
    core = [titles[lang] for part, titles, _ in sections(source) if part == "core"]
    return pace.head(*minutes(source).values(), core, lang)


def _turn(source: Path, lang: str) -> str:
    later = (each.stem[:2] for each in sorted(SOURCE.glob("*.md")) if each.stem > source.stem and minutes(each)["core"])
    return pace.turn(next(later, ""), lang)


def _inviting(code: str, lang: str) -> str:
    """Return code with a line before each exercise that says what the cell is for before it is run."""
    return _EXERCISE.sub(lambda match: f"# {exercise(match[1], lang).invitation}\n{match[0]}", code)


def execute(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Run a notebook and keep what is the same in every run: a widget's random id is not, its HTML form is."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    os.environ["SMTPLAB_PROGRESS"] = "off"  # nothing is written into notebooks/
    # a cell's prints are one output, however the kernel cut them
    options = {"store_widget_state": False, "coalesce_streams": True}
    NotebookClient(notebook, timeout=60, kernel_name="python3", **options).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGET_VIEW, None)
    return notebook


def drifted(source: Path, lang: str) -> bool:
    """Return whether the built notebook is missing or has other cells than its source gives."""
    built = HERE / lang / f"{source.stem}.ipynb"
    if not built.exists():
        return True
    want, have = compose(source, lang), nbformat.read(built, as_version=4)
    return [(c.cell_type, c.source, c.id, c.metadata) for c in want.cells] != [
        (c.cell_type, c.source, c.id, c.metadata) for c in have.cells
    ]


def main(arguments: list[str] | None = None) -> int:
    """Build, or check, and return the exit status."""
    parser = argparse.ArgumentParser(description="Build the lessons from notebooks/source.")
    parser.add_argument("--all", action="store_true", help="build even what has not changed")
    parser.add_argument("names", nargs="*", help="only these, by file name without suffix")
    parser.add_argument("--check", action="store_true", help="build nothing, only say what has drifted")
    options = parser.parse_args(arguments)
    sources = sorted(SOURCE.glob("*.md"))
    stray = [
        built
        for lang in LANGUAGES
        for built in (HERE / lang).glob("*.ipynb")
        if built.stem not in {source.stem for source in sources}
    ]
    status = 0
    for built in stray:
        print(f"{built.parent.name}/{built.name} has no source")
        status = 1
    for source in (source for source in sources if not options.names or source.stem in options.names):
        for lang in LANGUAGES:
            if not (options.all or drifted(source, lang)):
                continue
            if options.check:
                print(f"{lang}/{source.stem}.ipynb differs from source/{source.name}: run python notebooks/build.py")
                status = 1
                continue
            target = HERE / lang / f"{source.stem}.ipynb"
            target.parent.mkdir(exist_ok=True)
            text = nbformat.writes(execute(compose(source, lang)))
            target.write_text(text + "\n", "utf-8")
            print(f"built {lang}/{target.name}")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SourceError as error:
        sys.exit(str(error))
