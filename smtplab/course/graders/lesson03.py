"""The graders of lesson 3, HELP and 214: a function that says what a server offers."""

from __future__ import annotations

from typing import Any

from smtplab.course.graders import RIGHT, Result
from smtplab.course.graders.sandbox import Endless, patiently, short
from smtplab.lab.lab import Lab, start
from smtplab.server.personality import Personality

# A server's help and its list differ here, in both directions.
_HELP = "214-I know STARTTLS, CHUNKING and more\n214 STARTTLS"

# the idea that each case tests → server, keyword, whether the server lists it; in the order of trial
_CASES: tuple[tuple[str, str | dict[str, str], str, bool], ...] = (
    ("missed", "exim-4.96", "STARTTLS", True),
    ("missed", "postfix-3.10.13", "CHUNKING", True),
    ("missed", "postfix-3.10.13", "STARTTLS", False),
    ("missed", "rfc5321", "HELP", True),
    ("missed", "haraka-3.3.4", "ETRN", False),
    ("parameter", "smtp-server-3.21.6", "AUTH", True),
    ("parameter", "opensmtpd-6.8.0p2", "SIZE", True),
    ("missed", {"HELP": _HELP, "EHLO": "250-one.example\n250-SIZE 1000\n250 DSN"}, "STARTTLS", False),
    ("substring", {"HELP": _HELP, "EHLO": "250-starttls.example at your service\n250 SIZE"}, "STARTTLS", False),
    ("substring", {"HELP": _HELP, "EHLO": "250-DSN HELP one.example\n250 SIZE"}, "DSN", False),
    ("substring", {"HELP": _HELP, "EHLO": "250-one.example\n250-XAUTHOR\n250 SIZE"}, "AUTH", False),
    ("substring", {"HELP": _HELP, "EHLO": "250-one.example\n250-AUTHORS\n250 SIZE"}, "AUTH", False),
    ("substring", {"HELP": _HELP, "EHLO": "250-one.example\n250 AUTH PLAIN LOGIN"}, "PLAIN", False),
    ("case", {"HELP": _HELP, "EHLO": "250-one.example\n250-8bitmime\n250 StartTLS"}, "STARTTLS", True),
    ("case", {"HELP": _HELP, "EHLO": "250-one.example\n250 CHUNKING"}, "chunking", True),
    ("missed", {"HELP": _HELP, "EHLO": "250 one.example"}, "STARTTLS", False),
    ("refused", "net-smtp-server-1.1", "HELP", False),
    ("refused", {"HELP": _HELP, "EHLO": "550-No\n550 STARTTLS comes first"}, "STARTTLS", False),
)


def offers(answer: Any) -> Result:
    """Try a function on servers whose help and list of extensions differ, and on lists of every shape."""
    if not callable(answer):
        return Result("callable")
    for key, how, keyword, listed in _CASES:
        name = how if isinstance(how, str) else f"(EHLO → {' / '.join(how['EHLO'].splitlines())})"
        fields: dict[str, object] = {"server": name, "keyword": keyword}
        with start(how if isinstance(how, str) else Personality.scripted(how), carrier="memory") as lab:
            try:
                claim = patiently(answer, lab, keyword)
            except Endless:
                return Result("endless", fields)
            fields["given"] = short(claim)
            if claim is not True and claim is not False:
                return Result("truth", fields)
            if claim is not listed:
                return _wrong(key, fields, lab)
    return RIGHT


def _wrong(key: str, fields: dict[str, object], lab: Lab) -> Result:
    """Name the idea behind a wrong answer: by what the function asked, else by the purpose of the case."""
    exchanges = [exchange for exchange in lab.transcript if exchange.command is not None]
    by_verb = {(exchange.command or "").upper().partition(" ")[0]: exchange for exchange in exchanges}
    if not exchanges:
        return Result("unasked", fields)
    listed = by_verb["EHLO"].reply if "EHLO" in by_verb else None
    if "HELP" in by_verb and (listed is None or str(fields["keyword"]) not in listed.text):
        return Result("help", fields, exchanges[-1].reply)
    return Result(key, fields, exchanges[-1].reply)
