"""The wheels that are made here: smtplab itself, empty stand-ins, a smaller jedi. The same input gives the same octets.

A wheel is a zip file with three members of metadata (the binary distribution format of packaging.python.org).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from smtplab import __version__
from smtplab.site.tools import package_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_DATE = (2020, 1, 1, 0, 0, 0)
_LEFT_OUT = ("notebooks/", "site/", "cli/", "__main__.py")
"""What of smtplab does nothing in a browser: the lessons (they are files of the site), the command, this builder."""
_BROWSER_LACKS = {"click"}


def pack(folder: Path, name: str, version: str, members: Iterable[tuple[str, bytes]], metadata: str = "") -> Path:
    """Write a pure wheel into `folder` and return its path.

    name: as in the wheel's file name, with underscores. members: name in the archive and octets.
    metadata: further lines of METADATA, such as "Requires-Dist: click".
    """
    info = f"{name}-{version}.dist-info"
    all_members = [
        *sorted(members),
        (f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}".encode()),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: smtplab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    record = "".join(f"{path},sha256={_digest(octets)},{len(octets)}\n" for path, octets in all_members)
    target = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, octets in (*all_members, (f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode())):
            archive.writestr(_member(path), octets)
    return target


def pack_smtplab(folder: Path) -> Path:
    """Pack the smtplab that is running, as it is needed in a browser."""
    requires = distribution("smtplab").requires or []
    needed = [line for line in requires if "extra ==" not in line and not line.startswith(tuple(_BROWSER_LACKS))]
    return pack(
        folder, "smtplab", __version__, _package(package_folder()),
        "".join(f"Requires-Dist: {line}\n" for line in sorted(needed)),
    )  # fmt: skip


def pack_stand_in(folder: Path, name: str, version: str) -> Path:
    """Pack an empty wheel in place of a package that does nothing in a kernel."""
    return pack(folder, name.replace("-", "_"), version, [])


def repack_without(folder: Path, installed: Path, name: str, version: str, without: Iterable[str]) -> Path:
    """Pack an installed package again, some of its folders left out.

    installed: the folder it was installed into, alone. without: folders, as paths in it.
    """
    info = f"{name}-{version}.dist-info"
    left_out = tuple(f"{path}/" for path in (*without, "bin", info))
    members = [(path, octets) for path, octets in _tree(installed) if not path.startswith(left_out) and "/" in path]
    headers = (installed / info / "METADATA").read_text("utf-8").partition("\n\n")[0].splitlines()
    needed = [line for line in headers if line.startswith("Requires-Dist:") and "extra ==" not in line]
    return pack(folder, name, version, members, "".join(f"{line}\n" for line in needed))


def merge(target: Path, wheels: Iterable[Path], without: tuple[str, ...]) -> None:
    """Write what wheels install into one archive: a page without pip fetches and unpacks it in one go.

    without: the beginnings of the names that are left out.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for wheel in sorted(wheels):
            with zipfile.ZipFile(wheel) as packed:
                for name in sorted(packed.namelist()):
                    if not name.startswith(without) and ".dist-info/" not in name:
                        archive.writestr(_member(name), packed.read(name))


def unpack(tree: Path, packed: Iterable[Path]) -> None:
    """Unpack wheels as pip would install them, but for what nothing reads in a browser: tests, scripts, records."""
    for wheel in sorted(packed):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                top, _, rest = name.partition("/")
                kept = rest in _METADATA if top.endswith(".dist-info") else not top.endswith(".data")
                if kept and not name.endswith("/") and not _NOT_READ & set(name.split("/")[:-1]):
                    archive.extract(name, tree)


_METADATA = ("METADATA", "entry_points.txt")
_NOT_READ = {"docs", "nbextension", "qa", "sphinxext", "tests"}


def bundle(target: Path, tree: Path) -> None:
    """Write a tree of files into one archive, a gzip-compressed tar, the same octets for the same tree."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, octets in sorted(_files_of(tree)):
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(octets), 0o644
            archive.addfile(member, io.BytesIO(octets))
    target.write_bytes(gzip.compress(content.getvalue(), 9, mtime=0))


def _files_of(tree: Path) -> Iterator[tuple[str, bytes]]:
    for path in tree.rglob("*"):
        if path.is_file():
            yield path.relative_to(tree).as_posix(), path.read_bytes()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _package(top: Path) -> Iterator[tuple[str, bytes]]:
    for path, octets in _tree(top):
        if not path.startswith(_LEFT_OUT):
            yield f"smtplab/{path}", octets


def _tree(top: Path) -> Iterator[tuple[str, bytes]]:
    for path in top.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(top).as_posix(), path.read_bytes()


def _digest(octets: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(octets).digest()).rstrip(b"=").decode()
