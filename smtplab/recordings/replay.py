"""A session that answers from a recording: pure, line by line, with the server's own limits.

A line that was recorded at this moment of a session gets its reply, octet for octet. Where it was not, the reply is
"alike" (the same command at another moment, in other letters (RFC 5321 §2.4), or with another name or mailbox of the
client's), "inferred" from the nearest of its kind, or a "stand-in" of the lab's own for a verb that the server lists.
Only a verb that the server neither answers nor lists gets what it says to an unknown one, and is marked "unrecorded".
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from smtplab.recordings.inference import HELLOS, UNKNOWN, Inference
from smtplab.recordings.recording import recording
from smtplab.server.personality import SILENCE, Answer, Dialogue, Personality

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.recordings.answers import Limit, RecordedReply
    from smtplab.recordings.recording import Recording

_MOVES_MAIL = (b"MAIL", b"RCPT", b"DATA", b"QUIT")
_EARLIER = {"rcpt": ("rcpt", "mail", "greeted"), "mail": ("mail", "greeted")}

_GUESSES = ("inferred", "stand-in")


class RecordedPersonality(Personality):
    """A real server, by its recording, which is read when the first session begins."""

    bare_lf = True

    def __init__(self, name: str, own: Recording | None = None) -> None:
        super().__init__(name)
        self._own = own

    @property
    def recording(self) -> Recording:
        """The recording behind it."""
        return self._own or recording(self.name)

    @cached_property
    def _inference(self) -> Inference:
        return Inference(self.recording)

    def dialogue(self) -> Dialogue:
        """Begin a session."""
        return _Replay(self.recording, lambda: self._inference)


class _Replay:
    def __init__(self, played: Recording, inference: Callable[[], Inference]) -> None:
        self._played = played
        self._inference = inference
        self._phase = "connected"
        self._begun = b""  # a line that ended in a bare LF, where the server waited for CRLF
        self._counted = dict.fromkeys((limit.counts for limit in played.limits), 0)
        self._hellos = 0

    def greeting(self) -> Answer:
        greeting = self._played.greeting
        return Answer(greeting.octets, greeting.hangs_up, "recorded")

    def answer(self, line: bytes) -> Answer:
        line, self._begun = self._begun + line, b""
        verb = line[:4].upper()
        if self._phase == "data":
            if line != b".\r\n":
                return SILENCE
            self._phase = "greeted"
            reply, source = self._look_up(line, ("data",))
            return Answer(reply.octets, reply.hangs_up, source)
        reply, source = self._look_up(line, _EARLIER.get(self._phase, (self._phase,)))
        if self._played.limits and (over := self._count(line, verb, reply, source)):
            return Answer(over.octets, close=True, source="recorded")
        if not reply.octets and not reply.hangs_up and line.endswith(b"\n") and not line.endswith(b"\r\n"):
            self._begun = line
        if reply.octets:
            self._move(verb, reply.octets)
        return Answer(reply.octets, reply.hangs_up, source)

    def _look_up(self, line: bytes, phases: tuple[str, ...]) -> tuple[RecordedReply, str]:
        for phase in phases:
            reply = self._played.in_phase(phase).get(line)
            if reply is not None:
                return reply, "recorded" if phase == phases[0] else "alike"
        return self._inference().reply_to(line, phases)

    def _move(self, verb: bytes, octets: bytes) -> None:
        accepted = octets[:1] == b"2"
        if octets[:3] == b"354":
            self._phase = "data"
        elif (accepted and verb in HELLOS) or (accepted and verb == b"RSET" and self._phase != "connected"):
            self._phase = "greeted"
        elif accepted and verb in (b"MAIL", b"RCPT"):
            self._phase = verb.decode().lower()

    def _count(self, line: bytes, verb: bytes, reply: RecordedReply, source: str) -> Limit | None:
        """Count what the limits count; return the limit that this command goes over, if any."""
        hello = verb in HELLOS
        first_hello = hello and not self._hellos
        self._hellos += hello
        unknown = source not in _GUESSES and self._is_unknown(line, reply)
        for limit in self._played.limits:
            if not self._is_counted(limit.counts, verb, reply, first_hello=first_hello, unknown=unknown):
                if limit.counts == "errors in a row":
                    self._counted[limit.counts] = 0
                continue
            self._counted[limit.counts] += 1
            if self._counted[limit.counts] > limit.most:
                return limit
        return None

    def _is_counted(self, counts: str, verb: bytes, reply: RecordedReply, *, first_hello: bool, unknown: bool) -> bool:
        match counts:
            case "NOOP" | "HELP":
                return verb == counts.encode()
            case "errors" | "errors in a row":
                return reply.octets[:1] == b"5"
            case "refusals":
                return reply.octets[:1] in (b"4", b"5")
            case "nonmail":
                return not first_hello and verb not in _MOVES_MAIL and not unknown
        return unknown

    def _is_unknown(self, line: bytes, reply: RecordedReply) -> bool:
        """Return whether the server took the command for one it does not know: it says what it says to FOO."""
        if reply.octets[:1] == b"2":
            return False
        verb = line.split(None, 1)[0] if line.strip() else b""
        like_foo = reply.octets.replace(verb, b"FOO") if verb else reply.octets
        to_foo = [self._played.in_phase(phase).get(UNKNOWN) for phase in ("greeted", "connected")]
        return any(other is not None and like_foo == other.octets for other in to_foo)
