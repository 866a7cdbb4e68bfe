"""The NIK, a person's number: PPKKCC (region), DDMMYY (day + 40 for women), serial; no check digit.

Only the format rejects. All else warns the officer: the region tells where the number was first issued, not
where the person lives, and registrations with a wrong birth date or sex exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Literal

#: Added to the day of birth of women.
WOMEN = 40
REGION_DIGITS = 4

#: Provinces by the first two digits; 92–96 are those of Papua since 2003 and 2022.
PROVINCES = frozenset(
    map(str, chain(range(11, 20), [21], range(31, 37), range(51, 54), range(61, 66), range(71, 77), [81, 82]))
) | frozenset(map(str, range(91, 97)))

#: Code → what the officer should look at.
WARNINGS: Mapping[str, Mapping[str, str]] = {
    "nik_province_unknown": {
        "id": "Dua angka pertama NIK bukan kode provinsi.",
        "en": "The first two digits of the NIK are no province.",
    },
    "nik_region_elsewhere": {
        "id": "NIK diterbitkan pertama kali di daerah lain; periksa alamat pada KTP.",
        "en": "The NIK was first issued elsewhere; check the address on the KTP.",
    },
    "nik_birth_date_impossible": {
        "id": "Tanggal lahir di dalam NIK tidak mungkin.",
        "en": "The date of birth within the NIK is impossible.",
    },
    "nik_birth_date_differs": {
        "id": "Tanggal lahir di dalam NIK berbeda dengan isian.",
        "en": "The date of birth within the NIK differs from the entry.",
    },
    "nik_sex_differs": {
        "id": "Jenis kelamin di dalam NIK berbeda dengan isian.",
        "en": "The sex within the NIK differs from the entry.",
    },
    "nik_serial_zero": {
        "id": "Nomor urut NIK 0000 tidak pernah diterbitkan.",
        "en": "A NIK with the serial 0000 is never issued.",
    },
}

_NIK = re.compile(
    r"(?P<region>[0-9]{4})[0-9]{2}(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{2})(?P<serial>[0-9]{4})"
)


def is_nik(text: str) -> bool:
    """True for 16 digits: the only rule that rejects."""
    return _NIK.fullmatch(text) is not None


def nik_warnings(
    nik: str,
    birth_date: date | None = None,
    sex: Literal["female", "male"] | None = None,
    region: str | None = None,
) -> list[str]:
    """Codes of WARNINGS for a NIK of 16 digits, against what the person entered.

    `region` is the first four digits of NIKs of the office's people. What is None is not compared. A text
    that is no NIK has no warnings: the form rejects it.
    """
    match = _NIK.fullmatch(nik)
    if match is None:
        return []
    written = int(match["day"])
    female = written > WOMEN
    day, month, year = written - WOMEN * female, int(match["month"]), int(match["year"])
    possible = _is_day(day, month, year)
    found = {
        "nik_province_unknown": nik[:2] not in PROVINCES,
        "nik_region_elsewhere": region is not None and match["region"] != region[:REGION_DIGITS],
        "nik_birth_date_impossible": not possible,
        "nik_birth_date_differs": possible
        and birth_date is not None
        and (day, month, year) != (birth_date.day, birth_date.month, birth_date.year % 100),
        "nik_sex_differs": possible and sex is not None and female != (sex == "female"),
        "nik_serial_zero": match["serial"] == "0000",
    }
    return [code for code, warned in found.items() if warned]


def _is_day(day: int, month: int, year: int) -> bool:
    """True when the two-digit year makes it a day in this century or the last one."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
