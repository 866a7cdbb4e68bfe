"""The tamper matrix: files that are no longer the card that was signed, and what must be said of each."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko_certvalidator import ValidationContext

from signing.certificates import Issued, authority, revocation_list, seal, time_stamper
from signing.development import DevelopmentPki
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import finish, prepare, sign
from signing.private_files import bundle
from signing.timestamps import local_timestamper
from signing.trust import Trust
from tests.signing_kit import card_pdf, first_of_two, profile, signed, signed_by_two

GARBAGE = b"\n%garbage\n"


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


def flipped(pdf: bytes, at: int) -> bytes:
    """Return the file with one bit of one byte changed."""
    changed = bytearray(pdf)
    changed[at] ^= 1
    return bytes(changed)


def places(pdf: bytes, count: int) -> list[int]:
    """Return places spread evenly over a file, the first and the last byte among them."""
    return [round(i * (len(pdf) - 1) / (count - 1)) for i in range(count)]


def revisions(pdf: bytes) -> list[bytes]:
    """Return what the file was after each revision but the last."""
    ends = [i + len(b"%%EOF") for i in range(len(pdf)) if pdf.startswith(b"%%EOF", i)]
    return [pdf[:end] + b"\n" * pdf[end : end + 1].count(b"\n") for end in ends[:-1]]


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return the file with one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archived(pdf: bytes, pki: DevelopmentPki, *, bare: bool = False) -> bytes:
    """Return the file with a document time stamp of `pki` over all of it: B-LTA, where it was B-LT. A bare one comes
    without its validation data."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = _Stamper(local_timestamper(pki))
    made = asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", None if bare else _context(pki)))
    return bytes(made.getvalue())


def trailed(pdf: bytes, pki: DevelopmentPki) -> bytes:
    """Return an archived file with validation data behind its document time stamp, as pyHanko writes them by itself."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = PdfTimeStamper(local_timestamper(pki))
    return bytes(asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", _context(pki))).getvalue())


class _Stamper(PdfTimeStamper):
    """pyHanko's, with everything in the revision that the time stamp covers."""

    async def async_timestamp_pdf(self, *given: Any, **named: Any) -> Any:
        before = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        return await super().async_timestamp_pdf(*given, **{"dss_settings": before, **named})


def renewed(pdf: bytes, pki: DevelopmentPki) -> bytes:
    """Return an archived file with its chain of document time stamps made longer."""
    out = io.BytesIO()
    _Stamper(local_timestamper(pki)).update_archival_timestamp_chain(
        PdfFileReader(io.BytesIO(pdf)), _context(pki), in_place=False, output=out
    )
    return out.getvalue()


def _context(pki: DevelopmentPki) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(pki.root)],
        other_certs=[asn1.Certificate.load(pki.issuing)],
        crls=list(pki.crls),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )


def swap_page(writer: IncrementalPdfFileWriter) -> None:
    """Let the page show something else."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 20 Tf 20 200 Td (PALSU) Tj ET"))
    writer.update_container(page)


def annotate(writer: IncrementalPdfFileWriter) -> None:
    """Put a note over the page."""
    page = writer.root["/Pages"]["/Kids"][0]
    note = {"/Type": generic.pdf_name("/Annot"), "/Subtype": generic.pdf_name("/FreeText")}
    note["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300)))
    note["/Contents"] = generic.pdf_string("PALSU")
    made = generic.DictionaryObject({generic.pdf_name(name): value for name, value in note.items()})
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(made)])
    writer.update_container(page)


def retitle(writer: IncrementalPdfFileWriter) -> None:
    """Let the window of a reader show another number."""
    writer.set_info(writer.trailer.raw_get("/Info"))
    info = writer.trailer["/Info"]
    info["/Title"] = generic.pdf_string("Kartu AK-1 PALSU")
    writer.update_container(info)


def add_field(writer: IncrementalPdfFileWriter) -> None:
    """Give an unsigned file a form field."""
    page = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject(
        {
            generic.pdf_name("/FT"): generic.pdf_name("/Tx"),
            generic.pdf_name("/T"): generic.pdf_string("Name"),
            generic.pdf_name("/V"): generic.pdf_string("Siti"),
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Widget"),
            generic.pdf_name("/F"): generic.NumberObject(4),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 100, 30))),
        }
    )
    made = writer.add_object(field)
    form = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject([made])})
    writer.root["/AcroForm"] = writer.add_object(form)
    page["/Annots"] = generic.ArrayObject([made])
    writer.update_container(page)
    writer.update_root()


def fill_field(writer: IncrementalPdfFileWriter) -> None:
    """Write something else into that field."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.pdf_string("PALSU")
    writer.update_container(field)


