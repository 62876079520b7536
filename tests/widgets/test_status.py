"""The status: the figures behind 211, what changed last, and whoever it was that changed them."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab.widgets.status.presenter import FIGURES, StatusPresenter

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["memory", "tcp"])
def lab(request: pytest.FixtureRequest) -> Iterator[smtplab.Lab]:
    """Return a lab over each carrier."""
    with smtplab.start(carrier=request.param) as lab:
        yield lab


def figures(presenter: StatusPresenter) -> dict[str, list[str]]:
    """Return each figure's parts as they are shown, without looking anew."""
    return {figure["name"]: [part["text"] for part in figure["parts"]] for figure in presenter.state["figures"]}


def changed(presenter: StatusPresenter) -> list[str]:
    """Return the parts that are marked as changed last."""
    return [part["text"] for figure in presenter.state["figures"] for part in figure["parts"] if part["changed"]]


def test_every_figure_is_explained(lab: smtplab.Lab) -> None:
    """Each line that XSTATUS tells, but for its first and last, is a figure here, with what changes it; in order."""
    told = [line[4:].partition(": ") for line in lab.send("XSTATUS").raw.decode().splitlines()]
    assert tuple(name for name, colon, _ in told if colon) == FIGURES[:-1]  # the last is there with other programs
    for lang in ("en", "es"):
        shown = StatusPresenter(lab, lang).state["figures"]
        assert len(shown) == len(FIGURES) - 1
        assert all(figure["name"] and figure["by"] for figure in shown)


def test_the_figures_are_those_that_xstatus_tells(lab: smtplab.Lab) -> None:
    """What is shown is what XSTATUS tells at that moment, and its plain form is the reply's text."""
    presenter = StatusPresenter(lab)
    lab.send("HELP")
    lab.send("FOO")
    before = [line for line in lab.figures if "uptime" not in line]
    said = lab.send("XSTATUS").text.splitlines()
    before[2] = "commands: HELP 1, XSTATUS 1, unknown 1"
    assert [line for line in said if "uptime" not in line] == before
    html = presenter.plain()
    assert all(line in html for line in lab.figures)


def test_each_command_changes_what_it_is_said_to_change(lab: smtplab.Lab) -> None:
    """A command's own count and its reply's are marked; a message held, and a session that ends, too."""
    presenter = StatusPresenter(lab)
    assert changed(presenter) == []
    lab.send("NOOP")
    lab.send("HELP")
    assert changed(presenter) == ["HELP 1", "214 1"]
    assert figures(presenter)["sessions"] == ["1 open", "1 in all"]
    for command in ("EHLO me.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        lab.send(command)
    lab.send_raw(b"x\r\n.\r\n")
    assert "1" in changed(presenter)
    assert figures(presenter)["messages held"] == ["1"]


def test_another_client_changes_them(lab: smtplab.Lab) -> None:
    """What another program says to the server is seen without a command of the lab's own, and nobody polls."""
    if lab.carrier != "tcp":
        pytest.skip("no other program reaches a lab in memory")
    presenter = StatusPresenter(lab)
    with smtplib.SMTP(*lab.address, timeout=10) as other:
        other.noop()
        assert figures(presenter)["commands"] == ["NOOP 1"]
        assert figures(presenter)["sessions"] == ["1 open", "1 in all"]
        others = figures(presenter)[FIGURES[-1]]
        assert others == ["sessions open 1", "sessions in all 1", "commands 1", "messages held 0"]
        assert "smtplib" in presenter.state["figures"][-1]["by"]


def test_the_mark_stays_until_the_next_change(lab: smtplab.Lab) -> None:
    """The clock alone takes no mark away, and gets none."""
    presenter = StatusPresenter(lab)
    lab.send("HELP")
    marks = changed(presenter)
    lab._state.started -= 60
    presenter.look()
    assert figures(presenter)["uptime"] == ["60 s"]
    assert changed(presenter) == marks


def test_what_another_server_does_is_said(lab: smtplab.Lab) -> None:
    """Where the lab answers as another server, or by a class that does not count, that is said."""
    presenter = StatusPresenter(lab)
    assert presenter.state["remark"] == ""
    lab.personality = "exim-4.96"
    assert presenter.state["remark"].startswith("The lab now answers as exim-4.96")
    lab.personality = "rfc5321"
    assert presenter.state["remark"] == ""
    with smtplab.start(carrier="memory", server=SMTP) as other:
        assert "does not count" in StatusPresenter(other).state["remark"]
        assert "no lleva la cuenta" in StatusPresenter(other, "es").plain()


def test_a_released_status_is_told_nothing(lab: smtplab.Lab) -> None:
    """A widget that no page shows follows no more; shown again, it has caught up."""
    presenter = StatusPresenter(lab)
    presenter.release()
    shown: list[dict[str, Any]] = []
    presenter.on_show = shown.append
    lab.send("NOOP")
    assert shown == []
    presenter.hold()
    assert figures(presenter)["commands"] == ["NOOP 1"]
