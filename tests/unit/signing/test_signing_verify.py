"""What a verification finds, and each trap that a hostile or old file sets."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter
from signing_kit import card_pdf, prepared, signed

from signing.certificates import CRL_LIFETIME
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import finish, sign
from signing.trust import Trust
from signing.verdict import PROBLEMS, Problem, Verdict
from signing.verify import verify


@pytest.fixture(scope="module")
def card(pki: DevelopmentPki) -> bytes:
    """A card signed at B-LT."""
    return signed(pki)


def _flip(pdf: bytes, at: int) -> bytes:
    changed = bytearray(pdf)
    changed[at] ^= 1
    return bytes(changed)


def _swapped_content(pdf: bytes) -> bytes:
    """Append a revision in which the page shows something else."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    content = generic.StreamObject(stream_data=b"BT /F1 20 Tf 20 200 Td (PALSU) Tj ET")
    page["/Contents"] = writer.add_object(content)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _annotated(pdf: bytes) -> bytes:
    """Append a revision with a note over the page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300))),
            generic.pdf_name("/Contents"): generic.pdf_string("PALSU"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _revoking(pki: DevelopmentPki, at: datetime) -> Trust:
    """Return the trust of one who knows that the seal was revoked at a time."""
    issuer = x509.load_der_x509_certificate(pki.issuing)
    key = load_der_private_key((pki.folder / "issuing.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    serial = x509.load_der_x509_certificate(pki.seal).serial_number
    now = datetime.now(UTC)
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
    revoking = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + CRL_LIFETIME)
        .add_revoked_certificate(entry)
        .add_extension(x509.CRLNumber(9), critical=False)
        .sign(key, hashes.SHA256())
    )
    crls = (pki.crls[0], revoking.public_bytes(Encoding.DER))
    return Trust(roots=(pki.root,), intermediates=(pki.issuing,), crls=crls)


def _later(pki: DevelopmentPki, **distance: int) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**distance))


def test_signed_card_is_in_order_in_every_respect(pki: DevelopmentPki, card: bytes) -> None:
    """Integrity, AdES, modification, coverage, signer and level are all found, each for itself."""
    verdict = verify(card, pki.trust)
    assert verdict.ok
    (found,) = verdict.signatures
    assert found.integrity
    assert (found.ades, found.ades_detail) == ("PASSED", "OK")
    assert (found.modification, found.coverage) == ("NONE", "ENTIRE_FILE")
    assert (found.level, found.field) == (Level.B_LT, "Officer")
    assert found.signer == "Segel Elektronik Dinas Tenaga Kerja (DEV)"
    assert found.development, "a development signature is always named as such"
    assert found.stamped_at is not None


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T])
def test_lower_levels_verify_and_are_named(pki: DevelopmentPki, level: Level) -> None:
    """A lower level is no fault by itself; who wants more compares the level."""
    verdict = verify(signed(pki, level), pki.trust)
    assert verdict.ok
    assert verdict.signatures[0].level is level


def test_flipped_byte_of_the_content_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """One bit of the page changed: the digest no longer matches."""
    verdict = verify(_flip(card, card.index(b"stream") + 40), pki.trust)
    assert not verdict.ok
    assert "content_changed" in verdict.codes
    assert verdict.signatures[0].ades == "FAILED"


def test_flipped_byte_of_the_signature_is_found(pki: DevelopmentPki) -> None:
    """The value of the signature changed: it is not the signer's."""
    ready = prepared(pki, Level.B_B)
    cms = asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), None))
    verdict = verify(finish(ready, _flip(cms, len(cms) - 5)), pki.trust)
    assert not verdict.ok
    assert "signature_forged" in verdict.codes


def test_trailing_garbage_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """pyHanko's bottom line stays true over appended bytes, so the coverage is required as well."""
    verdict = verify(card + b"\n%garbage\n", pki.trust)
    assert verdict.codes == ("not_whole_file",)


def test_page_swapped_by_an_appended_revision_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """AdES alone passes this file, so modification and coverage are required as well."""
    verdict = verify(_swapped_content(card), pki.trust)
    assert verdict.signatures[0].ades == "PASSED"
    assert set(verdict.codes) == {"modified_after_signing", "not_whole_file"}
    assert not verdict.signatures[0].integrity


def test_note_added_after_signing_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """Annotations are beyond what the certification admits."""
    verdict = verify(_annotated(card), pki.trust)
    assert {"modified_after_signing", "not_whole_file"} <= set(verdict.codes)


