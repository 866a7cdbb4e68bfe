"""What an aspect of a verification says: what was looked at and what was found, or why it could not be looked at."""

from __future__ import annotations

from collections.abc import Mapping

#: What an aspect says: Indonesian, English.
SAYINGS: Mapping[str, tuple[str, str]] = {
    "passed": (
        "Setiap tanda tangan, dilihat sendiri, lulus pemeriksaan ETSI EN 319 102-1.",
        "Each signature, looked at by itself, passes the validation of ETSI EN 319 102-1.",
    ),
    "unmodified": ("Tidak ada yang diubah setelah ditandatangani.", "Nothing was changed after it was signed."),
    "countersigned": (
        "Setelah tanda tangan pertama hanya ditambahkan tanda tangan berikutnya.",
        "After the first signature only the further ones were added.",
    ),
    "archived": (
        "Setelah ditandatangani hanya ditambahkan stempel waktu arsip dan data pemeriksaannya.",
        "After the signatures only time stamps of the archive and their validation data were added.",
    ),
    "entire_file": (
        "Tanda tangan terakhir mencakup seluruh berkas.",
        "The last signature covers the whole file.",
    ),
    "archive_covers": (
        "Stempel waktu arsip terakhir mencakup seluruh berkas.",
        "The last time stamp of the archive covers the whole file.",
    ),
    "trusted": (
        "Semua tanda tangan yang seharusnya ada ditemukan, dan sertifikatnya berlaku saat menandatangani.",
        "Every signature that should be there was found; their certificates were valid when they signed.",
    ),
    "within_signed": (
        "Yang ditandatangani tidak diubah; yang tidak dicakup tanda tangan tidak dapat dinilai di sini.",
        "What was signed was not changed; what no signature covers could not be judged here.",
    ),
    "changes_unknown": (
        "Tidak dapat dinilai: tanda tangan yang tidak cocok tidak membuktikan isi berkas pada saat ditandatangani.",
        "Could not be judged: a signature that does not fit does not show what the file was when it was signed.",
    ),
    "covers_nothing": (
        "Rentangnya seluruh berkas, tetapi tanda tangan atau stempel waktunya tidak cocok; tidak ada yang dijamin.",
        "It spans the whole file, but signature or time stamp does not fit, so it assures nothing.",
    ),
    "signers_unknown": (
        "Tidak dapat dinilai: tanda tangan tidak cocok dengan isinya, jadi penanda tangannya tidak dapat dipastikan.",
        "Could not be judged: a signature does not fit the file's content, so it is not established who signed.",
    ),
    "unreadable": (
        "Tidak dapat diperiksa, karena berkasnya tidak dapat dibaca.",
        "Could not be looked at, since the file cannot be read.",
    ),
    "stopped": (
        "Tidak sempat diperiksa, karena pemeriksaannya dihentikan.",
        "Was not looked at, since the check was stopped.",
    ),
    "document_unreadable": (
        "Berkas rusak atau bukan PDF yang dapat dibaca, jadi tidak ada tanda tangan yang mencakupnya.",
        "The file is damaged or is not a readable PDF, so no signature covers it.",
    ),
    "no_signature": ("Tidak ada tanda tangan elektronik yang dapat diperiksa.", "There is no signature to check."),
    "same_file": ("Sama persis dengan kartu yang terdaftar.", "Exactly the file of the registered card."),
    "earlier_file": (
        "Berkas terdahulu dari kartu yang sama, dari sebelum arsipnya diperbarui.",
        "An earlier file of the same card, from before its archive was renewed.",
    ),
    "other_file": ("Berbeda dari kartu yang terdaftar.", "Not the file of the registered card."),
    "no_such_file": ("Tidak ada kartu terdaftar dengan isi ini.", "No registered card has this content."),
    "not_asked": (
        "Daftar kartu tidak ditanya, karena pemeriksaan ini luring; hanya kantor penerbit yang dapat menjawabnya.",
        "The register was not asked, since this check is offline; only the issuing office can answer.",
    ),
    "no_register": (
        "Tidak ada daftar kartu di sini untuk ditanya; hanya kantor penerbit yang dapat menjawabnya.",
        "There is no register here to be asked; only the issuing office can answer.",
    ),
    "valid": ("Menurut daftar, kartu berlaku.", "By the register, the card is valid."),
    "reported": ("Kartu berlaku, tetapi dilaporkan.", "The card is valid, but was reported."),
    "expired": ("Masa berlaku kartu sudah habis.", "The card has expired."),
    "replaced": ("Kartu sudah diganti dengan yang lebih baru.", "A newer card has replaced this one."),
    "revoked": ("Kartu dicabut oleh kantor penerbit.", "The issuing office has revoked the card."),
    "returned": ("Kartu sudah dikembalikan.", "The card was returned."),
    "void": ("Nomor atau cetakan ini batal.", "This number or print is void."),
    "unknown": (
        "Daftar tidak mengenal kartu dengan berkas ini, jadi statusnya tidak dapat dikatakan.",
        "The register knows no card by this file, so there is no status to tell.",
    ),
}
