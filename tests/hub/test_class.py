"""A class on a hub: everybody starts lesson 1 and answers; nobody gets an error or opens a port; all of it is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.helpers.hub import PATIENCE, Hub, Learner, code_cells, hub
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

LESSON = "01-first-contact.ipynb"
LEARNERS, AT_ONCE = (20, 4) if os.environ.get("SMTPLAB_LONG") else (4, 2)
NOBODY = 65534
"""Another account of the machine: Linux has it everywhere, and nothing of the hub's runs under it."""


def listening(processes: list[psutil.Process]) -> list[int]:
    """Return the ports on which processes listen."""
    connections = [each for process in processes for each in process.net_connections("inet")]
    return sorted(each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN)


@dataclass
class Hour:
    """What was seen of a learner who did lesson 1."""

    language: str
    shown: list[str]
    told: str
    opened: set[int]
    longest: int


def hour(learner: Learner) -> Hour:
    """Start a server, do lesson 1 to its end, and once more send HELP in a lab that stays."""
    learner.start()
    notebook = learner.read(LESSON)["content"]
    with learner.kernel(LESSON) as kernel:
        kernel.run("import os, smtplab")
        before = listening(learner.hub.processes(learner.name))
        shown = [kernel.run(cell) for cell in code_cells(notebook)]
        kernel.run("lab.start()\nlab.send('HELP')")
        after = listening(learner.hub.processes(learner.name))
        told = kernel.run("print(smtplab.check('01.help', '214', lab))")
        runtime = kernel.run("print(os.environ['JUPYTER_RUNTIME_DIR'])").strip()
        sockets = [path for path in Path(runtime).iterdir() if "-ipc-" in path.name]
        assert sockets, "the kernel talks over sockets in the folder"
    longest = max(len(os.fsencode(path)) for path in sockets)
    return Hour(notebook["metadata"].get("language", ""), shown, told, set(after) - set(before), longest)


@pytest.fixture(scope="module")
def learners(class_hub: Hub) -> list[Learner]:
    """Log the class in, and put the first one into the group that reads Spanish."""
    names = [f"pupil{number:02}" for number in range(1, LEARNERS + 1)]
    came = [Learner(class_hub, name) for name in names]
    ada = Learner(class_hub, "ada")
    ada.ask("POST", f"{class_hub.url}/hub/api/groups/lang-es/users", json={"users": names[:1]})
    return came


@pytest.fixture(scope="module")
def hours(learners: list[Learner], culled: object) -> list[Hour]:
    """Let everybody do lesson 1, some at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(hour, learners))


def test_everybody_does_lesson_1_without_an_error(hours: list[Hour]) -> None:
    """Each learner comes in, starts a server, runs every cell and is graded; the lab is in memory, with no warning."""
    for each in hours:
        assert each.shown[0].startswith("<Lab rfc5321 over memory>"), "and nothing said about a hub"
        assert any(text.startswith("<Reply 214") for text in each.shown)
    assert hours[0].told.startswith("Correcto"), "the first is in the group lang-es"
    assert all(each.told.startswith("Right") for each in hours[1:])


def test_a_lab_opens_no_port(hours: list[Hour]) -> None:
    """While a lab runs, a learner's processes listen where they listened before it, and sockets have short paths."""
    assert [each.opened for each in hours] == [set()] * LEARNERS
    assert all(each.longest <= 107 for each in hours)


def test_the_teacher_sees_the_class(hours: list[Hour], learners: list[Learner], class_hub: Hub) -> None:
    """The class's folder has a folder for each learner, and the report finds the answer of each in it."""
    command = [sys.executable, "-m", "smtplab", "class", "report", class_hub.folder, "--lang", "en", "--json", "-"]
    figures = class_hub.folder.parent / "class.json"
    command[-1] = figures
    subprocess.run(command, cwd=TOP, capture_output=True, check=True)
    told = json.loads(figures.read_text("utf-8"))
    assert {each["name"] for each in told["learners"]} >= {learner.name for learner in learners}


