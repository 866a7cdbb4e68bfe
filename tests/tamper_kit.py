"""The tamper matrix: files that are no longer the card that was signed, and what must be said of each."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.certificates import Issued, revocation_list
from signing.development import DevelopmentPki
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import finish, prepare, sign
from signing.timestamps import local_timestamper
from signing.trust import Trust
from tests.archive_kit import archived, issuing_of, own_pki, revoking, trailed
from tests.changes_kit import (
    GARBAGE,
    add_field,
    add_layer,
    annotate,
    appended,
    emptied,
    fill_field,
    flipped,
    moved,
    padded,
    retitle,
    revisions,
    stretched,
    swap_page,
    unpinned,
)
from tests.signing_kit import card_pdf, first_of_two, profile, signed, signed_by_two


@dataclass(frozen=True, kw_only=True)
class Row:
    """One tampered file."""

    name: str
    pdf: bytes
    #: Whom the verifier trusts.
    trust: Trust
    #: Signatures that the card must bear.
    expected: int = 1
    #: What must be said of it, among other things.
    code: str
    #: Days that pass before it is looked at.
    days: int = 0
    #: True where nothing else is said of it: without its check the file would pass.
    alone: bool = False


def with_strange_certificate(pdf: bytes, pki: DevelopmentPki) -> bytes:
    """Return the file with one bit changed in the issuer's certificate that its signature carries along."""
    hexed = pki.issuing.hex().upper().encode()
    at = pdf.index(hexed) + len(hexed) - 1
    return pdf[:at] + (b"1" if pdf[at : at + 1] != b"1" else b"2") + pdf[at + 1 :]


def signed_by(pki: DevelopmentPki, pdf: bytes, level: Level = Level.B_LT, **changes: Any) -> bytes:
    """Return any file signed, certifying it unless told otherwise."""
    given = profile(pki, level, **changes)
    ready = asyncio.run(prepare(pdf, given))
    return finish(ready, asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), given.timestamper)))


def matrix(pki: DevelopmentPki, other: DevelopmentPki, folder: Path) -> list[Row]:
    """Return the matrix but for flipped bytes; `other` is a PKI whose names are the same."""
    now, trust = datetime.now(UTC), pki.trust
    lt, two = signed(pki), signed_by_two(pki)
    lta, form = archived(lt, pki), appended(card_pdf(), add_field)
    late, _authorities = own_pki(folder / "late", signs_from=now - timedelta(days=1000), years=1)
    fallen, (fallen_root, _issuing) = own_pki(folder / "fallen")
    rows = [
        Row(name="content", pdf=flipped(lt, lt.index(b"stream") + 40), trust=trust, code="content_changed"),
        Row(name="signature value", pdf=_forged(pki, card_pdf()), trust=trust, code="signature_forged"),
        Row(name="trailing garbage", pdf=lt + GARBAGE, trust=trust, code="not_whole_file", alone=True),
        Row(name="trailing block", pdf=lt + b"A" * 4096, trust=trust, code="document_unreadable"),
        Row(name="garbage after the archive", pdf=lta + GARBAGE, trust=trust, code="not_whole_file", alone=True),
        _sole("unsigned validation data at the end", trailed(lt, pki), trust, "not_whole_file"),
        Row(name="page swapped", pdf=appended(lt, swap_page), trust=trust, code="modified_after_signing"),
        _sole("page swapped and archived", archived(appended(lt, swap_page), pki), trust, "modified_after_signing"),
        Row(name="note added", pdf=appended(lt, annotate), trust=trust, code="modified_after_signing"),
        _sole("note added and archived", archived(appended(lt, annotate), pki), trust, "modified_after_signing"),
        _sole("title changed and archived", archived(appended(lt, retitle), pki), trust, "modified_after_signing"),
        _sole("field filled and archived", _filled(pki, form), trust, "modified_after_signing"),
        Row(name="layer added", pdf=appended(lt, add_layer), trust=trust, code="hidden_layers"),
        _sole("hidden layers signed", signed_by(pki, appended(card_pdf(), add_layer)), trust, "hidden_layers"),
        Row(name="wrapped in its room", pdf=stretched(lt), trust=trust, code="signature_wrapped"),
        _sole("padding changed", padded(lt), trust, "signature_loose"),
        _sole("certificate carried along changed", with_strange_certificate(lt, pki), trust, "signature_loose"),
        Row(name="other certificate of the same name", pdf=signed(other), trust=trust, code="signer_not_trusted"),
        Row(name="stamped by a stranger", pdf=_stamped(pki, other), trust=trust, code="timestamp_invalid"),
        Row(name="archived by a stranger", pdf=archived(lt, other), trust=trust, code="archive_stamp_invalid"),
        _sole("stamped as a whole by a stranger", _stranger(pki, other), trust, "archive_stamp_invalid"),
        _sole("expired before the stamp", signed(late, Level.B_T), late.trust, "certificate_expired"),
        Row(
            name="revoked before the stamp",
            pdf=lt,
            trust=revoking(pki, issuing_of(pki), pki.seal, now - timedelta(days=1)),
            code="certificate_revoked",
        ),
        Row(
            name="revoked, without a stamp",
            pdf=signed(pki, Level.B_B),
            trust=revoking(pki, issuing_of(pki), pki.seal, now - timedelta(days=1)),
            code="certificate_revoked",
        ),
        _sole(
            "issuer revoked",
            signed(fallen),
            revoking(fallen, fallen_root, fallen.issuing, now + timedelta(seconds=1)),
            "certificate_revoked",
        ),
        # The time stamp stands, and the signer stood when it signed; whether it was revoked since, nobody can tell.
        Row(
            name="revocation not known any more",
            pdf=signed(fallen),
            trust=_outdated(fallen, fallen_root),
            code="ades_not_passed",
            alone=True,
            days=60,
        ),
        Row(name="without signature", pdf=card_pdf(), trust=trust, code="signature_missing"),
        Row(name="no PDF", pdf=b"GIF89a", trust=trust, code="document_unreadable"),
        _sole("a second signature too many", two, trust, "signature_unexpected"),
        Row(
            name="foreign second signature",
            pdf=_foreign(pki, other),
            trust=trust,
            expected=2,
            code="signer_not_trusted",
        ),
    ]
    for n, earlier in enumerate(revisions(two)):
        alone = bool(PdfFileReader(io.BytesIO(earlier)).embedded_signatures)
        rows.append(
            Row(
                name=f"cut after revision {n}",
                pdf=earlier,
                trust=trust,
                expected=2,
                code="signature_missing",
                alone=alone,
            )
        )
    return rows


