"""Sentences of erasures that are refused."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.process import Text

#: Sentences by code, as in `workflow.refusals`.
ERASURES: Mapping[str, Text] = {
    "data_erased": {
        "id": "Data permohonan ini sudah dihapus menurut hukum, sehingga tidak ada lagi yang dapat diputuskan.",
        "en": "The data of this case was erased by law, so nothing more can be decided about it.",
    },
    "erase_live": {
        "id": "Data permohonan {case} belum dapat dihapus karena permohonan masih berjalan ({state}). "
        "Akhiri dahulu, misalnya dengan menariknya kembali, lalu coba lagi.",
        "en": "The data of case {case} cannot be erased yet because it is still going on ({state}). "
        "End it first, for example by withdrawing it, then try again.",
    },
    "erase_card_valid": {
        "id": "Data permohonan {case} belum dapat dihapus karena kartu {number} masih berlaku. "
        "Kembalikan atau cabut kartu itu dahulu, lalu coba lagi.",
        "en": "The data of case {case} cannot be erased yet because the card {number} is still valid. "
        "Give it back or revoke it first, then try again.",
    },
    "erase_busy": {
        "id": "Permohonan {case} sedang diproses. Tunggu sebentar, lalu coba lagi.",
        "en": "Case {case} is being worked on. Wait a moment, then try again.",
    },
}
