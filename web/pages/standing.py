"""What the card of a case is worth, in words, for its holder and for officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.pages import times
from web.pages.tones import Tone
from web.pages.verdicts import worth
from web.pages.words import local
from web.services.views import CardView


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    number: str
    #: Names it on the page that anybody checks it on.
    code: str
    tone: Tone
    #: What it is worth, in one or two words.
    words: str
    #: Days, empty where there is none.
    issued: str
    expires: str
    #: What a valid one is reported as, and since when.
    marks: list[str]


def standing(card: CardView) -> Standing:
    """The card as it stands now."""
    verdict = worth(card.state, card.marks)
    return Standing(
        number=card.number,
        code=card.code,
        tone=verdict.tone,
        words=local(verdict.short),
        issued=_day(card.issued_on),
        expires=_day(card.expires_on),
        marks=[local(mark.text) for mark in card.marks],
    )


def _day(text: str | None) -> str:
    return times.day(date.fromisoformat(text)) if text else ""
