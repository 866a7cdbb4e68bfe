"""What a claim says of a card, and how it is written: a CBOR map with small integers as keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_VERSION = 1
_EPOCH = date(1970, 1, 1)
#: Keys of the map.
_KEYS = _V, _NUMBER, _INITIALS, _ISSUED, _EXPIRES, _OFFICE, _CODE = tuple(range(7))
#: Letters of a verify code, five bits each (Crockford's base 32); a code of 16 takes 10 bytes.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH, _CODE_BYTES = 16, 10


@dataclass(frozen=True, kw_only=True)
class CardClaim:
    """What the issuing office says of a card, small enough for its QR."""

    #: Registration number.
    number: str
    #: First letters of the holder's name: enough to compare with the paper, too little to learn a name.
    initials: str
    #: Day of issue, as printed.
    issued: date
    #: Last day of validity.
    expires: date
    #: Name of the issuing office, as its data has it, such as `palembang`.
    office: str
    #: Code of the verify page, the print's own.
    code: str


def initials_of(name: str) -> str:
    """The first letter of each word of a name."""
    return "".join(word[0] for word in name.split())


def map_of(claim: CardClaim) -> Mapping[int, object]:
    """The map that is signed; days are counted from 1970-01-01."""
    return {
        _V: _VERSION,
        _NUMBER: claim.number,
        _INITIALS: claim.initials,
        _ISSUED: (claim.issued - _EPOCH).days,
        _EXPIRES: (claim.expires - _EPOCH).days,
        _OFFICE: claim.office,
        _CODE: _packed(claim.code),
    }


def facts_of(found: Mapping[Any, Any]) -> CardClaim:
    """What a map says; raises ValueError, OverflowError or LookupError for any that `map_of` does not write."""
    if tuple(sorted(found)) != _KEYS or found[_V] != _VERSION:
        raise ValueError("another version")
    return CardClaim(
        number=_text(found[_NUMBER]),
        initials=_text(found[_INITIALS]),
        issued=_day(found[_ISSUED]),
        expires=_day(found[_EXPIRES]),
        office=_text(found[_OFFICE]),
        code=_unpacked(found[_CODE]),
    )


def _packed(code: str) -> bytes | str:
    if len(code) != _CODE_LENGTH or not set(code) <= set(_ALPHABET):
        return code
    value = 0
    for letter in code:
        value = value << 5 | _ALPHABET.index(letter)
    return value.to_bytes(_CODE_BYTES, "big")


def _unpacked(packed: object) -> str:
    if not isinstance(packed, bytes):
        return _text(packed)
    if len(packed) != _CODE_BYTES:
        raise ValueError("another code")
    value = int.from_bytes(packed, "big")
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(5 * (_CODE_LENGTH - 1), -1, -5))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("no text")
    return value


def _day(value: object) -> date:
    if type(value) is not int:
        raise ValueError("no day")
    return _EPOCH + timedelta(days=value)
