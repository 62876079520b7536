"""The lessons on a learner's disk: copied, kept, replaced with fresh ones; the learner's changes stay.

What counts as changed is what a learner writes: the cells' sources. Opening and saving a notebook changes its metadata
and outputs only. The lessons of a second language stand beside the first, each with the language in its name.
A small hidden file beside the lessons remembers what was copied; without it, or where it is damaged, everything in the
directory counts as the learner's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.course.disk import free_name, set_aside, write_whole
from smtplab.course.exercises import exercise, exercises
from smtplab.errors import LessonError
from smtplab.text.language import LANGUAGES, resolve
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

_say = Sentences("course/errors")

MANIFEST = ".smtplab-lessons.json"
_MANIFEST_VERSION = 1
_SUFFIX = ".ipynb"
_LINK = re.compile(r"(\]\(\d\d-[a-z0-9-]+)(?=\.ipynb)")
"""A link from one lesson to another, up to its suffix."""


@dataclass(frozen=True)
class Report:
    """What was copied, by file name.

    kept: pairs of a renewed lesson that had been run, and the name of the old one, with what its cells showed.
    beside: pairs of a changed lesson that stays and the new one put beside it.
    """

    copied: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()


def lessons(lang: str | None = None) -> tuple[Traversable, ...]:
    """Return the lessons that come with smtplab, in order, as files or as members of the zip file it is read from.

    Raises LessonError where there are none.
    """
    lang = resolve(lang)
    package = files("smtplab")
    folders = [package.joinpath("notebooks", lang)]  # installed
    if isinstance(package, Path):
        folders.append(package.parent / "notebooks" / lang)  # a checkout
    for folder in folders:
        if folder.is_dir():
            notebooks = [entry for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)]
            if notebooks:
                return tuple(sorted(notebooks, key=lambda entry: entry.name))
    raise LessonError(_say("no_lessons", lang=repr(lang)))


def find_lesson(name: str, lang: str | None = None) -> Traversable:
    """Return the lesson by file name, name or number ("1", "01"). Raises UnknownName, listing those there are."""
    stems = {lesson.name.removesuffix(_SUFFIX): lesson for lesson in lessons(lang)}
    wanted = name.removesuffix(_SUFFIX)
    for stem, lesson in stems.items():
        number = stem.partition("-")[0]
        if wanted == stem or (wanted.isdigit() and number.isdigit() and int(wanted) == int(number)):
            return lesson
    raise unknown("lesson", name, stems, lang)


def chosen_lessons(names: Sequence[str], lang: str | None = None, *, core: bool = False) -> tuple[Traversable, ...]:
    """Return the lessons of these names or numbers, in their order; all of them where no name is given.

    core: only those that have an exercise of the core. Raises UnknownName for a name that is no lesson, LessonError
    where none is left.
    """
    wanted = {find_lesson(name, lang).name for name in names}
    found = [lesson for lesson in lessons(lang) if not names or lesson.name in wanted]
    if core:
        found = [lesson for lesson in found if _has_core(lesson, resolve(lang))]
    if not found:
        raise LessonError(_say("no_core", lang))
    return tuple(found)


def _has_core(lesson: Traversable, lang: str) -> bool:
    return any(exercise(each, lang).core for each in exercises(lesson.name.partition("-")[0]))


def learners_copy(lesson: Traversable, tag: str = "") -> bytes:
    """Return what a learner gets of a lesson: the notebook without outputs and counts, or they would tell the answers.

    A notebook without outputs is also one that JupyterLab trusts, so its widgets live again after a reload.
    tag: what `tag_of` says; the links to other lessons then lead to those with this tag.
    """
    notebook = json.loads(lesson.read_bytes())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        elif tag:
            lines = [cell["source"]] if isinstance(cell["source"], str) else cell["source"]
            cell["source"] = [_LINK.sub(rf"\g<1>{tag}", line) for line in lines]
    return written(notebook)


def written(notebook: dict[str, Any]) -> bytes:
    """Return a notebook as nbformat writes one."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def tag_of(directory: Path, lang: str | None = None) -> str:
    """Return what stands in the names of a language's lessons in a directory: "", or ".es" beside those of another."""
    lang = resolve(lang)
    there = (_language_of(directory / lesson.name) for lesson in lessons(lang))
    return f".{lang}" if any(each not in (None, lang) for each in there) else ""


def name_of(lesson: Traversable, tag: str) -> str:
    """Return the file name of a lesson's copy."""
    return f"{lesson.name.removesuffix(_SUFFIX)}{tag}{_SUFFIX}"


