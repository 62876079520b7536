"""The report of a class as a page that stands alone: it loads and runs nothing, and can be projected and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.course.classroom import shown
from smtplab.course.classroom.to_show import to_show
from smtplab.text.html import escape, paragraphs
from smtplab.text.texts import Texts, octets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smtplab.course.classroom.summing_up import Asked, ClassReport, Idea

_FAULTS = 50
_WIDE, _HIGH, _STEP = 144, 18, 4


def page(report: ClassReport) -> bytes:
    """Return the page, in UTF-8."""
    title = Texts("course/classroom/texts", report.lang)("title")
    whole = octets("course/classroom/page.css").decode() + style()
    text = (
        f'<!DOCTYPE html>\n<html lang="{report.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{whole}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{body(report)}\n</main>\n</body>\n</html>\n"
    )
    return text.encode("utf-8", "backslashreplace")


def style() -> str:
    """Return the stylesheet of `body`, whatever page it stands in; light or dark as the page's `color-scheme` is."""
    return octets("course/classroom/report.css").decode()


def body(report: ClassReport) -> str:
    """Return what the page says, without its title."""
    return f'<div class="smtplab-report">{_body(report)}</div>'


def _body(report: ClassReport) -> str:
    say = Texts("course/classroom/texts", report.lang)
    if not report.learners:
        return paragraphs(say("no_learners")) + _faults(report, say)
    sentences = [say("learners", count=len(report.learners)), say("at_least", count=report.at_least)]
    if any(each.claimed for each in report.asked):
        sentences.append(say("claimed"))
    return "\n".join((
        paragraphs(" ".join(sentences)), f"<h2>{escape(say('topics'))}</h2>", _topics(report, say),
        f"<h2>{escape(say('by_exercise'))}</h2>", f'<p class="soft">{escape(say("legend"))}</p>',
        _exercises(report, say), f"<h2>{escape(say('by_learner'))}</h2>", _learners(report, say), _faults(report, say),
    ))  # fmt: skip


def _topics(report: ClassReport, say: Texts) -> str:
    if not report.topics:
        return paragraphs(say("no_topics", count=report.at_least))
    return "\n".join(_topic(asked, idea, report.lang, say) for asked, idea in report.topics)


def _topic(asked: Asked, idea: Idea, lang: str, say: Texts) -> str:
    count = say("topic_count", learners=idea.learners, answered=asked.answered)
    lines = [asked.question]
    if given := shown.answer(asked, idea, lang):
        lines.append(say("topic_answer", answer=given))
    lines.append(say("topic_said", sentence=idea.sentence))
    return (
        f"<section><h3>{escape(asked.title)} <span>({escape(count)})</span></h3>{paragraphs(*lines)}"
        f"<p>{escape(say('topic_show'))}</p>"
        f"<pre><code>{escape(to_show(asked.id, lang, idea.answer))}</code></pre></section>"
    )


def _exercises(report: ClassReport, say: Texts) -> str:
    keys = ("exercise", "bar", "answered", "first", "right", "tries", "seconds", "ideas")
    rows = (
        [
            _head(_named(asked, say), asked.id), _cell(_bar(asked, say)), *map(_number, (
                str(asked.answered), shown.first(asked), shown.right(asked), shown.number(asked.tries),
                shown.number(asked.seconds),
            )), _cell(_list(f"{count}: {sentence}" for count, sentence in shown.ideas(asked))),
        ]
        for asked in report.asked
    )  # fmt: skip
    return _table([say(f"head_{key}") for key in keys], rows)


def _learners(report: ClassReport, say: Texts) -> str:
    keys = ("learner", "answered", "done", "first", "gainsaid")
    rows = (
        [_head(shown.plain(row.name)), *map(_number, map(str, (
            len(row.outcomes), row.done(report.asked), row.first, row.gainsaid,
        )))]
        for row in report.learners
    )  # fmt: skip
    return _table([say(f"head_{key}") for key in keys], rows)


def _faults(report: ClassReport, say: Texts) -> str:
    sentences = shown.faults(report, _FAULTS)
    return f"<h2>{escape(say('faults'))}</h2>{_list(sentences)}" if sentences else ""


def _bar(asked: Asked, say: Texts) -> str:
    """Return the parts of the class as a picture; its figures are in its label, and in the cells beside it."""
    later = 0 if asked.prediction else max(asked.right - asked.first, 0)
    left = asked.answered - asked.first - later
    key = "bar_prediction" if asked.prediction else "bar"
    told = say(key, first=asked.first, later=later, open=left, answered=asked.answered)
    wide = (_WIDE - 2) / asked.answered
    parts, at = [_rect("first", 1, asked.first * wide)], 1 + asked.first * wide
    if later:
        parts += [_rect("later", at, later * wide), _lines(at, at + later * wide)]
    frame = f'<rect class="frame" x="1" y="1" width="{_WIDE - 2}" height="{_HIGH - 2}"/>'
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(told)}">'
        f"<title>{escape(told)}</title>{''.join(parts)}{frame}</svg>"
    )


def _rect(name: str, at: float, wide: float) -> str:
    return f'<rect class="{name}" x="{at:.1f}" y="1" width="{wide:.1f}" height="{_HIGH - 2}"/>' if wide else ""


def _lines(at: float, end: float) -> str:
    """Return hatching; it needs no pattern, whose id would have to be the page's only one."""
    strokes = (f"M{at + step:.1f} 1V{_HIGH - 1}" for step in range(_STEP, int(end - at), _STEP))
    return f'<path class="later" d="{"".join(strokes)}"/>'


def _named(asked: Asked, say: Texts) -> str:
    return f"{asked.title} ({say('prediction')})" if asked.prediction else asked.title


def _head(text: str, below: str = "") -> str:
    return f'<th scope="row">{escape(text)}{f"<br><code>{escape(below)}</code>" if below else ""}</th>'


def _cell(html: str) -> str:
    return f"<td>{html}</td>"


def _number(text: str) -> str:
    return f'<td class="number">{escape(text)}</td>'


def _list(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    lines = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(heads[0])}"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>\n{lines}\n</tbody></table></div>"
    )
