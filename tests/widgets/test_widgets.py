"""The widgets without a browser: what they are told, what they answer, and what stands where no widget runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
import smtplab.server.personality

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory."""
    with smtplab.start(carrier="memory") as lab:
        yield lab


def answers(widget: Any, **message: object) -> list[dict[str, Any]]:
    """Return what a widget sends back to a message from the page."""
    sent: list[dict[str, Any]] = []
    widget.send = sent.append
    widget._handle_custom_msg(message, [])
    return sent


def make(kind: str, lab: smtplab.Lab, lang: str) -> Any:
    """Make one widget of each kind."""
    return {
        "console": lambda: smtplab.console(lab, lang=lang),
        "side": lambda: smtplab.side_by_side(lab, "HELP", "XSTATUS", lang=lang),
        "codes": lambda: smtplab.side_by_side(None, 211, 214, lang=lang),
        "anatomy": lambda: smtplab.anatomy(lab.send("HELP"), lang=lang),
        "exercise": lambda: smtplab.exercise("01.rcpt", lab, lang=lang),
    }[kind]()


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("kind", ["console", "side", "codes", "anatomy", "exercise"])
def test_what_stands_where_no_widget_runs(lab: smtplab.Lab, kind: str, lang: str) -> None:
    """Each widget has a view, a short stable repr, and HTML that has text and runs nothing."""
    widget = make(kind, lab, lang)
    data, _metadata = widget._repr_mimebundle_()
    assert VIEW in data
    assert data["text/plain"] == repr(widget)
    assert len(repr(widget)) < 90
    assert "0x" not in repr(widget)
    assert len(data["text/html"]) > 60
    assert "<script" not in data["text/html"]
    keys = set(re.findall(r"\btexts\.(\w+)", str(widget._esm)))
    assert keys
    assert keys <= set(widget.texts), "the script asks for a text that the widget does not have"
    assert all(isinstance(text, str) and text.strip() for text in widget.texts.values())
    assert "://" not in str(widget._esm) + str(widget._css)


@pytest.mark.parametrize("kind", ["console", "side", "anatomy", "exercise"])
def test_an_unknown_language(lab: smtplab.Lab, kind: str) -> None:
    """An unknown language is refused by name."""
    with pytest.raises(smtplab.UnknownName, match=r"'fr'; there are: en, es"):
        make(kind, lab, "fr")


def test_console_answers_a_command(lab: smtplab.Lab) -> None:
    """One message in, one message out, with the exchanges since the last one: from cells, too."""
    console = smtplab.console(lab)
    lab.send("NOOP")
    (message,) = answers(console, type="command", line="HELP")
    assert [exchange["sent"] for exchange in message["exchanges"]] == [None, "NOOP", "HELP"]
    reply = message["exchanges"][-1]["reply"]
    assert (reply["code"], reply["name"], reply["category"]) == ("214", "Help message", "x1z Information")
    assert [part["kind"] for part in reply["lines"][0]] == ["code", "separator", "text", "cr", "lf"]
    (more,) = answers(console, type="command", line="XSTATUS")
    assert [exchange["sent"] for exchange in more["exchanges"]] == ["XSTATUS"]
    (everything,) = answers(console, type="hello")
    assert everything["type"] == "log"
    assert len(everything["exchanges"]) == 4


def test_console_says_errors(lab: smtplab.Lab) -> None:
    """What is refused, lost or late is said in the message, and nothing raises."""
    console = smtplab.console(lab)
    (refused,) = answers(console, type="command", line="HE\nLP")
    assert "LF at position 2" in refused["error"]
    assert refused["exchanges"] == []
    lab.personality = smtplab.Personality.scripted({"HELP": b"", "NOOP": b"junk\r\n"})
    (late,) = answers(console, type="command", line="HELP")
    assert late["error"].startswith("No complete reply came in time.")
    assert late["exchanges"][-1]["remarks"] == ["no reply"]
    (junk,) = answers(console, type="command", line="NOOP")
    assert "three digits" in junk["error"]
    (unknown,) = answers(console, type="personality", name="nosuch")
    assert unknown["error"] == 'There is no server named "nosuch".'
    lab.stop()
    (stopped,) = answers(console, type="command", line="HELP")
    assert "lab.start()" in stopped["error"]
    assert answers(console, type="nonsense") == []
    assert answers(console) == []