def test_signer_of_an_unknown_root_is_found(other_pki: DevelopmentPki, card: bytes) -> None:
    """A perfect signature by somebody else is worth nothing."""
    verdict = verify(card, other_pki.trust)
    assert "signer_not_trusted" in verdict.codes
    assert verdict.signatures[0].stamped_at is None, "a stamp that is not trusted is not shown as a time"


@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.9])
def test_truncated_file_is_found(pki: DevelopmentPki, card: bytes, kept: float) -> None:
    """A download that broke off is never in order."""
    length = int(len(card) * kept) if kept < 1 else int(kept)
    verdict = verify(card[:length], pki.trust)
    assert not verdict.ok
    assert verdict.codes


def test_unsigned_and_foreign_files_are_found(pki: DevelopmentPki) -> None:
    """A card without signature, and what is no PDF at all."""
    assert verify(card_pdf(), pki.trust).codes == ("signature_missing",)
    assert verify(b"GIF89a", pki.trust).codes == ("document_unreadable",)


def test_file_rewritten_by_another_program_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """A rewrite breaks the signature even if the page looks the same."""
    out = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(card))).write(out)
    assert not verify(out.getvalue(), pki.trust).ok


def test_every_expected_signer_is_required(pki: DevelopmentPki, card: bytes) -> None:
    """A card that needs two signatures is not in order with one, nor the other way round."""
    assert verify(card, pki.trust, expected_signers=2).codes == ("signature_missing",)
    assert verify(card, pki.trust, expected_signers=0).codes == ("signature_unexpected",)


def test_earlier_revision_is_seen_as_unsigned(pki: DevelopmentPki, card: bytes) -> None:
    """Cutting the file back to before its signature leaves a card without one."""
    assert verify(card[: len(card_pdf())], pki.trust).codes == ("signature_missing",)


def test_file_stays_in_order_after_its_own_lists_ran_out(tmp_path: Path) -> None:
    """With current lists at hand the card verifies long after the lists that it carries are out of date."""
    pki = ensure_development_pki(tmp_path / "keys")
    card = signed(pki)
    with _later(pki, days=200):
        assert verify(card, refresh(pki).trust).ok


def test_without_current_lists_revocation_is_unknown(pki: DevelopmentPki, card: bytes) -> None:
    """A check that cannot establish revocation says so instead of guessing."""
    with _later(pki, days=200):
        verdict = verify(card, pki.trust)
    assert "revocation_unknown" in verdict.codes


def test_card_outlives_the_certificate_that_signed_it(tmp_path: Path) -> None:
    """The time stamp proves that the certificate was valid when it signed; without one it does not verify."""
    pki = ensure_development_pki(tmp_path / "keys")
    stamped, bare = signed(pki), signed(pki, Level.B_B)
    with _later(pki, days=4 * 365):
        trust = refresh(pki).trust
        assert verify(stamped, trust).ok
        assert "certificate_expired" in verify(bare, trust).codes


def test_certificate_revoked_before_signing_is_found(pki: DevelopmentPki, card: bytes) -> None:
    """A list that comes later still speaks about the time of signing."""
    verdict = verify(card, _revoking(pki, datetime.now(UTC) - timedelta(days=1)))
    assert "certificate_revoked" in verdict.codes


def test_certificate_revoked_after_signing_leaves_stamped_cards_in_order(tmp_path: Path) -> None:
    """Only the stamped signature can show that it is older than the revocation."""
    pki = ensure_development_pki(tmp_path / "keys")
    stamped, bare = signed(pki), signed(pki, Level.B_B)
    with _later(pki, days=2):
        trust = _revoking(pki, datetime.now(UTC) - timedelta(days=1))
        assert verify(stamped, trust).ok
        assert "certificate_revoked" in verify(bare, trust).codes


def test_verdict_survives_its_json(pki: DevelopmentPki, card: bytes) -> None:
    """The verdict of the confined process arrives unchanged, with sentences for people."""
    for verdict in (verify(card, pki.trust), verify(card + b"x", pki.trust), verify(b"", pki.trust)):
        body = json.loads(json.dumps(verdict.to_json()))
        assert Verdict.from_json(body) == verdict
        assert body["ok"] == verdict.ok
        assert all(problem["text"]["id"] and problem["text"]["en"] for problem in body["problems"])


def test_every_problem_has_both_sentences() -> None:
    """No code is without an Indonesian and an English sentence."""
    assert all(len(set(Problem(code=code).text.values())) == 2 for code in PROBLEMS)


def test_verdict_without_signatures_is_never_in_order() -> None:
    """Nothing found is not the same as nothing wrong."""
    assert not Verdict().ok
