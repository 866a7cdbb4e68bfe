"""The aspects of a verification, each told on its own: what was found of the file, and what its register says.

What holds in one aspect says nothing about another: AdES passes a file whose pages were swapped, and a perfect file may
be of a card that was revoked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signing.marks import Mark
from signing.verdict import PROBLEMS, SignatureFinding, Verdict

ADES, MODIFICATION, COVERAGE, SIGNERS, REGISTER, STATUS = (
    "ades",
    "modification",
    "coverage",
    "signers",
    "register",
    "status",
)

#: Names of the aspects, in the order in which they are told: Indonesian, English.
TITLES: Mapping[str, tuple[str, str]] = {
    ADES: ("Pemeriksaan AdES", "AdES validation"),
    MODIFICATION: ("Perubahan isi", "Modification"),
    COVERAGE: ("Cakupan tanda tangan", "Coverage"),
    SIGNERS: ("Penanda tangan", "Signers"),
    REGISTER: ("Daftar kartu", "Register"),
    STATUS: ("Status kartu", "Card status"),
}

#: Where each problem of a verdict belongs.
_OF: Mapping[str, str] = {
    "ades_not_passed": ADES,
    "document_unreadable": COVERAGE,
    "verification_stopped": COVERAGE,
    "not_whole_file": COVERAGE,
    "signature_wrapped": COVERAGE,
    "signature_loose": COVERAGE,
    "content_changed": MODIFICATION,
    "modified_after_signing": MODIFICATION,
    "hidden_layers": MODIFICATION,
} | dict.fromkeys(
    (
        "signature_missing",
        "signature_unexpected",
        "signature_forged",
        "signer_not_trusted",
        "certificate_expired",
        "certificate_revoked",
        "revocation_unknown",
        "timestamp_invalid",
        "archive_stamp_invalid",
    ),
    SIGNERS,
)

#: What an aspect says: Indonesian, English.
SAYINGS: Mapping[str, tuple[str, str]] = {
    "passed": (
        "Semua tanda tangan lulus pemeriksaan ETSI EN 319 102-1.",
        "Every signature passes the validation of ETSI EN 319 102-1.",
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
    "no_signature": ("Tidak ada tanda tangan elektronik yang dapat diperiksa.", "There is no signature to check."),
    "same_file": ("Sama persis dengan kartu yang terdaftar.", "Exactly the file of the registered card."),
    "earlier_file": (
        "Berkas terdahulu dari kartu yang sama, dari sebelum arsipnya diperbarui.",
        "An earlier file of the same card, from before its archive was renewed.",
    ),
    "other_file": ("Berbeda dari kartu yang terdaftar.", "Not the file of the registered card."),
    "no_such_file": ("Tidak ada kartu terdaftar dengan isi ini.", "No registered card has this content."),
    "not_asked": (
        "Daftar kartu tidak ditanya; hanya kantor penerbit yang dapat menjawabnya.",
        "The register was not asked; only the issuing office can answer.",
    ),
    "valid": ("Kartu berlaku.", "The card is valid."),
    "reported": ("Kartu berlaku, tetapi dilaporkan.", "The card is valid, but was reported."),
    "expired": ("Masa berlaku kartu sudah habis.", "The card has expired."),
    "replaced": ("Kartu sudah diganti dengan yang lebih baru.", "A newer card has replaced this one."),
    "revoked": ("Kartu dicabut oleh kantor penerbit.", "The issuing office has revoked the card."),
    "returned": ("Kartu sudah dikembalikan.", "The card was returned."),
    "void": ("Nomor atau cetakan ini batal.", "This number or print is void."),
    "unknown": ("Kartu tidak dikenal.", "The card is not known."),
}


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One aspect, and what was found."""

    #: A key of TITLES.
    name: str
    #: Whether it speaks for the card; None where nothing can be said.
    holds: bool | None
    #: What was found: a key of SAYINGS, or of PROBLEMS where it does not hold.
    code: str
    #: What the card is reported as; the status tells it.
    marks: tuple[Mark, ...] = ()

    @property
    def title(self) -> dict[str, str]:
        """Its name for people, by language: `id`, `en`."""
        return _both(TITLES[self.name])

    @property
    def text(self) -> dict[str, str]:
        """The sentence for people, by language: `id`, `en`."""
        said = _both(SAYINGS.get(self.code) or PROBLEMS[self.code])
        marks = {lang: "; ".join(mark.text[lang] for mark in self.marks) for lang in said}
        return {lang: f"{words[:-1]}: {marks[lang]}." if self.marks else words for lang, words in said.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the aspect as a JSON-able mapping with its title and sentence."""
        return {"name": self.name, "holds": self.holds, "code": self.code, "title": self.title, "text": self.text}


def of_file(verdict: Verdict) -> tuple[Aspect, ...]:
    """Return what the file alone tells: AdES, modification, coverage and signers."""
    found = {name: [code for code in verdict.codes if _OF[code] == name] for name in (ADES, *_SOUND)}
    return tuple(_aspect(name, codes, verdict) for name, codes in found.items())


def of_register(
    same_file: bool | None, state: str, *, earlier: bool = False, marks: Sequence[Mark] = ()
) -> tuple[Aspect, ...]:
    """Return what the register tells: whether it holds this very file, and what the card is worth now.

    `earlier` is a file that the card had before its archive was renewed; `marks` is what a valid one is reported as.
    """
    code = "earlier_file" if earlier else {True: "same_file", False: "other_file", None: "no_such_file"}[same_file]
    known = None if state == "unknown" else state == "valid"
    return (
        Aspect(name=REGISTER, holds=bool(same_file) or earlier, code=code),
        Aspect(name=STATUS, holds=known, code="reported" if marks else state, marks=tuple(marks)),
    )


def unasked() -> tuple[Aspect, ...]:
    """Return the register's aspects where it was not asked."""
    return tuple(Aspect(name=name, holds=None, code="not_asked") for name in (REGISTER, STATUS))


def _aspect(name: str, codes: Sequence[str], verdict: Verdict) -> Aspect:
    if codes:
        return Aspect(name=name, holds=False, code=codes[0])
    if not verdict.signatures:
        return Aspect(name=name, holds=None, code="no_signature")
    return Aspect(name=name, holds=True, code="passed" if name == ADES else _SOUND[name](verdict.signatures))


def _changes(signatures: Sequence[SignatureFinding]) -> str:
    if signatures[-1].modification != "NONE":
        return "archived"
    return "countersigned" if len(signatures) > 1 else "unmodified"


def _cover(signatures: Sequence[SignatureFinding]) -> str:
    return "entire_file" if signatures[-1].coverage == "ENTIRE_FILE" else "archive_covers"


def _signed(_signatures: Sequence[SignatureFinding]) -> str:
    return "trusted"


#: What a sound aspect says, by what was found of the signatures.
_SOUND = {MODIFICATION: _changes, COVERAGE: _cover, SIGNERS: _signed}


def _both(words: tuple[str, str]) -> dict[str, str]:
    return {"id": words[0], "en": words[1]}
