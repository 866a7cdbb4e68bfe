"""What the card of a case is worth, in words, for its holder and for officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.pages import times
from web.pages.tones import Tone
from web.pages.verdicts import worth
from web.pages.words import _, local
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
    #: First day on which it was valid no more.
    ended: str
    #: What it means for its holder, and what to do; empty where it is valid and nobody reported it.
    advice: str
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
        ended=times.day(card.changed_on) if card.changed_on else "",
        advice=_advice(card),
        marks=[local(mark.text) for mark in card.marks],
    )


def _advice(card: CardView) -> str:
    if card.state == "valid":
        return _reported(card) if card.marks else ""
    on = times.day(card.changed_on) if card.changed_on else ""
    return {
        "revoked": _(
            "Kartu Anda dicabut dan tidak berlaku sejak %(on)s. Tanyakan ke kantor penerbit bila Anda tidak tahu "
            "sebabnya; bila masih memerlukan kartu, ajukan permohonan baru.",
            on=on,
        ),
        "replaced": _("Kartu ini tidak berlaku sejak %(on)s: kartu yang lebih baru menggantikannya. Pakai itu.", on=on),
        "returned": _("Kartu ini sudah dikembalikan dan tidak berlaku sejak %(on)s.", on=on),
    }.get(card.state) or _("Masa berlaku kartu Anda sudah habis. Ajukan permohonan baru bila Anda masih memerlukannya.")


def _reported(card: CardView) -> str:
    """To the holder of a reported card; what is lost is replaced, whatever else is said of it."""
    confirmed = any(mark.confirmed for mark in card.marks)
    said = (
        _("Kartu Anda masih berlaku, tetapi dilaporkan, dan kantor penerbit membenarkannya.")
        if confirmed
        else _("Kartu Anda berlaku, tetapi dilaporkan; kantor penerbit memeriksanya.")
    )
    if any(mark.kind == "lost" for mark in card.marks):
        do = _("Bila kartu Anda benar hilang, ajukan permohonan kartu pengganti; bila tidak, hubungi kantor penerbit.")
    else:
        do = _("Hubungi kantor penerbit dengan membawa kartu dan KTP Anda.")
    return f"{said} {do}"


def _day(text: str | None) -> str:
    return times.day(date.fromisoformat(text)) if text else ""
