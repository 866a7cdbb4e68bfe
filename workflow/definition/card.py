"""The face of a process's card: which of the form's entries its template shows, and what is always printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.definition.values import Period, Text

#: What every template is given beside the fields of its card; no field may have one of these names.
GIVEN = (
    *("number", "code", "printed", "issued", "issued_on", "expires", "office_title", "place", "officer_name"),
    *("officer_title", "officer_nip", "report_rows", "reports", "development"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a person entered in one field of the form; a choice is shown by its words, a date in words."""

    #: Name of the form's field.
    field: str
    #: Put before the entry where there is one.
    before: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """The same words on every card."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """Several pieces in one field; empty ones are left out."""

    pieces: tuple[Piece, ...]
    #: Stands between two pieces.
    between: str


Piece = Entry | Fixed | Joined


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """How a case's card is drawn. Its template belongs to the definition, so a reprint looks like the first print."""

    #: Name of the template's file.
    template: str
    #: The template itself, in the language of typst.
    source: str
    #: What the card is called.
    title: Text
    #: How long a card is valid from the day of its issue.
    valid: Period
    #: Rows for the holder's reports, 3 or 4.
    report_rows: int
    #: Function of the officer who signs.
    signatory: Text
    #: Why it is signed, as the signature panel shows it.
    reason: Text
    #: Field of the template → what it shows.
    fields: Mapping[str, Piece]
