"""How replies and exchanges are shown: once escaped, short, the same each time, and printable in any terminal."""

from __future__ import annotations

import io

import pytest

import smtplab
from smtplab import Exchange, NotACommandLine, Personality, Reply
from smtplab.protocol.octets import SHOWN, quoted
from smtplab.widgets.views import refusal

ODD = {
    b"\xc7": r"\xc7",
    b"a\xc7\xff": r"a\xc7\xff",
    b"\x00": r"\x00",
    b"\x1b[2J": r"\x1b[2J",
    b"\x7f": r"\x7f",
    b"\t": r"\t",
    b"\\": r"\\",
    b"\\xc7": r"\\xc7",
    b"'": "'",
    b'"': '"',
    b"'\"": r"\'" + '"',
    b"ma\xc3\xb1ana": "mañana",
    b"\xc2\x85": r"\x85",
    b"\xe2\x80\xa8": r"\u2028",
    b"\xed\xa0\x80": r"\xed\xa0\x80",
    b"\xf0\x9f\x93\xa7": "📧",
}
"""Octets, and how a repr shows them."""


def prints(text: str, encoding: str) -> str:
    """Return what a strict terminal of an encoding shows of a text."""
    octets = io.BytesIO()
    with io.TextIOWrapper(octets, encoding, "strict", write_through=True) as terminal:
        print(text, file=terminal)
        return octets.getvalue().decode(encoding)


@pytest.mark.parametrize("octets", ODD, ids=repr)
def test_a_repr_escapes_once(octets: bytes) -> None:
    """An odd octet stands in a repr as one escape, of a reply and of a command alike, and the text is unambiguous."""
    shown = ODD[octets]
    mark = '"' if "'" in shown and '"' not in shown else "'"
    assert repr(Reply(b"250 " + octets + b"\r\n")) == f"<Reply 250 {mark}{shown}{mark}>"
    assert repr(Exchange(octets + b"\r\n", None)) == f"<Exchange {mark}{shown}{mark} no reply>"
    prints(repr(Reply(b"250 " + octets + b"\r\n")), "utf-8")


def test_different_octets_are_shown_differently() -> None:
    """No two of them look alike: a backslash that was sent is not taken for an escape."""
    assert len({quoted(octets) for octets in ODD}) == len(ODD)


@pytest.mark.parametrize("octets", [b"\x00" * 500, b"\xff" * 500, b"x" * 500, b"\\" * 500, "ñ".encode() * 500])
def test_a_repr_is_short(octets: bytes) -> None:
    """However odd the octets, what is quoted is cut at one width, and no escape is cut in two."""
    shown = quoted(octets)
    assert len(shown) <= SHOWN + 2
    assert shown.endswith("…'")
    assert set(shown[1:-2].replace("\\x00", "").replace("\\xff", "").replace("\\\\", "")) <= set("xñ")
    assert quoted(octets[:8]) == f"'{ODD.get(octets[:8], quoted(octets[:8])[1:-1])}'"


def test_the_quotes_are_those_of_what_is_shown() -> None:
    """What is cut off does not decide on the quotes."""
    assert quoted(b"x" * 39 + b"y'") == f"'{'x' * 39}…'"
    assert quoted(b"it's") == '"it\'s"'


@pytest.mark.parametrize(("name", "shown"), [("a\x1b[2J", r"a\x1b[2J"), ("\udcff", r"\udcff"), ("\ud800", r"\ud800")])
def test_a_name_is_shown(name: str, shown: str) -> None:
    """A personality and its lab show a name with escapes for what cannot be printed."""
    personality = Personality.scripted({}, name=name)
    assert repr(personality) == f"<Personality {shown}>"
    with smtplab.start(personality, carrier="memory") as lab:
        assert repr(lab) == f"<Lab {shown} over memory>"


@pytest.mark.parametrize("octets", [b"\xc7", b"\xff\xfe", b"\xed\xa0\x80", b"a\xe2\x80"], ids=repr)
def test_a_text_can_be_printed(octets: bytes) -> None:
    """The text of a reply whose octets are no UTF-8 prints with escapes, and `raw` has every octet."""
    reply = Reply(b"535-" + octets + b"\r\n535 b\r\n")
    assert reply.raw[4 : 4 + len(octets)] == octets
    assert reply.lines == (octets.decode("utf-8", "backslashreplace"), "b")
    for encoding in ("utf-8", "ascii", "cp437"):
        for text in (reply.text, *reply.lines, str(reply), repr(reply)):
            assert prints(text, encoding) == f"{text}\n"


@pytest.mark.parametrize("octets", [b"HELP \xf1", b"HELP \xed\xa0\x80", "HELP ñ".encode(), b"HELP \x1b"], ids=repr)
def test_a_command_goes_round(octets: bytes) -> None:
    """The text of an exchange's command, sent again, is the very octets; a script is found by it, and answers it."""
    heard: list[str] = []

    def answer(command: str) -> str:
        heard.append(command)
        return f"250 {command}"

    with smtplab.start(Personality.scripted({"HELP": answer}), carrier="memory") as lab:
        first = lab.send(octets)
        command = lab.transcript[-1].command
        again = lab.send(command)
        assert lab.transcript[-1].sent == octets + b"\r\n"
        assert first == again
        if b"\x1b" not in octets:
            assert first.raw == b"250 " + octets + b"\r\n"
            assert lab.transcript.replies(command) == (first, again)
    assert set(heard) == {command}


def test_half_a_character_is_no_command() -> None:
    """A lone surrogate, which stands for no octets, is named with its place, at a prompt and in a widget."""
    with smtplab.start(carrier="memory") as lab:
        with pytest.raises(NotACommandLine, match=r"'\\ud83d' at position 5") as caught:
            lab.send("HELP \ud83d")
        assert len(lab.transcript) == 0
    assert "medio carácter" in refusal(caught.value, "es", "HELP \ud83d")
    with pytest.raises(ValueError, match=r"'\\ud83d'"):
        Reply.of(250, "a\ud83d")


def test_a_reply_is_made_of_octets_and_text() -> None:
    """What is neither is refused by its type, not by an accident inside."""
    for value in ("250 OK\r\n", bytearray(b"250 OK\r\n"), None):
        with pytest.raises(TypeError, match=type(value).__name__):
            Reply(value)
    with pytest.raises(TypeError, match="int"):
        Reply.of(250, 1)
    with pytest.raises(ValueError, match="'250' is not a reply code"):
        Reply.of("250", "OK")


def test_what_code_raises_is_shown() -> None:
    """An error's own text with half a character or a control character in it can be printed, as remark and feedback."""

    def breaks(*_given: object) -> None:
        raise ValueError("a\ud800 \x1b[2J")

    with smtplab.start(Personality.scripted({"NOOP": breaks}), carrier="memory") as lab:
        lab.send("NOOP")
        remark = str(lab.transcript[-1])
    feedback = smtplab.check("07.outcome", breaks)
    for text in (remark, repr(feedback), str(feedback)):
        assert r"a\ud800 \x1b[2J" in text
        prints(text, "utf-8")
