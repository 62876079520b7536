"""The plugin in other people's tests: found by its entry point, loaded when used, with the option, and over xdist."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from smtplab.recordings.recording import names
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable

STRICT = ("-W", "error", "-p", "no:cacheprovider")

USES = """
    import smtplib
    import threading

    import pytest

    def send(lab):
        with smtplib.SMTP(*lab.address, timeout=10) as client:
            client.sendmail("a@b.example", ["c@d.example"], "Subject: x")

    def test_lab(smtp_lab):
        send(smtp_lab)
        assert len(smtp_lab.messages) == 1

    def test_another_lab(smtp_lab):
        assert smtp_lab.messages == ()

    def test_says(smtp_says):
        one, two = smtp_says({"HELP": "421 closing"}), smtp_says({"RCPT": ["250 ok", "451 later"]})
        assert one.address != two.address
        send(two)

    def test_fails(smtp_says):
        smtp_says({})
        assert smtp_says({}) is None

    def test_everything_is_stopped():
        assert not [thread for thread in threading.enumerate() if thread.name == "smtplab server"]
"""

SERVERS = """
    import pytest

    def test_it(smtp_personality):
        assert smtp_personality.send("NOOP")

    def test_other(smtp_lab):
        assert smtp_lab.name == "rfc5321"

    @pytest.mark.parametrize("smtp_personality", ["exim-4.96"], indirect=True)
    def test_own(smtp_personality):
        assert smtp_personality.name == "exim-4.96"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Run pytest in a process of its own, with no plugin but those that are named; warnings are errors."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TOP), os.environ.get("PYTHONPATH", "")]))

    def call(*arguments: str, plugin: bool = True) -> pytest.RunResult:
        loaded = ("-p", "smtplab.testing.plugin") if plugin else ()
        return pytester.runpytest_subprocess(*STRICT, *loaded, *arguments, timeout=120)

    return call


def test_the_fixtures(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """Each test has labs of its own, and all are stopped after it, though it fails."""
    pytester.makepyfile(USES)
    run().assert_outcomes(passed=4, failed=1)


@pytest.mark.slow
def test_the_fixtures_over_xdist(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], needs: Callable[[object, str], None]
) -> None:
    """The same holds in two processes at once, and for tests that run once a server."""
    needs(importlib.util.find_spec("xdist"), "pytest-xdist")
    pytester.makepyfile(test_uses=USES, test_servers=SERVERS)
    run("-p", "xdist", "-n", "2", "--smtplab-personality", "all").assert_outcomes(passed=4 + len(names()) + 2, failed=1)


def test_the_option(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """A test that uses smtp_personality runs once for each server, under its name; a test that names its own does not.

    A name that is given twice counts once.
    """
    pytester.makepyfile(SERVERS)
    wish = "--smtplab-personality"
    ran = run("-v", wish, "exim-4.96", wish, "postfix-3.10.13", wish, "exim-4.96")
    ran.assert_outcomes(passed=4)
    ran.stdout.fnmatch_lines(
        ["*::test_it?exim-4.96? PASSED*", "*::test_it?postfix-3.10.13? PASSED*", "*::test_other PASSED*",
         "*::test_own?exim-4.96? PASSED*"]
    )  # fmt: skip


def test_without_the_option(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """Without the option smtp_personality is the lab's own server, and ids stay as they are."""
    pytester.makepyfile(SERVERS)
    ran = run("-v")
    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(["*::test_it PASSED*"])


def test_a_server_that_there_is_not(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """An unknown server is said in one line before anything runs, with those that there are."""
    pytester.makepyfile(SERVERS)
    ran = run("--smtplab-personality", "exim")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: --smtplab-personality: unknown personality 'exim'*exim-4.96*"])
    assert "Traceback" not in ran.stderr.str()


def test_a_failing_assertion(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """What pytest shows of a dialogue that does not conform is the line of the test and the rule, not our code."""
    pytester.makepyfile(
        """
        from smtplab.testing import assert_conforms

        def test_mine(smtp_says):
            lab = smtp_says({"HELP": b"214-one\\r\\n211 two\\r\\n"})
            lab.send("HELP")
            assert_conforms(lab.transcript)
        """
    )
    ran = run()
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [">       assert_conforms(lab.transcript)", "E*exchange 2 of 2", "E*violates a MUST: *RFC 5321 §4.2.1*"]
    )
    assert "judge_all" not in ran.stdout.str()


@pytest.mark.slow
def test_the_entry_point(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed, the plugin is there by itself; named with -p as well it is still one."""
    points = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    assert points == {"smtplab.testing.plugin": "smtplab.testing.plugin"}
    info = pytester.mkdir("made_for_this_test-1.dist-info")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-for-this-test\nVersion: 1\n", "utf-8")
    (info / "RECORD").write_text("", "utf-8")
    lines = [f"{name} = {target}\n" for name, target in points.items()]
    (info / "entry_points.txt").write_text("[pytest11]\n" + "".join(lines), "utf-8")
    pytester.syspathinsert()
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile("def test(smtp_lab): assert smtp_lab.running")
    run(plugin=False).assert_outcomes(passed=1)
    run().assert_outcomes(passed=1)


def test_nothing_is_loaded_before_it_is_used(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """Tests that use no fixture of ours load no room of the package, nor aiosmtpd; those that do load them then."""
    pytester.makepyfile(
        """
        import sys

        def loaded():
            return sorted(n for n in sys.modules if n.partition(".")[0] in ("smtplab", "aiosmtpd", "trustme"))

        def test_before():
            assert loaded() == ["smtplab", "smtplab.testing", "smtplab.testing.plugin"]

        def test_after(smtp_lab):
            assert "smtplab.lab.lab" in loaded()
            assert "smtplab.testing.server" not in loaded()
        """
    )
    run().assert_outcomes(passed=2)


def test_the_fixtures_tell_what_they_are(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """`pytest --fixtures` lists each fixture with a line of help, and `--help` the option."""
    ran = run("--fixtures", "-v")
    for name in ("smtp_lab", "smtp_says", "smtp_personality", "smtp_certificate"):
        ran.stdout.fnmatch_lines([f"{name} -- *plugin.py*", "    Return *"])
    run("--help").stdout.fnmatch_lines(["smtplab:", "  --smtplab-personality=NAME*"])


def test_the_rules_for_nbval() -> None:
    """`smtplab nbval-config` prints the file that this repository's own lessons are checked with."""
    command = [sys.executable, "-m", "smtplab", "nbval-config"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == (TOP / "smtplab/testing/nbval-sanitize.cfg").read_text("utf-8")
    assert "regex:" in ran.stdout
