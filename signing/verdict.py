"""What a verification found: separate findings, and problems with stable codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from signing.levels import Level

#: What each problem code means, for people: Indonesian, English.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "document_unreadable": (
        "Berkas rusak atau bukan PDF yang dapat dibaca.",
        "The file is damaged or is not a readable PDF.",
    ),
    "verification_stopped": (
        "Pemeriksaan dihentikan karena berkas ini terlalu berat untuk diperiksa.",
        "The check was stopped because the file is too demanding to check.",
    ),
    "signature_missing": (
        "Tanda tangan elektronik yang seharusnya ada tidak ditemukan.",
        "An electronic signature that should be there is missing.",
    ),
    "signature_unexpected": (
        "Berkas memuat tanda tangan yang tidak seharusnya ada.",
        "The file carries a signature that should not be there.",
    ),
    "content_changed": (
        "Isi berkas tidak sama dengan yang ditandatangani.",
        "The content is not what was signed.",
    ),
    "signature_forged": (
        "Tanda tangan tidak cocok dengan sertifikat penanda tangan.",
        "The signature does not match the signer's certificate.",
    ),
    "modified_after_signing": (
        "Berkas diubah setelah ditandatangani.",
        "The file was modified after it was signed.",
    ),
    "not_whole_file": (
        "Tanda tangan terakhir tidak mencakup seluruh berkas.",
        "The last signature does not cover the whole file.",
    ),
    "signature_wrapped": (
        "Di tempat tanda tangan disisipkan isi lain yang tidak ikut ditandatangani.",
        "Something that is not signed was put where a signature leaves room for itself.",
    ),
    "signature_loose": (
        "Tanda tangan membawa data yang tidak ikut ditandatangani.",
        "A signature carries data that nobody signed.",
    ),
    "hidden_layers": (
        "Berkas memuat lapisan yang dapat disembunyikan, sehingga isinya tampak berbeda bagi pembaca lain.",
        "The file has layers that can be hidden, so it may show something else to other readers.",
    ),
    "signer_not_trusted": (
        "Sertifikat penanda tangan bukan dari penerbit yang diakui.",
        "The signer's certificate is not from a recognised issuer.",
    ),
    "certificate_expired": (
        "Sertifikat penanda tangan tidak berlaku pada saat penandatanganan.",
        "The signer's certificate was not valid at the time of signing.",
    ),
    "certificate_revoked": (
        "Sertifikat penanda tangan telah dicabut.",
        "The signer's certificate has been revoked.",
    ),
    "revocation_unknown": (
        "Status pencabutan sertifikat tidak dapat dipastikan saat ini.",
        "Whether the certificate is revoked cannot be established at present.",
    ),
    "timestamp_invalid": (
        "Stempel waktu tanda tangan tidak sah.",
        "The time stamp of the signature is not valid.",
    ),
    "archive_stamp_invalid": (
        "Stempel waktu arsip pada berkas tidak sah.",
        "A time stamp of the archive in the file is not valid.",
    ),
    "ades_not_passed": (
        "Tanda tangan tidak lulus pemeriksaan AdES (ETSI EN 319 102-1).",
        "The signature does not pass the AdES validation (ETSI EN 319 102-1).",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One reason not to rely on the file."""

    #: Stable code, a key of PROBLEMS.
    code: str
    #: Signature field concerned; None when it is the file as a whole.
    field: str | None = None

    @property
    def text(self) -> dict[str, str]:
        """The sentence for people, by language: `id`, `en`."""
        indonesian, english = PROBLEMS[self.code]
        return {"id": indonesian, "en": english}


@dataclass(frozen=True, kw_only=True)
class SignatureFinding:
    """What was found about one signature, each aspect for itself."""

    #: Signature field.
    field: str
    #: Common name in the signer's certificate.
    signer: str
    #: SHA-256 of the signer's certificate, hexadecimal.
    certificate_sha256: str
    #: Whether the certificate says that it is a development one, never valid outside tests.
    development: bool
    #: Time that the signer claims, aware; None when none is claimed.
    claimed_at: datetime | None
    #: Time of the time stamp, aware, once it is found valid; None otherwise.
    stamped_at: datetime | None
    #: Level that the file carries for this signature.
    level: Level
    #: Whether content, certificate, modifications and time stamp are all in order (pyHanko's bottom line).
    integrity: bool
    #: AdES indication: PASSED, INDETERMINATE or FAILED.
    ades: str
    #: AdES sub-indication, "OK" when passed.
    ades_detail: str
    #: Modifications after this signature: NONE, LTA_UPDATES, FORM_FILLING, ANNOTATIONS, OTHER.
    modification: str
    #: How much of the file it covers: ENTIRE_FILE, ENTIRE_REVISION, CONTIGUOUS_BLOCK_FROM_START, UNCLEAR.
    coverage: str


@dataclass(frozen=True, kw_only=True)
class StampFinding:
    """What was found about a document time stamp, which keeps the signatures before it for longer."""

    #: Signature field.
    field: str
    #: Common name in the certificate of the time-stamping authority.
    authority: str
    #: Time that it tells, aware.
    stamped_at: datetime
    #: End of the authority's certificate, aware: the archive is to be renewed before it.
    expires_at: datetime
    #: Whether it is over all that comes before it, and its certificate counted when the next one was made, or now.
    integrity: bool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The findings about a file; the register and the card's state are not known here."""

    #: One finding per signature, in the file's order.
    signatures: tuple[SignatureFinding, ...] = ()
    #: Everything that speaks against the file.
    problems: tuple[Problem, ...] = ()
    #: Document time stamps, in the file's order.
    stamps: tuple[StampFinding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the file and at least one signature speaks for it."""
        return bool(self.signatures) and not self.problems

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the problems."""
        return tuple(problem.code for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as a JSON-able mapping: times in ISO 8601, the texts of problems included."""
        return {
            "ok": self.ok,
            "signatures": [_finding_json(finding) for finding in self.signatures],
            "stamps": [asdict(stamp) | _times(stamp) for stamp in self.stamps],
            "problems": [asdict(problem) | {"text": problem.text} for problem in self.problems],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        return cls(
            signatures=tuple(_finding(finding) for finding in body["signatures"]),
            stamps=tuple(StampFinding(**{**found, **_parsed(found, _STAMP_TIMES)}) for found in body["stamps"]),
            problems=tuple(Problem(code=found["code"], field=found["field"]) for found in body["problems"]),
        )


_SIGNATURE_TIMES = ("claimed_at", "stamped_at")
_STAMP_TIMES = ("stamped_at", "expires_at")


def _finding_json(finding: SignatureFinding) -> dict[str, Any]:
    times: dict[str, datetime | None] = {name: getattr(finding, name) for name in _SIGNATURE_TIMES}
    return asdict(finding) | {"level": finding.level.value} | _written(times)


def _times(stamp: StampFinding) -> dict[str, str | None]:
    return _written({name: getattr(stamp, name) for name in _STAMP_TIMES})


def _written(times: Mapping[str, datetime | None]) -> dict[str, str | None]:
    return {name: None if time is None else time.isoformat() for name, time in times.items()}


def _finding(body: Mapping[str, Any]) -> SignatureFinding:
    return SignatureFinding(**{**body, **_parsed(body, _SIGNATURE_TIMES), "level": Level(body["level"])})


def _parsed(body: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, datetime | None]:
    return {name: body[name] and datetime.fromisoformat(body[name]) for name in names}
