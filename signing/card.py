"""Draw a card as a tagged PDF (PDF/A-2a and PDF/UA-1) with embedded fonts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

import typst

from signing.errors import CardError
from signing.qr import qr_svg
from signing.typeset import compiled, shipped

_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_REPORTS = ("Pertama", "Kedua", "Ketiga", "Keempat")
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class CardFace:
    """What stands on a card. Every string is printed as it is, never read as markup."""

    #: Registration number, as the office numbers it.
    number: str
    #: What the template shows of the holder, by the names that it reads; `name` is always there.
    fields: Mapping[str, str]
    #: Date of issue.
    issued: date
    #: Last day of validity.
    expires: date
    #: The office, as the header names it.
    office_title: str
    #: Place of issue, printed before the date.
    place: str
    #: Name of the signing officer; empty on a print that nobody has signed yet.
    officer_name: str
    #: Function of the signing officer.
    officer_title: str
    #: Civil-servant number of the officer; None where the signatory has none.
    officer_nip: str | None = None
    #: Report rows to print, 3 or 4.
    report_rows: int = 4
    #: Code that finds the card on the verify page, printed below the QR; None prints none.
    code: str | None = None
    #: A print for the counter, to be signed by hand, instead of the file that is signed electronically.
    printed: bool = False
    #: True prints "DEV – TIDAK SAH" across the page.
    development: bool = False

    def __post_init__(self) -> None:
        """Refuse a number of report rows that no office prints."""
        if self.report_rows not in (3, 4):
            raise CardError("card_report_rows", f"A card has 3 or 4 report rows, not {self.report_rows}.")


def day_in_words(day: date) -> str:
    """Return a date as Indonesian documents write it: "5 Maret 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def draw(face: CardFace, photo: bytes, qr_url: str, template: str, signature: bytes | None = None) -> bytes:
    """Return the card as PDF bytes; equal arguments give equal bytes.

    `photo` is a JPEG or PNG, best the result of `inspect.rendition`; it is cropped to 3:4. `template` is the
    text of a typst template, which may read nothing but the shipped templates' folder. `signature` is a picture of what
    the holder drew, JPEG or PNG; without one the template leaves room for a pen. Raises CardError: `card_photo`
    for another kind of file, `card_template` for a template that is empty, `card_link` for a `qr_url` that is too long
    to be read in print, `card_text` where a text cannot be printed (a letter that the card's font lacks).
    """
    if not all(picture.startswith((_JPEG, _PNG)) for picture in (photo, signature) if picture is not None):
        raise CardError("card_photo", "The photo or the drawing is neither a JPEG nor a PNG file.")
    if not template:
        raise CardError("card_template", "The card has no template.")
    inputs = {
        "card": json.dumps(_printed(face), ensure_ascii=False),
        "photo": json.dumps(list(photo), separators=(",", ":")),
        "qr": qr_svg(qr_url, border=0),
    }
    if signature is not None:
        inputs["signature"] = json.dumps(list(signature), separators=(",", ":"))
    try:
        return compiled(template.encode(), inputs, root=shipped("cards"), day=face.issued)
    except typst.TypstError as error:
        raise CardError("card_text", f"The card could not be drawn: {error.message}") from error


def _printed(face: CardFace) -> Mapping[str, object]:
    given = {name: value for name, value in asdict(face).items() if name != "fields"}
    return {
        **face.fields,
        **given,
        "issued": day_in_words(face.issued),
        "issued_on": [face.issued.year, face.issued.month, face.issued.day],
        "expires": day_in_words(face.expires),
        "reports": list(_REPORTS[: face.report_rows]),
    }