def test_another_learner_and_another_account_reach_no_lab(
    hours: list[Hour], learners: list[Learner], class_hub: Hub
) -> None:
    """Neither a learner with her own token nor another account of the machine gets to a server, a kernel or a file."""
    one, other = learners[:2]
    for path in ("/api/kernels", f"/api/contents/{LESSON}", "/api/sessions"):
        refused = other.http.get(one.server + path, timeout=PATIENCE)
        assert refused.status_code in (403, 404), path
    if os.geteuid() != 0:
        pytest.skip("only root can try it from another account")
    server = class_hub.processes(one.name)[0]
    runtime, port = server.environ()["JUPYTER_RUNTIME_DIR"], listening([server])[0]
    assert len(listening([server])) == 1
    tried = subprocess.run(
        [sys.executable, "-I", "-c", STRANGER, str(NOBODY), runtime, class_hub.folder / one.name, str(port), one.name],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert tried.stdout.split() == ["13", "13", "403"], "two folders are closed to it; the server asks who it is"


STRANGER = """
import os, socket, sys
account, runtime, folder, port, name = sys.argv[1:]
"a name".encode("idna")  # so that nothing is left to import when Python's own files are out of reach
os.setgroups([])
os.setgid(int(account))
os.setuid(int(account))
for place in (runtime, folder):
    try:
        print(len(os.listdir(place)), "files")
    except OSError as error:
        print(error.errno)
with socket.create_connection(("127.0.0.1", int(port))) as server:
    server.sendall(f"GET /user/{name}/api/kernels HTTP/1.0\\r\\n\\r\\n".encode())
    print(server.makefile("rb").readline().split()[1].decode())
"""


def until(holds: Callable[[], bool], what: str) -> None:
    """Return once something holds that another program brings about."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not holds():
        assert time.monotonic() < end, what
        pause.wait(0.3)


def be_culled(folder: Path, proxy: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Work, be idle until kernel and server are stopped, start anew; return the files before and after."""
    with hub(folder, proxy, KERNEL_IDLE="3", SERVER_IDLE="9", LESSONS="1,3") as running:
        learner = Learner(running, "pupil")
        learner.start()
        notebook = learner.read(LESSON)["content"]
        notebook["cells"][1]["source"] = "# my own words"
        learner.write(LESSON, notebook)
        with learner.kernel(LESSON) as kernel:
            kernel.run("import smtplab; lab = smtplab.start(); smtplab.check('01.help', '211', lab)")
            kernel.run("open('mine.txt', 'w').write('mine')")
        kept = {path.name: path.read_bytes() for path in (running.folder / "pupil").iterdir() if path.is_file()}

        def no_kernel() -> bool:
            quietly = {"no_track_activity": "1"}
            return not learner.is_running() or not learner.ask("GET", f"{learner.server}/api/kernels", params=quietly)

        until(no_kernel, "the idle kernel was not stopped")
        until(lambda: not learner.is_running(), "the idle server was not stopped")
        learner.start()
        found = {path.name: path.read_bytes() for path in (running.folder / "pupil").iterdir() if path.is_file()}
        return kept, found


@pytest.fixture(scope="module")
def culled(
    proxy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[tuple[dict[str, bytes], dict[str, bytes]]]]:
    """Let one learner be culled on a hub of her own, beside the class, for most of it is waiting."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(be_culled, tmp_path_factory.mktemp("culled"), proxy)


def test_culled_learners_lose_nothing(culled: Future[tuple[dict[str, bytes], dict[str, bytes]]]) -> None:
    """When kernel and server are stopped for idleness, notebook, answers and own files are there at the next start."""
    kept, found = culled.result()
    assert b"211" in kept["smtplab-progress.json"]
    assert b"my own words" in kept[LESSON]
    assert kept["mine.txt"] == b"mine"
    assert {name[:2] for name in kept if name.endswith(".ipynb")} == {"01", "03"}, "the lessons that were asked for"
    assert {name: found[name] for name in kept} == kept


def test_no_server_asks_its_makers_for_news(hours: list[Hour], learners: list[Learner]) -> None:
    """JupyterLab on a hub has no news to tell, finds no newer version, and lists no extension to install."""
    one = learners[0]
    assert one.ask("GET", f"{one.server}/lab/api/news") == {"news": []}
    assert one.ask("GET", f"{one.server}/lab/api/update") == {"notification": None}
