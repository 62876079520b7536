"""Replies found in logs: where each log puts what a server said, and nowhere else; any text may be searched."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.course.graders.lesson07 import LOGGED
from smtplab.protocol.loglines import replies_in
from tests.helpers.paths import TOP

LINES = {
    "postfix, sent": (
        "postfix/smtp[211]: A1: relay=mx[192.0.2.25]:25, delay=250, status=sent (250 2.0.0 Ok: as 9 (x))",
        [(250, ["2.0.0 Ok: as 9 (x)"])],
    ),
    "postfix, bounced": (
        "status=bounced (host mx[192.0.2.214] said: 554-5.7.1 Over 250 links 554 5.7.1 No (in reply to DATA command))",
        [(554, ["5.7.1 Over 250 links", "5.7.1 No"])],
    ),
    "postfix, refused to talk": (
        "status=deferred (host mx[2001:db8::25] refused to talk to me: 421 4.3.2 Shutting down)",
        [(421, ["4.3.2 Shutting down"])],
    ),
    "postfix, its own": (
        "NOQUEUE: reject: RCPT from mx[192.0.2.1]:4711: 554 5.7.1 <a@b.example>: Denied; from=<c@d.example>",
        [(554, ["5.7.1 <a@b.example>: Denied"])],
    ),
    "postfix, no connection": (
        "status=deferred (connect to mx[203.0.113.25]:25: Connection timed out)",
        [],
    ),
    "exim, refused": (
        r"SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.9]: 550-No\n550-such\n550 user",
        [(550, ["No", "such", "user"])],
    ),
    "exim, in a bounce": (
        "    SMTP error from remote mail server after end of data:\n    554 5.7.1 spf check result is none\n",
        [(554, ["5.7.1 spf check result is none"])],
    ),
    "exim, delivered": ('=> a@b.example H=mx [192.0.2.9] C="250 OK id=1r" QT=1s', [(250, ["OK id=1r"])]),
    "sendmail, deferred": ("dsn=4.1.8, stat=Deferred: 450 4.1.8 Domain not found", [(450, ["4.1.8 Domain not found"])]),
    "sendmail, its own": ("relay=mx., reject=451 4.3.0 Try again", [(451, ["4.3.0 Try again"])]),
    "sendmail, in a bounce": (">>> RCPT To:<a@b.example>\n<<< 550 5.1.1 User unknown", [(550, ["5.1.1 User unknown"])]),
    "a delivery report": ("Diagnostic-Code: smtp; 550 5.1.1 User unknown", [(550, ["5.1.1 User unknown"])]),
    "a reply": ("214-HELP\r\n214 QUIT\r\n", [(214, ["HELP", "QUIT"])]),
    "a dialogue": ("C: HELP\nS: 250-a\nS: 250 b\nC: QUIT\nS: 221 bye", [(250, ["a", "b"]), (221, ["bye"])]),
    "other numbers": ("Nov 24 08:00:39 mx sshd[550]: 450 packets, 554 dropped, port 250 [300]: 421 of 500", []),
}


@pytest.mark.parametrize("name", LINES)
def test_what_a_server_said_is_found_and_nothing_else(name: str) -> None:
    """Each kind of log yields its replies with their lines, and no process, port, delay or address is taken for one."""
    text, wanted = LINES[name]
    assert [(said.reply.code, list(said.reply.lines)) for said in replies_in(text)] == wanted


def test_the_log_of_lesson_7() -> None:
    """The log of the lesson on your own code yields the codes that its exercise asks for."""
    source = next((TOP / "notebooks/source").glob("07-*.md")).read_text("utf-8")
    log = re.search(r'^log = """\\\n(.*?)"""', source, re.DOTALL | re.MULTILINE)
    assert log is not None
    assert [str(said.reply.code) for said in replies_in(log[1])] == LOGGED


PIECES = st.sampled_from(
    ["said: ", "550-", "550 ", "\n", "\r", '"', "(", ")", "[1.2]: ", "\\n", "\ud800", "\udc80", "x"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_may_be_searched(text: str) -> None:
    """No text raises anything; replies stand in the text's order, do not overlap, and begin with their code."""
    place = 0
    for said in replies_in(text):
        assert place <= said.start < said.end <= len(text)
        assert text[said.start : said.start + 3] == f"{said.reply.code:03}"
        place = said.end


@pytest.mark.parametrize(
    "piece", ["550-x ", " ", "(", "after ", "SMTP error from remote mail server after x", "550-\n", "["]
)
@pytest.mark.parametrize("begin", ["", "said: 550-a "])
def test_the_time_grows_with_the_length_only(piece: str, begin: str) -> None:
    """Four times the text takes about four times as long, whatever it repeats."""

    def seconds(count: int) -> float:
        text = begin + piece * count
        times = []
        for _ in range(3):
            start = time.perf_counter()
            replies_in(text)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(8_000) < 8 * seconds(2_000) + 0.05