@pytest.mark.parametrize(
    ("answer", "line", "error"),
    [
        ("214 x", "HE\rLP", "No se ha enviado nada: una orden es una sola línea, pero aquí hay CR en la posición 2."),
        ("214 x", "HE\0", "No se ha enviado nada: una orden es una sola línea, pero aquí hay NUL en la posición 2."),
        ("214 x", "\ud800", "No se ha enviado nada: contiene medio carácter"),
        (smtplab.HANG_UP, "HELP", "La conexión se perdió"),
        (b"", "HELP", "No llegó a tiempo"),
        (b"junk\r\n", "HELP", "Lo que llegó no es una respuesta"),
    ],
)
def test_errors_in_spanish(answer: Any, line: str, error: str) -> None:
    """What goes wrong is said in the console's language, not in the one that is set."""
    with smtplab.start(smtplab.Personality.scripted({"HELP": answer}), carrier="memory") as lab:
        (message,) = answers(smtplab.console(lab, lang="es"), type="command", line=line)
    assert message["error"].startswith(error)


def test_remarks_in_the_console_s_language(lab: smtplab.Lab) -> None:
    """The remarks, the text that is copied and what stands where no widget runs are in the console's language."""
    console = smtplab.console(lab, lang="es")
    (message,) = answers(console, type="command", line="QUIT")
    assert message["exchanges"][-1]["remarks"] == ["el servidor cerró la conexión"]
    assert message["exchanges"][-1]["text"].splitlines()[0] == "C: QUIT"
    assert message["exchanges"][-1]["text"].endswith("- el servidor cerró la conexión")
    assert "el servidor cerró la conexión" in console.plain()


def test_each_message_says_where_it_begins(lab: smtplab.Lab) -> None:
    """A message carries the place of its first exchange, so that every view knows what it has and what it missed."""
    console = smtplab.console(lab)
    answers(console, type="command", line="HELP")
    (hello,) = answers(console, type="hello")
    (more,) = answers(console, type="command", line="NOOP")
    assert (hello["start"], len(hello["exchanges"])) == (0, 2)
    assert (more["start"], len(more["exchanges"])) == (2, 1)


def test_console_goes_back_to_a_scripted_server() -> None:
    """A scripted personality can be chosen again after another one, and one set from a cell is in the list."""
    with smtplab.start(smtplab.Personality.scripted({"HELP": "214 mine"}), carrier="memory") as lab:
        console = smtplab.console(lab)
        assert console.personalities[:2] == ["scripted", "rfc5321"]
        answers(console, type="personality", name="exim-4.96")
        (message,) = answers(console, type="personality", name="scripted")
        assert (message["error"], message["personality"]) == (None, "scripted")
        assert lab.send("HELP").lines == ("mine",)
        lab.personality = smtplab.Personality.scripted({}, name="from a cell")
        (message,) = answers(console, type="hello")
        assert message["personality"] == console.personalities[0] == "from a cell"


