"""The graders of lesson 8: a server class is started in memory and asked, as a client that trusts nobody would.

What stands in the class itself is judged, and nothing that it inherits: that may be an earlier attempt, deleted since.
Time is virtual in memory, so a handler that never replies costs none.
"""

from __future__ import annotations

import inspect
import re
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from smtplab.course.answering import named
from smtplab.course.graders import RIGHT, Result
from smtplab.errors import ConnectionLost, LabError, NotAReply, ReplyTimeout, SmtplabError
from smtplab.lab.lab import start
from smtplab.protocol.command import command_line
from smtplab.rfc.judge import DEPARTS, VIOLATES, judge_all
from smtplab.server.smtp import LabSMTP
from smtplab.server.state import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtplab.lab.lab import Lab
    from smtplab.protocol.reply import Reply

_TIMEOUT = 10.0
_REFUSED = 400
_OF_DEFECT = {
    "reply.one-code": "mixed", "reply.line-code": "mixed", "reply.crlf": "bare_lf", "reply.line-length": "long",
    "reply.textstring": "not_ascii", "reply.separator": "separator",
}  # fmt: skip
_UNKNOWN = ("NOSUCH", "XQ7", "{0}%s", "N" * 500)
_MAIL = ("MAIL FROM:<ana@lab.example>", "RCPT TO:<luis@lab.example>")
_TEXT = b"Subject: lab\r\n\r\nHELP\r\n.\r\n"


class _Fault(Exception):
    """A fault that ends the trial, since nothing after it would tell more."""

    def __init__(self, key: str, reply: Reply | None = None, **fields: object) -> None:
        super().__init__(key)
        self.result = Result(key, fields, reply)


@dataclass
class _TracingHandler(ServerState):
    """The lab's own handler, which also keeps what the server's methods raise."""

    raised: list[Exception] = field(default_factory=list)

    async def handle_exception(self, error: Exception) -> str:
        self.raised.append(error)
        return "500 the handler raised an exception"


class _Trial:
    """One lab with the learner's class, and the commands sent to it."""

    def __init__(self, server: type[SMTP], lab: Lab, handler: _TracingHandler) -> None:
        self.server = server
        self.lab = lab
        self.handler = handler

    def own(self, line: str) -> Reply:
        """Send a command that the class answers itself; the reply must be one, whole, well-formed, and the last."""
        reply = self._ask(self.lab.send, line)
        at = len(self.lab.transcript) - 1
        for defect in reply.defects:
            raise _Fault(_OF_DEFECT.get(defect.rule, "judged"), reply, rule=defect.rule, source="RFC 5321 §4.2")
        after = self._ask(self.lab.send, "NOOP")
        exchanges = self.lab.transcript[at:]
        if after.code != 250 or any(x.sent is None and x.session == exchanges[0].session for x in exchanges):
            raise _Fault("twice", reply, command=line)
        if exchanges[-1].session != exchanges[0].session:
            raise _Fault("closes", reply, command=line)
        return reply

    def other(self, line: str) -> Reply:
        """Send a command on a second connection, while the first one is open."""
        with self.lab.other_client() as client:
            self._ask(lambda text: client.send(command_line(text), _TIMEOUT), "EHLO other.example")
            return self._ask(lambda text: client.send(command_line(text), _TIMEOUT), line)

    def plain(self, line: str, code: int, key: str) -> None:
        """Send a command that aiosmtpd answers; a code other than `code` is a fault."""
        reply = self._ask(self.lab.send, line)
        if reply.code != code:
            raise _Fault(key, reply, command=line)

    def message(self, key: str) -> None:
        """Send the text of a message after DATA; a refusal is a fault."""
        self.plain("DATA", 354, key)
        if [reply.code for reply in self.lab.send_raw(_TEXT)] != [250]:
            raise _Fault(key, command="DATA")

    def unjudged(self, line: str) -> None:
        """Send a command whose answer does not matter to the trial."""
        with suppress(SmtplabError):
            self.lab.send(line)
        self.handler.raised.clear()

    def judged(self, verb: str = "") -> None:
        """Raise _Fault for a rule that anything in the dialogue breaks, or the replies to one verb."""
        exchanges = self.lab.transcript
        for exchange, verdicts in zip(exchanges, judge_all(exchanges), strict=True):
            if verb and exchange.command != verb:
                continue
            for verdict in verdicts:
                if verdict.outcome in (DEPARTS, VIOLATES):
                    raise _Fault("judged", exchange.reply, rule=verdict.rule.id, source=verdict.rule.source)

    def _ask(self, send: Callable[[str], Reply], line: str) -> Reply:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                reply = send(line)
            except ReplyTimeout as error:
                unawaited = any("never awaited" in str(warning.message) for warning in warned)
                unasked = [
                    exchange for exchange in error.transcript if exchange.sent is None and exchange.reply is not None
                ]
                talks_on = len(unasked) > error.transcript[-1].session  # each session has its greeting
                key = "unended" if error.partial else "unawaited" if unawaited else "silent"
                raise _Fault("twice" if talks_on else key, command=line) from error
            except ConnectionLost as error:
                last = error.transcript[-1]
                if last.error and last.sent is None:  # the server says what was raised, and hangs up
                    raise _Fault("not_started", error=last.error) from error
                raise _Fault("closes", command=line) from error
            except NotAReply as error:
                partial = self.lab.transcript[-1].partial
                raise _Fault("empty_line" if partial.startswith((b"\r", b"\n")) else "no_code", command=line) from error
            except LabError as error:  # it never comes to rest
                raise _Fault("silent", command=line) from error
            except SystemExit as error:
                raise _Fault("raises", error=named(error), command=line) from error
            except Exception as error:
                raise _Fault("not_started", error=named(error)) from error
        if self.handler.raised:
            raised = self.handler.raised[0]
            method = getattr(self.server, f"smtp_{line.partition(' ')[0]}")
            waits = inspect.iscoroutinefunction(method) or not isinstance(raised, TypeError)
            raise _Fault("raises" if waits else "not_async", error=named(raised), command=line)
        return reply


