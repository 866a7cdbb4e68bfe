"""The web's own sentences about cards and about the secrets that sign them, by code."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.process import Text

CARD_SENTENCES: Mapping[str, Text] = {
    "no_valid_card": {
        "id": "Tidak ada kartu yang berlaku dengan nomor atau kode ini.",
        "en": "There is no valid card with this number or code.",
    },
    "unknown_kind": {"id": "Pilih apa yang dilaporkan.", "en": "Choose what you report."},
    "unknown_card_report": {"id": "Laporan kartu ini tidak ada.", "en": "There is no such report of a card."},
    "card_report_settled": {
        "id": "Laporan kartu ini sudah diselesaikan.",
        "en": "This report of a card has been settled.",
    },
    "nothing_to_report": {
        "id": "Berkas ini tidak memuat tanda tangan yang dapat dibaca, sehingga tidak ada laporannya.",
        "en": "This file bears no signature that could be read, so there is no report on it.",
    },
    "dossier_failed": {
        "id": "Berkas permohonan tidak dapat disusun sekarang. Coba lagi sebentar.",
        "en": "The dossier cannot be put together now. Try again in a moment.",
    },
    "no_card": {"id": "Kartu belum terbit.", "en": "No card has been issued yet."},
    "no_print": {"id": "Belum ada cetakan kartu.", "en": "The card has not been printed yet."},
    "card_not_valid": {
        "id": "Kartu ini tidak berlaku, sehingga tidak dapat diunduh.",
        "en": "This card does not stand, so it cannot be downloaded.",
    },
    "secret_not_taken": {
        "id": "Kunci penanda tangan di sini tidak memerlukan PIN atau sandi.",
        "en": "The signing key here takes no PIN or passphrase.",
    },
    "secret_needed": {
        "id": "Isikan PIN atau sandi kunci penanda tangan. Belum ada yang ditandatangani.",
        "en": "Give the PIN or passphrase of the signing key. Nothing was signed.",
    },
    "secret_not_yours": {
        "id": "Tanda tangan ini diminta petugas lain; hanya ia yang memberikan PIN atau sandi untuk mencobanya lagi.",
        "en": "Another officer asked for this signature; only that officer gives the PIN or passphrase to try again.",
    },
    "secret_too_long": {
        "id": "PIN atau sandi terlalu panjang; paling banyak {limit} huruf.",
        "en": "The PIN or passphrase is too long; at most {limit} letters.",
    },
    "signer_away": {
        "id": "Petugas mesin penanda tangan tidak menjawab, jadi belum ada yang ditandatangani. Coba lagi sebentar.",
        "en": "No signing worker answers, so nothing was signed. Try again in a moment.",
    },
}