#: Files that are read as something else, or not at all: only that they are refused is asked.
def unreadable(pki: DevelopmentPki) -> dict[str, bytes]:
    """Return files whose structure was changed so that readers may disagree about them, by name."""
    lt = signed(pki)
    return {
        "range moved": moved(lt),
        "range of nothing": unpinned(lt),
        "emptied": emptied(lt),
        "half": lt[: len(lt) // 2],
        "without its end": lt[:-20],
    }


def _sole(name: str, pdf: bytes, trust: Trust, code: str) -> Row:
    return Row(name=name, pdf=pdf, trust=trust, code=code, alone=True)


def with_forged_second(pki: DevelopmentPki) -> bytes:
    """Return a card whose second signature is not the signer's."""
    return _forged(pki, first_of_two(pki), field="Second", certify=False)


def _forged(pki: DevelopmentPki, pdf: bytes, **changes: Any) -> bytes:
    ready = asyncio.run(prepare(pdf, profile(pki, Level.B_B, **changes)))
    cms = bytearray(asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), None)))
    cms[-5] ^= 1
    return finish(ready, bytes(cms))


def _stranger(pki: DevelopmentPki, other: DevelopmentPki) -> bytes:
    return archived(signed(pki, Level.B_T), _among_us(other, pki), bare=True)


def _among_us(other: DevelopmentPki, pki: DevelopmentPki) -> DevelopmentPki:
    """A stranger who carries our own chain along, so that nothing but its stamp is strange."""
    return replace(other, root=pki.root, issuing=pki.issuing)


def _outdated(pki: DevelopmentPki, root: Issued) -> Trust:
    """The root's list is renewed in two months, the issuing authority's is not."""
    fresh = revocation_list(root, 2, datetime.now(UTC) + timedelta(days=59)).public_bytes(Encoding.DER)
    return replace(pki.trust, crls=(fresh, pki.crls[1]))


def _filled(pki: DevelopmentPki, form: bytes) -> bytes:
    return archived(appended(signed_by(pki, form), fill_field), pki)


def _stamped(pki: DevelopmentPki, by: DevelopmentPki) -> bytes:
    return signed_by(pki, card_pdf(), Level.B_T, timestamper=local_timestamper(_among_us(by, pki)))


def _foreign(pki: DevelopmentPki, other: DevelopmentPki) -> bytes:
    return signed_by(other, first_of_two(pki), Level.B_T, field="Second", certify=False)