def add_layer(writer: IncrementalPdfFileWriter) -> None:
    """Give the page content that a reader shows or hides."""
    layer = writer.add_object(
        generic.DictionaryObject(
            {generic.pdf_name("/Type"): generic.pdf_name("/OCG"), generic.pdf_name("/Name"): generic.pdf_string("L")}
        )
    )
    off = generic.DictionaryObject({generic.pdf_name("/OFF"): generic.ArrayObject([layer])})
    shown = generic.DictionaryObject(
        {generic.pdf_name("/OCGs"): generic.ArrayObject([layer]), generic.pdf_name("/D"): off}
    )
    writer.root["/OCProperties"] = writer.add_object(shown)
    writer.update_root()


def stretched(pdf: bytes) -> bytes:
    """Return the file with something put into the room that the signature leaves free: signature wrapping."""
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    end = pdf.index(b">", start)
    used = len(pdf[start:end].rstrip(b"0")) + 2
    inserted = b">/Evil(PALSU"
    room = end - start - used - len(inserted)
    return pdf[: start + used] + inserted + b" " * room + b")" + pdf[end + 1 :]


def moved(pdf: bytes) -> bytes:
    """Return the file with the end of what is signed moved behind an evil revision, and a range that says so."""
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    end = pdf.index(b">", start) + 1
    evil = appended(pdf, swap_page)[len(pdf) :]
    tail = pdf[end:]
    ranges = b"/ByteRange [0 %d %d %d]" % (start, len(pdf) + len(evil), len(tail))
    at = pdf.index(b"/ByteRange [", start - 400)
    close = pdf.index(b"]", at) + 1
    return pdf[:at] + ranges.ljust(close - at) + pdf[close:] + evil + tail


def unpinned(pdf: bytes) -> bytes:
    """Return the file with a signature over a range of nothing: universal signature forgery."""
    at = pdf.index(b"/ByteRange [")
    close = pdf.index(b"]", at) + 1
    return pdf[:at] + b"/ByteRange [0 0 0 0]".ljust(close - at) + pdf[close:]


def padded(pdf: bytes) -> bytes:
    """Return the file with a digit of the room changed that the signature leaves free."""
    start = pdf.index(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[: end - 9] + b"1" + pdf[end - 8 :]


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


def own_pki(
    folder: Path, *, signs_from: datetime | None = None, years: int = 3
) -> tuple[DevelopmentPki, tuple[Issued, Issued]]:
    """Return a PKI whose time stamper is issued by the root itself, with its root and its issuing authority.

    Its seal is valid from `signs_from` for `years`.
    """
    now = datetime.now(UTC)
    root = authority("Akar", now - timedelta(days=3650), 40)
    issuing = authority("Penerbit", now - timedelta(days=3650), 30, root)
    stamper = time_stamper("Penanda Waktu", now - timedelta(days=3650), 30, root)
    signer = seal("Segel", signs_from or now, years, issuing)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "seal.p12"
    path.write_bytes(bundle("seal", signer, [issuing.certificate, root.certificate], None))
    pki = DevelopmentPki(
        folder=folder,
        pkcs12=path,
        root=_der(root.certificate),
        issuing=_der(issuing.certificate),
        seal=_der(signer.certificate),
        tsa=_der(stamper.certificate),
        tsa_key=stamper.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        crls=(_list(root, 1), _list(issuing, 1)),
    )
    return pki, (root, issuing)


def with_stamper(pki: DevelopmentPki, root: Issued, years: int) -> DevelopmentPki:
    """Return a PKI of `own_pki` with another time stamper, which lives for `years` from now on."""
    made = time_stamper("Penanda Waktu Lain", datetime.now(UTC), years, root)
    return replace(
        pki,
        tsa=_der(made.certificate),
        tsa_key=made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def with_lists(pki: DevelopmentPki, *issuers: Issued) -> DevelopmentPki:
    """Return a PKI of `own_pki` with the revocation lists of today."""
    return replace(pki, crls=tuple(_list(issuer, 2) for issuer in issuers))


def revoking(pki: DevelopmentPki, issuer: Issued, certificate: bytes, at: datetime) -> Trust:
    """Return the trust of one who knows that `issuer` revoked a certificate at a time."""
    serial = x509.load_der_x509_certificate(certificate).serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
    listed = revocation_list(issuer, 9, datetime.now(UTC), [entry]).public_bytes(Encoding.DER)
    name = issuer.certificate.subject
    others = tuple(c for c in pki.crls if x509.load_der_x509_crl(c).issuer != name)
    return replace(pki.trust, crls=(*others, listed))


def _list(issuer: Issued, number: int) -> bytes:
    return revocation_list(issuer, number, datetime.now(UTC)).public_bytes(Encoding.DER)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def issuing_of(pki: DevelopmentPki) -> Issued:
    """Return the issuing authority of a development PKI, whose keys lie beside it."""
    key = load_der_private_key((pki.folder / "issuing.key").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return Issued(certificate=x509.load_der_x509_certificate(pki.issuing), key=key)


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
        "emptied": _emptied(lt),
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


def _emptied(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]


@contextmanager
def later(**distance: int) -> Iterator[None]:
    """Let the clock stand later."""
    with time_machine.travel(datetime.now(UTC) + timedelta(**distance)):
        yield
