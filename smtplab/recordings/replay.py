"""A session that answers from a recording: pure, line by line, with the server's own limits.

What was never recorded gets what the server said to an unknown command, and is marked "unrecorded". A name or mailbox
that the client chooses (after EHLO, HELO, LHLO, MAIL, RCPT), a verb in other letters (RFC 5321 §2.4), and a line that
was recorded at another moment of a session get what was recorded there, and are marked "alike".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.recordings.recording import recording
from smtplab.server.personality import SILENCE, Answer, Dialogue, Personality

if TYPE_CHECKING:
    from smtplab.recordings.recording import Limit, RecordedReply, Recording

UNKNOWN = b"FOO\r\n"
"""The command that stands for every unknown one in the recordings."""

_CHOSEN_BY_CLIENT = (b"EHLO", b"HELO", b"LHLO", b"MAIL", b"RCPT")
_HELLOS = (b"EHLO", b"HELO", b"LHLO")
_MOVES_MAIL = (b"MAIL", b"RCPT", b"DATA", b"QUIT")
_EARLIER = {"rcpt": ("rcpt", "mail", "greeted"), "mail": ("mail", "greeted")}


class RecordedPersonality(Personality):
    """A real server, by its recording, which is read when the first session begins."""

    bare_lf = True

    def __init__(self, name: str, made: Recording | None = None) -> None:
        super().__init__(name)
        self._made = made

    @property
    def recording(self) -> Recording:
        """The recording behind it."""
        return self._made or recording(self.name)

    def dialogue(self) -> Dialogue:
        """Begin a session."""
        return _Replay(self.recording)


class _Replay:
    def __init__(self, made: Recording) -> None:
        self._made = made
        self._phase = "connected"
        self._begun = b""  # a line that ended in a bare LF, where the server waited for CRLF
        self._counted = dict.fromkeys((limit.counts for limit in made.limits), 0)
        self._hellos = 0

    def greeting(self) -> Answer:
        said = self._made.greeting
        return Answer(said.octets, said.hangs_up, "recorded")

    def answer(self, line: bytes) -> Answer:
        line, self._begun = self._begun + line, b""
        verb = line[:4].upper()
        if self._phase == "data":
            if line != b".\r\n":
                return SILENCE
            self._phase = "greeted"
            said, source = self._look_up(line, b".", ("data",))
            return Answer(said.octets, said.hangs_up, source)
        phases = _EARLIER.get(self._phase, (self._phase,))
        said, source = self._look_up(line, verb, phases)
        if self._made.limits and (over := self._count(line, verb, said)):
            return Answer(over.octets, close=True, source="recorded")
        if not said.octets and not said.hangs_up and line.endswith(b"\n") and not line.endswith(b"\r\n"):
            self._begun = line
        if said.octets:
            self._move(verb, said.octets)
        return Answer(said.octets, said.hangs_up, source)

    def _look_up(self, line: bytes, verb: bytes, phases: tuple[str, ...]) -> tuple[RecordedReply, str]:
        for phase in phases:
            said = self._made.answers.get(phase, {}).get(line)
            if said is not None:
                return said, "recorded"
        alone = len(line.split()) == 1
        for phase in phases:
            for known, said in self._made.answers.get(phase, {}).items():
                same_verb = known[:4].upper() == verb and (verb in _CHOSEN_BY_CLIENT and known[4:5] == line[4:5])
                if same_verb or (alone and known.upper() == line.upper()):
                    return said, "alike"
        for answers in self._made.answers.values():
            if line in answers:
                return answers[line], "alike"
        for phase in (*phases, "greeted", "connected"):
            said = self._made.answers.get(phase, {}).get(UNKNOWN)
            if said is not None:
                return said, "unrecorded"
        return next(iter(self._made.answers["connected"].values())), "unrecorded"

    def _move(self, verb: bytes, octets: bytes) -> None:
        accepted = octets[:1] == b"2"
        if octets[:3] == b"354":
            self._phase = "data"
        elif (accepted and verb in _HELLOS) or (accepted and verb == b"RSET" and self._phase != "connected"):
            self._phase = "greeted"
        elif accepted and verb in (b"MAIL", b"RCPT"):
            self._phase = verb.decode().lower()

    def _count(self, line: bytes, verb: bytes, said: RecordedReply) -> Limit | None:
        """Count what the limits count; give the limit that this command goes over, if any."""
        hello = verb in _HELLOS
        first_hello = hello and not self._hellos
        self._hellos += hello
        for limit in self._made.limits:
            if not self._is_counted(limit.counts, line, verb, said, first_hello=first_hello):
                if limit.counts == "errors in a row":
                    self._counted[limit.counts] = 0
                continue
            self._counted[limit.counts] += 1
            if self._counted[limit.counts] > limit.most:
                return limit
        return None

    def _is_counted(self, counts: str, line: bytes, verb: bytes, said: RecordedReply, *, first_hello: bool) -> bool:
        match counts:
            case "NOOP" | "HELP":
                return verb == counts.encode()
            case "errors" | "errors in a row":
                return said.octets[:1] == b"5"
            case "refusals":
                return said.octets[:1] in (b"4", b"5")
            case "nonmail":
                return not first_hello and verb not in _MOVES_MAIL and not self._is_unknown(line, said)
        return self._is_unknown(line, said)

    def _is_unknown(self, line: bytes, said: RecordedReply) -> bool:
        """Return whether the server took the command for one it does not know: it says what it says to FOO."""
        if said.octets[:1] == b"2":
            return False
        verb = line.split(None, 1)[0] if line.strip() else b""
        unknown = [self._made.answers.get(phase, {}).get(UNKNOWN) for phase in ("greeted", "connected")]
        said_to_foo = said.octets.replace(verb, b"FOO") if verb else said.octets
        return any(other is not None and said_to_foo == other.octets for other in unknown)
