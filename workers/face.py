"""From a case's data to what its card shows, as the process's definition says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from signing.card import CardFace, day_in_words
from signing.claim_facts import CardClaim, initials_of
from workers.dossier import Dossier
from workflow.definition.card import Card, Entry, Fixed, Piece
from workflow.definition.process import Form
from workflow.definition.reader import read_process
from workflow.reckoning import after

#: Cards are printed in Indonesian.
_LANGUAGE = "id"


def card_of(dossier: Dossier) -> Card:
    """How the case's card is drawn: as the definition says, or like AK-1 where it is from before."""
    return dossier.process.card or _before_cards_were_data()


@cache
def _before_cards_were_data() -> Card:
    with as_file(files("definitions") / "ak1-online") as folder:
        card = read_process(folder).card
    assert card is not None
    return card


def card_face(
    dossier: Dossier,
    *,
    number: str,
    code: str,
    officer: str,
    issued: datetime,
    development: bool,
    printed: bool = False,
) -> CardFace:
    """The face of the case's card; `printed` for a print that is signed by hand, before anybody signs the file."""
    card, office = card_of(dossier), dossier.office
    return CardFace(
        number=number,
        code=code,
        fields={name: shown(piece, dossier.process.form, dossier.data) for name, piece in card.fields.items()},
        issued=issued.astimezone(office.zone).date(),
        expires=after(dossier.time, card.valid, issued).astimezone(office.zone).date(),
        office_title=office.title[_LANGUAGE],
        place=office.name.replace("-", " ").title(),
        officer_name=officer,
        officer_title=card.signatory[_LANGUAGE],
        report_rows=card.report_rows,
        printed=printed,
        development=development,
    )


def claim_of(dossier: Dossier, face: CardFace, code: str) -> CardClaim:
    """What the QR of a face claims, under the code of that card or print."""
    return CardClaim(
        number=face.number,
        initials=initials_of(face.fields["name"]),
        issued=face.issued,
        expires=face.expires,
        office=dossier.office.name,
        code=code,
    )


def shown(piece: Piece, form: Form, data: Mapping[str, Any]) -> str:
    """What a field of the card shows of a case's data; empty where nothing was entered."""
    if isinstance(piece, Fixed):
        return piece.text
    if isinstance(piece, Entry):
        words = _words(form.schema["properties"].get(piece.field, {}), data.get(piece.field))
        return piece.before + words if words else ""
    return piece.between.join(filter(None, (shown(part, form, data) for part in piece.pieces)))


def masked(name: str) -> str:
    """A name as the public sees it: the first letter of each word, enough to compare with the paper."""
    return " ".join(f"{word[0]}{'·' * min(len(word) - 1, 6)}" for word in name.split())


def _words(spec: Mapping[str, Any], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if spec.get("format") == "date":
        return day_in_words(date.fromisoformat(value))
    choice = spec.get("x-choices", {}).get(str(value))
    return str(choice[_LANGUAGE] if choice else value)
