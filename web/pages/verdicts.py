"""What a card is worth, in large words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from signing.marks import REPORTED_AS, Mark
from workflow.db.prints import NEWER
from workflow.definition.process import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    tone: Literal["ok", "act", "bad", "end"]
    #: Shape that goes with it.
    icon: str
    #: One or two words.
    short: Text
    #: What it means for the person who asks.
    says: Text


#: Verdict by the state of the register.
WORDS: Mapping[str, Verdict] = {
    "valid": Verdict(
        tone="ok",
        icon="ok",
        short={"id": "Berlaku", "en": "Valid"},
        says={
            "id": "Kartu ini terdaftar dan berlaku.",
            "en": "This card is registered and valid.",
        },
    ),
    "expired": Verdict(
        tone="act",
        icon="work",
        short={"id": "Habis masa berlaku", "en": "Expired"},
        says={
            "id": "Kartu ini asli, tetapi masa berlakunya sudah habis.",
            "en": "This card is genuine, but it has expired.",
        },
    ),
    "replaced": Verdict(
        tone="act",
        icon="act",
        short={"id": "Sudah diganti", "en": "Replaced"},
        says={
            "id": "Kartu ini sudah digantikan oleh kartu yang lebih baru. Minta kartu yang terbaru.",
            "en": "A newer card has replaced this one. Ask for the newest card.",
        },
    ),
    "revoked": Verdict(
        tone="bad",
        icon="bad",
        short={"id": "Dicabut", "en": "Revoked"},
        says={
            "id": "Kartu ini dicabut oleh kantor penerbit dan tidak berlaku.",
            "en": "The issuing office has revoked this card; it is not valid.",
        },
    ),
    "returned": Verdict(
        tone="end",
        icon="unknown",
        short={"id": "Sudah dikembalikan", "en": "Returned"},
        says={
            "id": "Kartu ini asli, tetapi sudah dikembalikan: pemegangnya sudah bekerja atau tidak lagi terdaftar.",
            "en": "This card is genuine, but it was returned: its holder found work or is no longer registered.",
        },
    ),
    "void": Verdict(
        tone="bad",
        icon="bad",
        short={"id": "Batal", "en": "Void"},
        says={
            "id": "Nomor ini dibatalkan dan tidak pernah menjadi kartu yang berlaku.",
            "en": "This number was made void and never became a valid card.",
        },
    ),
    "unknown": Verdict(
        tone="end",
        icon="unknown",
        short={"id": "Tidak dikenal", "en": "Unknown"},
        says={
            "id": "Tidak ada kartu dengan nomor atau kode ini. Periksa penulisannya, atau pindai kode QR.",
            "en": "There is no card with this number or code. Check the spelling, or scan the QR code.",
        },
    ),
}

#: What may be reported of a card.
KINDS: Mapping[str, Text] = {
    "lost": {"id": "Kartu ini hilang atau dicuri", "en": "This card was lost or stolen"},
    "suspected": {
        "id": "Kartu ini diduga palsu, atau dipakai orang lain",
        "en": "This card looks false, or somebody else uses it",
    },
}

#: A valid card that somebody reported, and the office has not found that unfounded.
REPORTED = Verdict(
    tone="act",
    icon="act",
    short={"id": "Berlaku, tetapi dilaporkan", "en": "Valid, but reported"},
    says={"id": "Kartu ini terdaftar.", "en": "This card is registered."},
)
#: What follows of a mark, by whether the office confirmed it, and of all of them, by whether any is.
_MARKED: Mapping[bool, Text] = {
    True: {
        "id": "Kantor penerbit membenarkan laporan bahwa kartu ini {what}.",
        "en": "Its office confirmed the report that it is {what}.",
    },
    False: {
        "id": "Kartu ini dilaporkan {what}; kantor penerbit memeriksanya.",
        "en": "It was reported as {what}; its office is looking into it.",
    },
}
_SO: Mapping[bool, Text] = {
    True: {
        "id": "Tanyakan ke kantor sebelum menerimanya, dan cocokkan foto dan isinya dengan orangnya.",
        "en": "Ask the office before you accept it, and compare the photo and what it says with the person.",
    },
    False: {
        "id": "Cocokkan foto dan isinya dengan orangnya, dan hubungi kantor bila ragu.",
        "en": "Compare the photo and what it says with the person, and ask the office in doubt.",
    },
}

#: An earlier print of a card that was corrected and printed anew.
VOID_PRINT = Verdict(
    tone="bad",
    icon="bad",
    short={"id": "Cetakan batal", "en": "Void print"},
    says={
        "id": "Cetakan ini batal: ada cetakan yang lebih baru dengan nomor yang sama. Minta yang terbaru.",
        "en": "This print is void: a newer print of the same number exists. Ask for the newest one.",
    },
)

#: The file is registered as valid, but is not what was registered, or was changed.
NOT_GENUINE = Verdict(
    tone="bad",
    icon="bad",
    short={"id": "Berkas tidak asli", "en": "Not genuine"},
    says={
        "id": "Berkas ini bukan kartu yang diterbitkan, atau sudah diubah. Jangan diandalkan.",
        "en": "This file is not the card that was issued, or it was changed. Do not rely on it.",
    },
)

#: The file is not registered and bears no signature at all.
NO_SIGNED_CARD = Verdict(
    tone="end",
    icon="unknown",
    short={"id": "Bukan kartu", "en": "Not a card"},
    says={
        "id": "Berkas ini bukan kartu yang ditandatangani. Pilih berkas PDF kartu yang diunduh dari layanan ini.",
        "en": "This file is not a signed card. Choose the PDF of the card as it was downloaded from this service.",
    },
)


def worth(state: str, marks: Sequence[Mark] = (), *, reason: str | None = None) -> Verdict:
    """The verdict on a card in `state`, for whatever reason, that bears these marks."""
    if state == "valid" and marks:
        return replace(REPORTED, says={lang: _marked(marks, lang) for lang in ("id", "en")})
    return VOID_PRINT if reason == NEWER else WORDS[state]


def _marked(marks: Sequence[Mark], lang: str) -> str:
    """What is known of a reported card, what its office found first, and what to do."""
    known = sorted(marks, key=lambda mark: not mark.confirmed)
    said = [_MARKED[m.confirmed][lang].format(what=REPORTED_AS[m.kind][lang == "en"]) for m in known]
    return " ".join([REPORTED.says[lang], *said, _SO[known[0].confirmed][lang]])
