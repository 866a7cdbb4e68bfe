"""The transcript of a key ceremony: what was made, when, and by which fingerprints it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import CeremonyError


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One step. Times are ISO 8601, UTC; no entry holds a secret."""

    #: When it was done.
    at: str
    #: What was done.
    what: str
    #: File that it wrote, below the ceremony's folder; None where it wrote none.
    file: str | None = None
    #: SHA-256 of that file, hex.
    file_sha256: str | None = None
    #: Subject of the certificate, RFC 4514.
    subject: str | None = None
    #: Who issued it, RFC 4514.
    issuer: str | None = None
    #: Its serial number in whole bytes, hex.
    serial: str | None = None
    #: SHA-256 of the certificate (DER) or, of a bare key, of the public key, hex.
    fingerprint: str | None = None
    #: Since when and until when it is valid.
    begins: str | None = None
    ends: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What a ceremony did, in its order."""

    #: Whose keys these are.
    organisation: str
    #: A rehearsal: the keys say "DEV – TIDAK SAH" and were thrown away.
    rehearsal: bool
    #: Who watched.
    witnesses: tuple[str, ...]
    entries: list[Entry] = field(default_factory=list)

    def to_json(self) -> str:
        """The transcript for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    def to_text(self) -> str:
        """The transcript for people, with lines to sign."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"Key ceremony of {self.organisation}"
        if self.rehearsal:
            yield "REHEARSAL: the keys below were thrown away and count nowhere."
        for number, entry in enumerate(self.entries, 1):
            yield ""
            yield f"{number}. {entry.at}  {entry.what}"
            for name, value in asdict(entry).items():
                if name not in ("at", "what") and value is not None:
                    yield f"   {_WORDS[name]:<12} {colons(value) if name == 'fingerprint' else value}"
        yield ""
        yield from (
            f"Witness: {name}   Signature: ____________________" for name in self.witnesses or ("____________",)
        )


_WORDS = {
    "file": "file",
    "file_sha256": "its SHA-256",
    "subject": "subject",
    "issuer": "issued by",
    "serial": "serial",
    "fingerprint": "fingerprint",
    "begins": "valid from",
    "ends": "until",
}


def of_certificate(at: datetime, what: str, certificate: x509.Certificate, file: str, content: bytes) -> Entry:
    """The entry of a certificate that was issued and of the file that holds it."""
    return Entry(
        at=stamp(at),
        what=what,
        file=file,
        file_sha256=sha256(content),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=serial(certificate.serial_number),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        begins=stamp(certificate.not_valid_before_utc),
        ends=stamp(certificate.not_valid_after_utc),
    )


def of_list(at: datetime, what: str, found: x509.CertificateRevocationList, file: str) -> Entry:
    """The entry of a revocation list, which is written as DER."""
    return Entry(
        at=stamp(at),
        what=what,
        file=file,
        file_sha256=sha256(found.public_bytes(Encoding.DER)),
        subject=found.issuer.rfc4514_string(),
        begins=stamp(found.last_update_utc),
        ends=stamp(found.next_update_utc) if found.next_update_utc else None,
    )


def serial(number: int) -> str:
    """A serial number as its whole bytes, hex."""
    return number.to_bytes((number.bit_length() + 7) // 8 or 1).hex()


def sha256(content: bytes) -> str:
    """The digest by which files and keys are known, hex."""
    return hashlib.sha256(content).hexdigest()


def stamp(moment: datetime) -> str:
    """A moment as transcripts write it."""
    return moment.isoformat(timespec="seconds")


def colons(digest: str) -> str:
    """A fingerprint (hex) as `openssl x509 -fingerprint` prints it."""
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)).upper()


def told_in(content: bytes) -> tuple[Entry, ...]:
    """The entries of a transcript (JSON); raises CeremonyError `transcript_unreadable`."""
    try:
        return tuple(Entry(**entry) for entry in json.loads(content)["entries"])
    except (ValueError, TypeError, KeyError) as error:
        raise CeremonyError("transcript_unreadable", "This is no transcript.json of a ceremony.") from error
