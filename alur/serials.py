"""Which certificates are to be revoked: by serials that the ceremony told, or by the certificates themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signing.transcript import serial, told_in

#: A serial number as transcripts and other programs write it: hex, with colons or blanks between, or 0x before it.
_SERIAL = re.compile(r"(?:0x)?([0-9a-f]+)", re.IGNORECASE)
_MOST = 40  # digits of a serial number (RFC 5280: 20 bytes)


def number_of(text: str) -> int:
    """The serial number that a text means; raises `click.UsageError` for any other text."""
    found = _SERIAL.fullmatch(re.sub(r"[:\s]", "", text))
    if found is None or len(found[1].lstrip("0")) > _MOST:
        raise click.UsageError(f"{text} is no serial number (hex).")
    return int(found[1], 16)


def transcript_beside(authority: Path) -> Path | None:
    """The transcript of the ceremony in whose folder the file of an authority lies; None where there is none."""
    places = (authority.parent.parent / "transcript.json", authority.parent / "transcript.json")
    return next((path for path in places if path.is_file()), None)


def issued_by(authority: x509.Certificate, transcript: Path | None) -> Mapping[int, str]:
    """Subjects by serial number of what the ceremony tells that this authority issued."""
    if transcript is None:
        return {}
    me = authority.subject.rfc4514_string()
    return {
        int(entry.serial, 16): entry.subject
        for entry in told_in(transcript.read_bytes())
        # Transcripts of before tell no issuer.
        if entry.serial and entry.subject and entry.subject != me and entry.issuer in (None, me)
    }


def of_certificates(authority: x509.Certificate, files: Iterable[Path]) -> Mapping[int, str]:
    """Subjects by serial number of certificates (PEM or DER); raises `click.UsageError` for one of somebody else."""
    found = {}
    for path in files:
        content = path.read_bytes()
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
        try:
            certificate = load(content)
            certificate.verify_directly_issued_by(authority)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise click.UsageError(f"{path} holds no certificate that this authority issued.") from error
        found[certificate.serial_number] = certificate.subject.rfc4514_string()
    return found


def require_known(numbers: Iterable[int], known: Mapping[int, str], transcript: Path | None) -> None:
    """Raise `click.UsageError`, which tells what is known, for a serial that no transcript tells."""
    for number in numbers:
        if number not in known:
            where = f"{transcript} tells none such of this authority" if transcript else "no transcript.json is here"
            lines = [f"  {serial(n)}  {subject}" for n, subject in known.items()]
            listed = "\n".join([" What it issued:", *lines]) if lines else ""
            raise click.UsageError(
                f"{serial(number)} is not known as a certificate of this authority: {where}. Name the ceremony's "
                "transcript with --transcript, or the certificate's file with --certificate; --unlisted revokes a "
                f"serial that nothing here tells.{listed}"
            )
