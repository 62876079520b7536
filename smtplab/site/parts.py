"""The parts of the site, each made once and kept in a cache until what it is made from changes.

The cache is a folder of the user's. A part is a folder in it with a stamp: the digest of its input.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tomllib
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.course.lessons import learners_copy, lessons
from smtplab.errors import SiteError
from smtplab.site import docs, wheels
from smtplab.site.tools import find_node, find_npm, find_uv, make_environment, package_folder, run
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason

if TYPE_CHECKING:
    from collections.abc import Callable

_say, _told = Sentences("site/errors"), Sentences("site/texts")

_STAMP = ".made-from"


def sources() -> Path:
    """Return the folder of the site's own files: deploy/lite in a checkout.

    Raises SiteError where it is missing, or where smtplab is read from a zip file.
    """
    package = package_folder()
    for folder in (package / "site" / "lite", package.parent / "deploy" / "lite"):  # installed, or a checkout
        if (folder / "site.toml").is_file():
            return folder
    raise SiteError(_say("no_sources"))


def default_cache() -> Path:
    """Return the folder that keeps what was made: SMTPLAB_CACHE, or smtplab in the user's cache.

    Raises SiteError where neither can be found, as ~ without a home directory.
    """
    folder = os.environ.get("SMTPLAB_CACHE")
    try:
        if folder:
            return Path(folder).expanduser().absolute()
        from platformdirs import user_cache_path  # an extra: most people never build a site

        return user_cache_path("smtplab")
    except (OSError, RuntimeError, ValueError) as error:
        why = _say("no_home") if isinstance(error, RuntimeError) else reason(error)
        raise SiteError(_say("no_cache", where=folder or _say("users_cache"), why=why)) from error


@dataclass(frozen=True)
class BuildCache:
    """Where the parts are made.

    folder: where they are kept. say: is told what is done, a line a step.
    """

    folder: Path
    say: Callable[[str], None]

    @property
    def plan(self) -> dict[str, Any]:
        """What the site is made of, from site.toml."""
        return tomllib.loads((sources() / "site.toml").read_text("utf-8"))

    def make(self, name: str, what: str, digest: str, maker: Callable[[Path], None]) -> Path:
        """Return the folder of a part; it is made anew where its input has changed, whole or not at all."""
        target, fresh = self.folder / name, self.folder / f"{name}.unfinished"
        if (target / _STAMP).is_file() and (target / _STAMP).read_text() == digest:
            self.say(_told("part_kept", part=what))
            return target
        self.say(_told("part_making", part=what))
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        maker(fresh)
        (fresh / _STAMP).write_text(digest)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
        return target

    # --- the parts, in the order in which one stands on another

    def environment(self) -> Path:
        """Make the virtual environment that builds."""
        requirements = sources() / "build-lock.txt"
        uv = find_uv()

        def maker(folder: Path) -> None:
            # a virtual environment knows its own path, so it is made where it stays, beside the stamp
            place = self.folder / "environment.venv"
            make_environment(uv, place)
            python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
            command = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(python)]
            run([*command, "-r", str(requirements)], folder)

        self.make("environment", _told("environment"), digest_of(requirements.read_bytes()), maker)
        return self.folder / "environment.venv"

    def pyodide(self) -> Path:
        """Take Pyodide's core from npm's registry."""
        plan = self.plan["pyodide"]

        def maker(folder: Path) -> None:
            npm = find_npm()
            run([npm, "pack", "--silent", f"pyodide@{plan['version']}"], folder)
            (packed,) = folder.glob("*.tgz")
            came = f"sha512-{b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()}"
            if came != plan["integrity"]:
                raise SiteError(_say("other_digest", file=packed.name, came=came, wanted=plan["integrity"]))
            with tarfile.open(packed) as archive:
                for name in (*plan["files"], "pyodide-lock.json"):
                    member = archive.extractfile(f"package/{name}")
                    assert member is not None
                    (folder / name).write_bytes(member.read())
            packed.unlink()
            lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
            # npm ships none of the packages that it lists: each would be looked for elsewhere
            lock["packages"] = {}
            (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", "utf-8")

        return self.make("pyodide", f"Pyodide {plan['version']}", digest_of(plan), maker)

    def wheels(self) -> Path:
        """Pack smtplab, the stand-ins and the smaller jedi."""
        plan = self.plan["wheels"]
        place = self.folder / "smtplab.wheel"
        place.mkdir(parents=True, exist_ok=True)
        own = wheels.pack_smtplab(place)

        def maker(folder: Path) -> None:
            for name, version in plan["stand_ins"].items():
                wheels.pack_stand_in(folder, name, version)
            whole = folder / "whole"
            wish = f"jedi=={plan['jedi']}"
            run([find_uv(), "pip", "install", "--quiet", "--no-deps", "--target", str(whole), wish], folder)
            wheels.repack_without(folder, whole, "jedi", plan["jedi"], plan["jedi_without"])
            shutil.rmtree(whole)
            shutil.move(own, folder / own.name)

        return self.make("wheels", _told("wheels"), digest_of(plan, own.read_bytes()), maker)

    def lite(self) -> Path:
        """Build JupyterLite with the lessons in it."""
        find_uv()  # what is missing is said before anything is fetched
        pyodide, environment, packed = self.pyodide(), self.environment(), self.wheels()
        config = {path.name: path.read_bytes() for path in sorted(sources().glob("*")) if path.suffix in _CONFIG}
        shipped = {f"{lang}/{path.name}": learners_copy(path) for lang in LANGUAGES for path in lessons(lang)}
        stamps = [(part / _STAMP).read_bytes() for part in (self.folder / "environment", pyodide, packed)]

        def maker(folder: Path) -> None:
            lite = folder / "lite"
            for name, octets in {**config, **{f"files/{name}": octets for name, octets in shipped.items()}}.items():
                (lite / name).parent.mkdir(parents=True, exist_ok=True)
                (lite / name).write_bytes(octets)
            leave = shutil.ignore_patterns(_STAMP)
            shutil.copytree(pyodide, lite / "static/pyodide", ignore=leave)
            shutil.copytree(packed, lite / "static/pyodide-lock", ignore=leave)
            scripts = environment / ("Scripts" if os.name == "nt" else "bin")
            path = os.pathsep.join([str(scripts), os.environ.get("PATH", "")])
            for step in ("build", "check"):
                run([str(scripts / "jupyter-lite"), step], lite, {"PATH": path, "JUPYTER_PREFER_ENV_PATH": "1"})
            shutil.rmtree(folder / "cache")

        return self.make("lite", "JupyterLite", digest_of(config, shipped, *stamps), maker) / "output"

    def packages(self, lite: Path) -> Path:
        """Put all that the kernel loads into one archive, most of it as bytecode: `packages.data`.

        lite: the built JupyterLite, with its wheels and their lock.
        """
        node, pyodide, compiler = find_node(), self.folder / "pyodide", sources() / "start/compile.mjs"
        folder = lite / "static/pyodide-lock"
        lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
        packed = [(folder / package["file_name"]).resolve() for package in lock["packages"].values()]
        keep = self.plan["kernel"]["as_source"]

        digests = sources() / "digests.toml"
        wanted = tomllib.loads(digests.read_text("utf-8")) if digests.is_file() else {}
        made_here = {f"{name.replace('-', '_')}-" for name in ("jedi", "smtplab", *self.plan["wheels"]["stand_ins"])}

        def maker(part: Path) -> None:
            came = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(packed)}
            came = {name: digest for name, digest in came.items() if not name.startswith(tuple(made_here))}
            for name, digest in came.items():
                if wanted and wanted.get(name) != digest:
                    raise SiteError(_say("other_digest", file=name, came=digest, wanted=wanted.get(name, "—")))
            lines = "".join(f'"{name}" = "{digest}"\n' for name, digest in came.items())
            (part / "digests.toml").write_text(lines, "utf-8")
            tree = part / "tree"
            wheels.unpack(tree, packed)
            run([node, str(compiler), str(pyodide.resolve()), str(tree.resolve()), *keep], part)
            wheels.bundle(part / "packages.data", tree)
            names = {path.name.removesuffix(".py").removesuffix(".pyc") for path in tree.iterdir()}
            shipped = sorted(name for name in names if name.isidentifier())
            (part / "packages.json").write_text(json.dumps(shipped) + "\n", "utf-8")
            shutil.rmtree(tree)

        stamp = [(pyodide / _STAMP).read_bytes(), compiler.read_bytes(), Path(wheels.__file__).read_bytes()]
        digest = digest_of(keep, wanted, *stamp, *(path.read_bytes() for path in packed))
        return self.make("packages", _told("packages"), digest, maker)

    def docs(self) -> Path:
        """Build the documentation site."""

        def maker(folder: Path) -> None:
            docs.build_docs(folder / "docs")

        top = docs.checkout()
        read = [part for path in docs.read_by_docs() for part in (str(path.relative_to(top)), path.read_bytes())]
        return self.make("docs", _told("docs"), digest_of(*read), maker) / "docs"


_CONFIG = {".json", ".txt"}


def digest_of(*values: Any) -> str:
    """Return one digest of octets and plain data."""
    digest = hashlib.sha256()
    for value in values:
        octets = value if isinstance(value, bytes) else repr(value).encode()
        digest.update(hashlib.sha256(octets).digest())
    return digest.hexdigest()