@contextmanager
def _trial(server: type[SMTP]) -> Iterator[_Trial]:
    handler = _TracingHandler()
    with start(server=server, carrier="memory", handler=handler, timeout=_TIMEOUT) as lab:
        yield _Trial(server, lab, handler)


def _class(answer: Any) -> type[SMTP]:
    """Return the answer where it is a class that extends aiosmtpd's SMTP."""
    if isinstance(answer, SMTP):
        raise _Fault("instance")
    if not isinstance(answer, type):
        raise _Fault("no_class")
    if not issubclass(answer, SMTP):
        raise _Fault("not_smtp")
    if issubclass(answer, LabSMTP):
        raise _Fault("borrowed")
    return answer


# --- the graders


def help(answer: Any) -> Result:  # noqa: A001  the exercise's name
    """Judge a server class whose HELP answers with 214."""
    return _result_of(_help, answer)


def status(answer: Any) -> Result:
    """Judge a server class with a private verb that answers 211 and live figures."""
    return _result_of(_status, answer)


def _result_of(judge_class: Callable[..., Result], answer: Any, *arguments: Any) -> Result:
    try:
        return judge_class(answer, *arguments)
    except _Fault as fault:
        # whatever is wrong may be wrong with code that is no longer there, so that comes first
        return Result("itself", {"name": answer.__name__}) if _extends_itself(answer) else fault.result


def _extends_itself(answer: Any) -> bool:
    """Return whether a class extends an earlier one of the same name, as `class MyServer(MyServer)` does."""
    return isinstance(answer, type) and any(
        (base.__module__, base.__qualname__) == (answer.__module__, answer.__qualname__) for base in answer.__mro__[1:]
    )


def _help(answer: Any) -> Result:
    server = _class(answer)
    if server is SMTP or "smtp_HELP" not in vars(server):
        raise _Fault("not_overridden")
    with _trial(server) as trial:
        _help_at_any_time(trial)
        if not hasattr(server.smtp_HELP, "__smtp_syntax__"):
            raise _Fault("vanished")
        _topics(trial)
        _in_a_transaction(trial)
        trial.judged()
    return RIGHT


def _help_at_any_time(trial: _Trial) -> None:
    for before in ((), ("EHLO lab.example",)):
        for line in before:
            trial.plain(line, 250, "disturbs")
        reply = trial.own("HELP")
        if reply.code == 503:
            raise _Fault("too_early", reply)
        if reply.code != 214:
            raise _Fault(f"code_{reply.code}" if reply.code in (211, 250) else "code_other", reply, code=reply.code)


def _topics(trial: _Trial) -> None:
    for topic, key in (("MAIL", "no_topic"), ("mail", "case")):
        reply = trial.own(f"HELP {topic}")
        if reply.code != 214:
            raise _Fault(key, reply, code=reply.code)
    for topic in _UNKNOWN:
        reply = trial.own(f"HELP {topic}")
        if reply.code != 504:
            key = "topic_accepted" if reply.code < _REFUSED else "topic_501" if reply.code == 501 else "topic_other"
            raise _Fault(key, reply, code=reply.code)


def _in_a_transaction(trial: _Trial) -> None:
    for line in _MAIL:
        trial.plain(line, 250, "disturbs")
        trial.own("HELP")
        trial.own("HELP NOSUCH")
    trial.message("disturbs")
    held = [(message.mail_from, message.rcpt_tos) for message in trial.handler.messages]
    if held != [("ana@lab.example", ("luis@lab.example",))]:
        raise _Fault("disturbs", command="DATA")


def _status(answer: Any) -> Result:
    server = _class(answer)
    new = [name.removeprefix("smtp_") for name in sorted(vars(server)) if name.startswith("smtp_")]
    new = [verb for verb in new if not hasattr(SMTP, f"smtp_{verb}")]
    for verb in new:
        if verb != verb.upper():
            raise _Fault("lower_case", verb=verb)
    public = [verb for verb in new if not verb.startswith("X")]
    with _trial(server) as trial:
        trial.plain("EHLO lab.example", 250, "disturbs")
        for verb in public:
            reply = trial.own(verb)
            if reply.code < _REFUSED:
                raise _Fault("stat" if verb in ("STAT", "STATUS") else "not_private", reply, verb=verb)
    results = [_result_of(_live, server, verb) for verb in new if verb not in public]
    if not results:
        raise _Fault("no_verb")
    return next((result for result in results if result.right), results[0])


def _live(server: type[SMTP], verb: str) -> Result:
    with _trial(server) as trial:
        trial.plain("EHLO lab.example", 250, "disturbs")
        first = trial.own(verb)
        if first.code != 211:
            key = f"code_{first.code}" if first.code in (214, 250) else "code_other"
            raise _Fault(key, first, code=first.code, verb=verb)
        if not _figures(first):
            raise _Fault("no_figures", first, verb=verb)
        trial.own(verb)
        trial.unjudged("HELP")
        for line in _MAIL:
            trial.plain(line, 250, "disturbs")
        trial.message("disturbs")
        later, elsewhere = trial.own(verb), trial.other(verb)
        if _figures(elsewhere) == _figures(first):
            raise _Fault("frozen" if _figures(later) == _figures(first) else "per_session", elsewhere, verb=verb)
        trial.judged(verb)
    return Result("right", {"verb": verb}, later)


def _figures(reply: Reply) -> list[str]:
    return re.findall(r"\d+", reply.text)
