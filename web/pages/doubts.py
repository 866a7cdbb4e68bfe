"""Doubts that the intake checks found, in words for the officer. None of them rejects by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from web.pages.words import local
from workflow.definition.form import WARNINGS as FORM
from workflow.definition.process import Text
from workflow.doubts import BESIDE
from workflow.nik import WARNINGS as NIK

_CASES: Mapping[str, Text] = {
    BESIDE: {
        "id": "NIK ini sudah punya kartu yang berlaku; kartu itu diganti saat kartu ini terbit.",
        "en": "This NIK has a valid card already; that card is replaced when this one is issued.",
    },
}
_DOCUMENTS: Mapping[str, Text] = {
    "photo_small": {
        "id": "Pasfoto kecil; hasil cetaknya mungkin kabur.",
        "en": "The photo is small; it may print blurred.",
    },
    "pdf_owner_password": {
        "id": "PDF dibatasi kata sandi pemilik; isinya tetap dapat dibaca.",
        "en": "The PDF is restricted by an owner password; it can be read all the same.",
    },
    "pdf_many_pages": {
        "id": "PDF memuat banyak halaman; periksa halaman yang diminta saja.",
        "en": "The PDF has many pages; look at the one asked for.",
    },
}
WORDS: Mapping[str, Text] = {**NIK, **FORM, **_DOCUMENTS, **_CASES}


def words(codes: Iterable[str]) -> list[str]:
    """The doubts as sentences; a code without words is told as it is."""
    return [local(WORDS.get(code)) or code for code in codes]
