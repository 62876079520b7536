"""The lessons on a learner's disk: copied, kept, brought anew. What the learner has changed is never overwritten.

What counts as changed is what a learner writes: the cells' sources. Opening and saving a notebook changes its metadata
and outputs only. A small hidden file beside the lessons remembers what was copied; without it, or where it is
damaged, everything in the directory is taken for the learner's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from smtplab.course.disk import free_name, set_aside, write_whole
from smtplab.errors import LessonError, UnknownName
from smtplab.text.language import resolve

MANIFEST = ".smtplab-lessons.json"
_MANIFEST_VERSION = 1


@dataclass(frozen=True)
class Report:
    """What copying did, by file name. beside: pairs of a changed lesson that stays and the new one put beside it."""

    copied: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()


def lessons(lang: str | None = None) -> tuple[Path, ...]:
    """Return the lessons that come with smtplab, in order. Raises LessonError where there are none."""
    lang = resolve(lang)
    package = Path(str(files("smtplab")))
    for folder in (package / "notebooks" / lang, package.parent / "notebooks" / lang):  # installed, or a checkout
        found = tuple(sorted(folder.glob("*.ipynb")))
        if found:
            return found
    raise LessonError(f"this installation of smtplab has no lessons in {lang!r}")


def find_lesson(given: str, lang: str | None = None) -> Path:
    """Return the lesson by file name, name or number ("1", "01"). Raises UnknownName, listing those there are."""
    shipped = lessons(lang)
    wanted = given.removesuffix(".ipynb")
    for lesson in shipped:
        number = lesson.stem.partition("-")[0]
        if wanted == lesson.stem or (wanted.isdigit() and number.isdigit() and int(wanted) == int(number)):
            return lesson
    raise UnknownName("lesson", given, [lesson.stem for lesson in shipped])


def copy_lessons(directory: Path, lang: str | None = None) -> Report:
    """Put the lessons into a directory, which is made where it is not there; gives what was done.

    Raises LessonError where it cannot be written; then nothing is half-copied.
    """
    manifest = _open(directory)
    copied, renewed, unchanged, beside = [], [], [], []
    for lesson in lessons(lang):
        target, fresh = directory / lesson.name, lesson.read_bytes()
        now, then = _sources_of(target), manifest.get(lesson.name)
        if not os.path.lexists(target):
            copied.append(lesson.name)
        elif now == _sources(fresh):
            manifest[lesson.name] = now
            unchanged.append(lesson.name)
            continue
        elif now is not None and now == then:
            renewed.append(lesson.name)
        else:
            if then != _sources(fresh):  # what is new since the learner's copy was made
                new = directory / f"{lesson.stem}.new.ipynb"
                if _sources_of(new) != _sources(fresh):
                    new = free_name(directory, lesson.stem, "new", ".ipynb")
                    _write(new, fresh)
                beside.append((lesson.name, new.name))
            else:
                unchanged.append(lesson.name)
            continue
        _write(target, fresh)
        manifest[lesson.name] = _sources(fresh)
        _save(directory, manifest)
    _save(directory, manifest)
    return Report(tuple(copied), tuple(renewed), tuple(unchanged), tuple(beside))


def reset_lesson(directory: Path, given: str, lang: str | None = None) -> tuple[str, str | None]:
    """Bring a lesson anew; gives its file name, and the name under which the old one is kept (None: there was none).

    Raises UnknownName for an unknown lesson, LessonError where the directory cannot be written.
    """
    lesson = find_lesson(given, lang)
    manifest = _open(directory)
    target, kept = directory / lesson.name, None
    if os.path.lexists(target):
        kept = free_name(directory, lesson.stem, "mine", ".ipynb")
        try:
            target.rename(kept)
        except OSError as error:
            raise _cannot(target, error) from error
    _write(target, lesson.read_bytes())
    manifest[lesson.name] = _sources(lesson.read_bytes())
    _save(directory, manifest)
    return lesson.name, kept.name if kept else None


# --- files


def _cannot(path: Path, error: OSError) -> LessonError:
    return LessonError(f"cannot write {path}: {error.strerror or error}")


def _open(directory: Path) -> dict[str, str]:
    """Make the directory and give what was copied into it: file name → digest of its sources."""
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
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
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
    except (OSError, ValueError, KeyError, TypeError):
        return None
