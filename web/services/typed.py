"""A card's code or number as a person types or pastes it, and the card that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from web import here
from web.database import session
from web.services import definitions
from workflow.db import register
from workflow.definition.numbers import likened, typed_number

#: Longest text that is looked at, and longest code or number in it, in characters.
_MAX_TEXT, _MAX_WANTED = 2000, 100
#: Where a QR leads.
_LINK = re.compile(r"/verify/([^/?#\s]+)", re.IGNORECASE)
_SIGNS = re.compile(r"[^A-Za-z0-9]+")


def wanted(text: str) -> str:
    """The code or number in what was given, which may be the whole link of a QR; empty where none can be."""
    if len(text) > _MAX_TEXT:
        return ""
    link = _LINK.search(text)
    plain = (unquote(link[1]) if link else text).strip().strip("/")
    return plain if len(plain) <= _MAX_WANTED and plain.isprintable() else ""


def code(text: str) -> str:
    """The code that was meant, if it was one: in capitals, without signs, I and L as 1 and O as 0."""
    return likened(wanted(text))


def find(text: str) -> Mapping[str, Any] | None:
    """What the register tells anybody of the card that was meant; None where it knows none."""
    plain = wanted(text)
    if not plain:
        return None
    for name in dict.fromkeys(_meant(plain)):
        row = register.verify(session(), name)
        if row is not None:
            return row
    return None


def _meant(plain: str) -> Iterator[str]:
    """What it may name, the likeliest first: as it stands, a code, a SHA-256, a number."""
    yield plain
    yield plain.upper()
    yield likened(plain)
    yield plain.lower()
    yield _SIGNS.sub("-", plain).strip("-").upper()
    if not any(c.isdecimal() for c in likened(plain)):
        return
    processes = {process.name: process for process in definitions.known()}
    for office in here.ports().library.offices.values():
        templates = [office.number, *(processes[name].number for name in office.processes if name in processes)]
        for template in dict.fromkeys(filter(None, templates)):
            number = typed_number(template, office=office.name, text=plain)
            if number is not None:
                yield number
