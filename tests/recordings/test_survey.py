"""The survey of recorded servers, its chart, and the exhibit from FTP."""

from __future__ import annotations

import json

import smtplab
from smtplab.recordings.recording import names, recording
from smtplab.recordings.survey import COMMANDS


def test_the_table_is_what_was_recorded() -> None:
    """Each cell is the code of the recorded octets; what was not recorded is a dash."""
    for server, row in zip(smtplab.survey().servers, smtplab.survey().rows(), strict=True):
        own = recording(server.name)
        for command, code in zip(COMMANDS, row[1:], strict=True):
            line = command.encode() + b"\r\n"
            reply = own.reply_to(line)
            assert code == (reply.octets[:3].decode() if reply and reply.octets else "-")
    assert [server.name for server in smtplab.survey().servers] == list(names())


def test_it_prints() -> None:
    """The survey prints as an aligned table, and its HTML is one."""
    lines = str(smtplab.survey()).splitlines()
    assert len(lines) == len(names()) + 1
    (dumbster,) = [line.split() for line in lines if line.startswith("dumbster")]
    assert dumbster[1:4] == ["211", "211", "211"]
    assert smtplab.survey()._repr_html_().count("<tr>") == len(lines)


def test_the_chart_says_its_figures() -> None:
    """The chart is Vega-Lite with the data in it, and the same figures stand beside it as text, in both languages."""
    for lang, title in (("en", "What HELP gets"), ("es", "Qué recibe HELP")):
        chart = smtplab.help_chart(lang=lang)
        bundle = chart._repr_mimebundle_()
        values = bundle["application/vnd.vegalite.v5+json"]["data"]["values"]
        assert {value["code"]: value["servers"] for value in values} == dict(smtplab.survey().counts)
        assert sum(value["servers"] for value in values) == len(names())
        assert title in chart._repr_html_()
        assert all(f"{value['code']}  " in bundle["text/plain"] for value in values)
        assert "http" not in json.dumps(bundle["application/vnd.vegalite.v5+json"]["data"])


def test_ftp_has_both_codes() -> None:
    """The FTP server says 211 to STAT and 214 to HELP; its middle lines without a code are defects in SMTP."""
    ftp = smtplab.ftp_origin()
    (stat,), (first, *_) = ftp.replies("STAT"), ftp.replies("HELP")
    assert (stat.code, first.code) == (211, 214)
    assert {defect.rule for defect in stat.defects} == {"reply.line-code"}
    assert "C: STAT\nS: 211-FTP server status:" in str(ftp)
