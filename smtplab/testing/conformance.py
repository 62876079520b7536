"""The RFC as an assertion: a dialogue conforms, or the exchange, the rule and its section are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.rfc.judge import DEPARTS, VIOLATES, judge_all
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from smtplab.protocol.transcript import Exchange, Transcript


def assert_conforms(transcript: Transcript, lang: str | None = None, *, should: bool = True) -> None:
    """Fail where an exchange of a dialogue does not conform to the RFCs, as `smtplab.judge` sees it.

    transcript: such as `lab.transcript`, of a lab or of `smtplab.probe` on a server of yours.
    lang: "en" or "es" for the message, else the language that is set.
    should: whether a departure from a SHOULD fails too, and not only a breach of a MUST.
    Raises AssertionError, which names each exchange, the rule, and RFC and section; UnknownName for another language.
    """
    __tracebackhide__ = True
    failing = (VIOLATES, DEPARTS) if should else (VIOLATES,)
    texts = Texts("testing/texts", lang)
    faults = []
    for number, (exchange, verdicts) in enumerate(zip(transcript, judge_all(transcript, lang=lang), strict=True), 1):
        broken = [verdict for verdict in verdicts if verdict.outcome in failing]
        if broken:
            faults += [texts("exchange", number=number, count=len(transcript)), *_rows(exchange, texts.lang)]
            faults += [f"  {verdict}" for verdict in broken]
    if faults:
        raise AssertionError("\n".join((texts("does_not_conform"), *faults)))


def _rows(exchange: Exchange, lang: str) -> list[str]:
    """Return who said what in an exchange, its remarks in a language."""
    said = [f"    {who}: {text}" for who, text in exchange.rows() if who != "-"]
    return [*said, *(f"    - {remark}" for remark in exchange.remarks(lang))]
