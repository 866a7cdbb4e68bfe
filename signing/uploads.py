"""What an upload must be, what was found about it, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signing.errors import UploadRefused

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"

#: Beginnings of the files that can be admitted; the name of a file and what its sender calls it count for
#: nothing.
_SIGNATURES = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))

#: Why an upload is refused and what to do about it: Indonesian, English.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "file_empty": ("Berkas kosong. Pilih berkas lain.", "The file is empty. Choose another one."),
    "file_not_pdf": (
        "Berkas ini bukan PDF. Kirim berkas PDF kartu.",
        "This file is not a PDF. Send the PDF of the card.",
    ),
    "file_too_large": (
        "Berkas terlalu besar. Perkecil atau pindai ulang dengan resolusi lebih rendah.",
        "The file is too large. Make it smaller, or scan again at a lower resolution.",
    ),
    "file_too_small": (
        "Berkas terlalu kecil untuk dapat dibaca. Pindai atau foto ulang.",
        "The file is too small to be readable. Scan or photograph it again.",
    ),
    "file_type_not_accepted": (
        "Jenis berkas ini tidak diterima. Kirim PDF, JPEG, atau PNG sesuai permintaan; "
        "mengganti nama berkas tidak cukup.",
        "This type of file is not accepted. Send a PDF, JPEG or PNG as asked; renaming a file is not enough.",
    ),
    "file_unreadable": (
        "Berkas rusak atau tidak lengkap. Buka di perangkat Anda, simpan ulang, lalu unggah lagi.",
        "The file is damaged or incomplete. Open it on your device, save it again and upload it again.",
    ),
    "pdf_password": (
        "PDF ini terkunci kata sandi. Simpan tanpa kata sandi, lalu unggah lagi.",
        "This PDF is locked with a password. Save it without one and upload it again.",
    ),
    "pdf_active_content": (
        "PDF ini memuat skrip, formulir aktif, atau lampiran. Cetak ke PDF baru, lalu unggah lagi.",
        "This PDF holds scripts, active forms or attachments. Print it to a new PDF and upload that.",
    ),
    "pdf_bomb": (
        "PDF ini terlalu berat untuk dibuka. Pindai ulang dokumen aslinya.",
        "This PDF is too demanding to open. Scan the original document again.",
    ),
    "image_bomb": (
        "Gambar ini terlalu besar ukurannya dalam piksel. Kirim foto dengan resolusi lebih rendah.",
        "This picture has too many pixels. Send a photo of a lower resolution.",
    ),
    "image_ratio": (
        "Perbandingan lebar dan tinggi foto tidak sesuai. Potong foto sesuai ukuran yang diminta.",
        "The photo does not have the proportions asked for. Crop it to them.",
    ),
    "inspection_timeout": (
        "Berkas ini terlalu lama diperiksa. Simpan ulang atau pindai ulang, lalu unggah lagi.",
        "Checking this file took too long. Save or scan it again and upload it again.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class UploadRules:
    """What is asked of an upload."""

    #: Media types admitted: of application/pdf, image/jpeg, image/png.
    accept: tuple[str, ...]
    #: Largest size, in bytes.
    max_size: int
    #: Smallest size, in bytes.
    min_size: int = 1
    #: Width and height of a picture, as (3, 4), kept within 10 %; None admits any.
    ratio: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found about an upload that was admitted."""

    #: Media type by content.
    media_type: str
    #: Size, in bytes.
    size: int
    #: SHA-256, hexadecimal.
    sha256: str
    #: Number of pages; None for pictures.
    pages: int | None = None
    #: Width and height as a viewer shows them, in pixels; None for PDF.
    pixels: tuple[int, int] | None = None
    #: Codes of things worth an officer's look: `photo_small`, `pdf_owner_password`, `pdf_many_pages`.
    warnings: tuple[str, ...] = ()


def media_type(data: bytes) -> str | None:
    """Return the media type that the content begins as; None for everything that is never admitted."""
    return next((kind for beginning, kind in _SIGNATURES if data.startswith(beginning)), None)


def refused(code: str) -> UploadRefused:
    """Return the refusal with that code, a key of REFUSALS."""
    indonesian, english = REFUSALS[code]
    return UploadRefused(code, {"id": indonesian, "en": english})


def no_card(data: bytes) -> UploadRefused | None:
    """Why a file cannot be a card's, by its first bytes; None where it is to be checked."""
    if not data:
        return refused("file_empty")
    return None if media_type(data) == PDF else refused("file_not_pdf")


def fits(pixels: tuple[int, int], ratio: tuple[int, int]) -> bool:
    """Tell whether a picture has the ratio of width to height asked for, within 10 %."""
    actual, wanted = pixels[0] * ratio[1], pixels[1] * ratio[0]
    return abs(actual - wanted) * 10 <= wanted