def test_console_carries_message_text(lab: smtplab.Lab) -> None:
    """After DATA lines go as text, their dots doubled, until a line with one dot."""
    console = smtplab.console(lab)
    for line in ("HELO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        (message,) = answers(console, type="command", line=line)
    assert message["reading"]
    for line in ("Subject: hi", "", ".dotted", "HELP"):
        (message,) = answers(console, type="command", line=line)
        assert message["error"] is None
    (message,) = answers(console, type="command", line=".")
    assert not message["reading"]
    assert lab.messages[0].content == b"Subject: hi\r\n\r\n.dotted\r\nHELP\r\n"


def test_side_by_side_compares_again(lab: smtplab.Lab) -> None:
    """Another pair replaces the first; what cannot be sent is said and leaves the pair."""
    side = smtplab.side_by_side(lab, "HELP", "XSTATUS")
    assert [digit[2] for digit in side.pair["digits"]] == [True, True, False]
    assert side.pair["corrections"]
    answers(side, type="compare", first="NOOP", second="STAT")
    assert [one["code"] for one in side.pair["sides"]] == ["250", "500"]
    answers(side, type="compare", first="HE\rLP", second="STAT")
    assert "CR at position 2" in side.error
    assert [one["code"] for one in side.pair["sides"]] == ["250", "500"]


def test_side_by_side_of_strange_codes() -> None:
    """Codes that SMTP does not have are shown with what is wrong with them; asked for by number they are refused."""
    odd = smtplab.Personality.scripted({"HELP": b"999 x\r\n", "NOOP": b"099 y\r\n"})
    with smtplab.start(odd, carrier="memory") as lab:
        side = smtplab.side_by_side(lab, "HELP", "NOOP")
    assert [one["code"] for one in side.pair["sides"]] == ["999", "099"]
    assert side.pair["differences"][0].startswith("999, 099: not a reply code")
    with pytest.raises(smtplab.NotACode, match="999"):
        smtplab.side_by_side(None, 999, 211)


def test_side_by_side_of_codes_with_a_lab(lab: smtplab.Lab) -> None:
    """Two numbers are codes, never commands, with a lab too; what is no code is said in the widget's language."""
    side = smtplab.side_by_side(lab, 211, 214, lang="es")
    assert len(lab.transcript) == 0
    assert [one["code"] for one in side.pair["sides"]] == ["211", "214"]
    answers(side, type="compare", first=" 250 ", second="500")
    assert [one["code"] for one in side.pair["sides"]] == ["250", "500"]
    answers(side, type="compare", first="HELP", second="500")
    assert side.error.startswith("HELP: no es un código de respuesta")
    with pytest.raises(TypeError, match="not one of each: 214, 'HELP'"):
        smtplab.side_by_side(lab, 214, "HELP")


def test_anatomy_shows_every_octet() -> None:
    """The cells are the octets, each once, with names for those that cannot be seen; defects are said in words."""
    raw = b"214-2.0.0 a\tb\r\n middle\n211 \x00\xff\r\n"
    anatomy = smtplab.anatomy(raw)
    assert bytes(int(octet["hex"], 16) for part in anatomy.parts for octet in part["octets"]) == raw
    assert {"CR", "LF", "SP", "TAB", "NUL", "\\xff"} <= {o["shown"] for part in anatomy.parts for o in part["octets"]}
    assert {defect["rule"] for defect in anatomy.defects} == {
        "reply.line-code", "reply.crlf", "reply.one-code", "reply.textstring",
    }  # fmt: skip
    with pytest.raises(smtplab.NotAReply, match="three digits"):
        smtplab.anatomy(b"hello")


def test_anatomy_of_a_long_reply() -> None:
    """A long reply keeps its texts in one piece each."""
    anatomy = smtplab.anatomy(b"214-" + b"x" * 9_000 + b"\r\n214 end\r\n")
    assert [len(part["octets"]) for part in anatomy.parts if part["kind"] == "text"] == [0, 0]
    assert sum(len(part["text"]) for part in anatomy.parts if part["kind"] == "text") == 9_003


def test_exercise_gives_the_feedback_for_the_answer(lab: smtplab.Lab) -> None:
    """A wrong answer gets the words made for it and not the solution; a right one is right."""
    exercise = smtplab.exercise("01.rcpt", lab)
    answers(exercise, type="answer", answer="RCPT TO:<a@b.example>")
    assert not exercise.feedback["right"]
    assert "too early" in exercise.feedback["text"]
    assert "HELP RCPT" not in exercise.feedback["text"]
    answers(exercise, type="answer", answer="help rcpt")
    assert exercise.feedback["right"]
    answers(exercise, type="answer", answer="HE\nLP")
    assert "LF at position" in exercise.feedback["text"]
    with pytest.raises(smtplab.UnknownName, match=r"01\.help"):
        smtplab.exercise("nosuch", lab)


def test_gallery_predicts_where_it_is_asked_to() -> None:
    """The gallery asks first where `predict` says so, and not otherwise."""
    assert smtplab.gallery(predict=True).predict is True
    assert smtplab.gallery().predict is False


def test_gallery_opens_cells() -> None:
    """A cell opened shows octets in parts, verdicts worst first and where it comes from; nonsense gets nothing."""
    gallery = smtplab.gallery()
    assert len(gallery.servers) == len(smtplab.personalities()) - 2
    (details,) = answers(gallery, type="open", server="haraka-3.3.4", command="HELP")
    assert details["reply"]["code"] == "250"
    assert [verdict["weight"] for verdict in details["verdicts"]] == sorted(
        (verdict["weight"] for verdict in details["verdicts"]), reverse=True
    )
    assert details["verdicts"][0]["words"] == "violates a MUST"
    assert "npm Haraka 3.3.4" in details["about"]
    for wrong in ({"server": "nosuch", "command": "HELP"}, {"server": "haraka-3.3.4", "command": "DATA"}, {}):
        assert answers(gallery, type="open", **wrong) == []
    assert (
        "incumple"
        in answers(smtplab.gallery(lang="es"), type="open", server="haraka-3.3.4", command="HELP")[0]["verdicts"][0][
            "words"
        ]
    )