def copy_lessons(directory: Path, lang: str | None = None, *, chosen: Sequence[Traversable] | None = None) -> Report:
    """Copy the lessons into a directory, which is made if it is not there; return what was done.

    chosen: some of `lessons`, else all of them.
    Raises LessonError where it cannot be written; then nothing is half-copied.
    """
    manifest, tag = _open(directory), tag_of(directory, lang)
    copied, renewed, unchanged, kept, beside = [], [], [], [], []
    for lesson in lessons(lang) if chosen is None else chosen:
        name, fresh = name_of(lesson, tag), learners_copy(lesson, tag)
        target = directory / name
        now, then = _sources_of(target), manifest.get(name)
        if not os.path.lexists(target):
            copied.append(name)
        elif now == _sources(fresh):
            manifest[name] = now
            unchanged.append(name)
            continue
        elif now is not None and now == then:
            renewed.append(name)
            if _was_run(target):
                kept.append((name, _keep(target)))
        else:
            if then != _sources(fresh):  # what is new since the learner's copy was made
                new = directory / f"{target.stem}.new{_SUFFIX}"
                if _sources_of(new) != _sources(fresh):
                    new = free_name(directory, target.stem, "new", _SUFFIX)
                    _write(new, fresh)
                beside.append((name, new.name))
            else:
                unchanged.append(name)
            continue
        _write(target, fresh)
        manifest[name] = _sources(fresh)
        _save(directory, manifest)
    _save(directory, manifest)
    return Report(tuple(copied), tuple(renewed), tuple(unchanged), tuple(kept), tuple(beside))


def reset_lesson(directory: Path, name: str, lang: str | None = None) -> tuple[str, str | None]:
    """Replace a lesson with a fresh copy; return its file name and the old one's new name (None: there was none).

    Raises UnknownName for an unknown lesson, LessonError where the directory cannot be written.
    """
    lesson = find_lesson(name, lang)
    manifest, tag = _open(directory), tag_of(directory, lang)
    target = directory / name_of(lesson, tag)
    kept = _keep(target) if os.path.lexists(target) else None
    fresh = learners_copy(lesson, tag)
    _write(target, fresh)
    manifest[target.name] = _sources(fresh)
    _save(directory, manifest)
    return target.name, kept


def changed_lessons(directory: Path) -> dict[str, bytes]:
    """Return the lessons in a directory that the learner has written in, by file name, without what cells showed.

    A file that is no notebook is left out. Raises LessonError where there are no lessons to compare with.
    """
    shipped: dict[str, set[str]] = {}
    for lang in LANGUAGES:
        for lesson in lessons(lang):
            for tag in ("", f".{lang}"):
                shipped.setdefault(name_of(lesson, tag), set()).add(_sources(learners_copy(lesson, tag)))
    found = {}
    for name, digests in shipped.items():
        path = directory / name
        now = None if path.is_symlink() or not path.is_file() else _sources_of(path)
        if now is not None and now not in digests:
            found[name] = learners_copy(path)
    return found


# --- files


def _cannot(path: Path, error: OSError) -> LessonError:
    return LessonError(_say("cannot_write", path=path, why=reason(error)))


def _open(directory: Path) -> dict[str, str]:
    """Make the directory and return what was copied into it: file name → digest of its sources."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot(directory, error) from error
    path = directory / MANIFEST
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["version"] == _MANIFEST_VERSION and all(isinstance(v, str) for v in data["copied"].values()):
            return dict(data["copied"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        pass
    # not ours to guess: it is set aside, and everything here is taken for the learner's
    try:
        set_aside(path)
    except OSError as error:
        raise _cannot(path, error) from error
    return {}


def _save(directory: Path, manifest: dict[str, str]) -> None:
    text = json.dumps({"version": _MANIFEST_VERSION, "copied": manifest}, indent=1, sort_keys=True) + "\n"
    _write(directory / MANIFEST, text.encode())


def _write(path: Path, octets: bytes) -> None:
    try:
        write_whole(path, octets)
    except OSError as error:
        raise _cannot(path, error) from error


def _keep(target: Path) -> str:
    """Give a learner's lesson another name, and return that."""
    kept = free_name(target.parent, target.stem, "mine", _SUFFIX)
    try:
        target.rename(kept)
    except OSError as error:
        raise _cannot(target, error) from error
    return kept.name


def _was_run(path: Path) -> bool:
    """Return whether a notebook holds what its cells showed."""
    cells = json.loads(path.read_bytes())["cells"]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def _language_of(path: Path) -> str | None:
    """Return the language of a lesson's copy, None for what is not there or does not say."""
    try:
        lang = json.loads(path.read_bytes())["metadata"]["smtplab"]["lang"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return lang if lang in LANGUAGES else None


def _sources(notebook: bytes) -> str:
    """Return the digest of what a learner can write in a notebook: the kinds and sources of its cells."""
    cells = [
        [cell["cell_type"], source if isinstance(source := cell["source"], str) else "".join(source)]
        for cell in json.loads(notebook)["cells"]
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _sources_of(path: Path) -> str | None:
    """Return that digest for a file, None for one that is not there or is no notebook."""
    try:
        return _sources(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
