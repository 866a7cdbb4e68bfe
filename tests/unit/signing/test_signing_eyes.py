"""Files of every level before other programs: poppler, pyHanko and OpenSSL agree, and signing changes no structure."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from levels_kit import at_level
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature, validate_pdf_timestamp
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from signing_kit import card_pdf, signed_by_two

from signing.archive import archive
from signing.chains import context_of
from signing.development import DevelopmentPki
from signing.levels import Level
from signing.timestamps import local_timestamper
from tests.tools import need

FILES = [*(level.value for level in Level), "two", "two archived"]


@pytest.fixture(scope="module", params=FILES)
def pdf(request: pytest.FixtureRequest, pki: DevelopmentPki) -> bytes:
    """A card of each level, and cards that two have signed."""
    if request.param in [level.value for level in Level]:
        return at_level(pki, Level(request.param))
    return _two(pki, archived="archived" in request.param)


def _two(pki: DevelopmentPki, *, archived: bool) -> bytes:
    import asyncio

    both = signed_by_two(pki)
    return asyncio.run(archive(both, pki.trust, local_timestamper(pki))) if archived else both


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _pem(tmp_path: Path, pki: DevelopmentPki) -> Path:
    """Root and issuing authority as OpenSSL reads them."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    path = tmp_path / "trust.pem"
    path.write_bytes(
        b"".join(x509.load_der_x509_certificate(c).public_bytes(Encoding.PEM) for c in (pki.root, pki.issuing))
    )
    return path


def _covered(signature: EmbeddedPdfSignature, pdf: bytes) -> bytes:
    first, length, second, rest = (int(part) for part in signature.byte_range)
    return pdf[first : first + length] + pdf[second : second + rest]


def test_poppler_finds_every_signature_valid(pdf: bytes, tmp_path: Path) -> None:
    """Whatever follows a signature, its own revision holds; the last word covers the whole document."""
    (tmp_path / "card.pdf").write_bytes(pdf)
    said = _run(need("pdfsig"), "-nocert", tmp_path / "card.pdf")
    assert said.count("Signature is Valid") == len(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
    # Poppler tells of document time stamps, and does not check them.
    assert said.count("- Total document signed") == 1
    assert "No syntax or stream encoding errors" in _run(need("qpdf"), "--check", tmp_path / "card.pdf")


def test_pyhanko_finds_everything_valid(pdf: bytes, pki: DevelopmentPki) -> None:
    """Its own validation, with the trust of this house and nothing of ours in between."""
    reader, context = PdfFileReader(io.BytesIO(pdf)), context_of(pki.trust)
    for signature in reader.embedded_regular_signatures:
        assert validate_pdf_signature(signature, context, context).bottom_line
    for stamp in reader.embedded_timestamp_signatures:
        status = validate_pdf_timestamp(stamp, context)
        assert status.valid
        assert status.trusted


def test_openssl_verifies_each_extracted_signature(pdf: bytes, pki: DevelopmentPki, tmp_path: Path) -> None:
    """The CMS of each signature over its byte range, and each time stamp over its own."""
    openssl, trust = need("openssl"), _pem(tmp_path, pki)
    for n, signature in enumerate(PdfFileReader(io.BytesIO(pdf)).embedded_signatures):
        der, content = tmp_path / f"{n}.der", tmp_path / f"{n}.bin"
        der.write_bytes(signature.pkcs7_content)
        content.write_bytes(_covered(signature, pdf))
        if signature.sig_object_type == "/DocTimeStamp":
            check = ("ts", "-verify", "-token_in", "-in", der, "-data", content)
            assert "Verification: OK" in _run(openssl, *check, "-CAfile", trust)
            continue
        check = ("cms", "-verify", "-inform", "DER", "-in", der, "-content", content, "-binary")
        said = _run(openssl, *check, "-CAfile", trust, "-purpose", "any", "-out", tmp_path / "out")
        assert "Verification successful" in said, said


def test_openssl_refuses_a_changed_byte(pki: DevelopmentPki, tmp_path: Path) -> None:
    """The check above can fail."""
    pdf = at_level(pki, Level.B_LT)
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    (tmp_path / "der").write_bytes(signature.pkcs7_content)
    covered = bytearray(_covered(signature, pdf))
    covered[100] ^= 1
    (tmp_path / "bin").write_bytes(covered)
    check = ("cms", "-verify", "-inform", "DER", "-in", tmp_path / "der", "-content", tmp_path / "bin", "-binary")
    said = _run(need("openssl"), *check, "-CAfile", _pem(tmp_path, pki), "-purpose", "any", "-out", tmp_path / "out")
    assert "Verification failure" in said


def _structure(pdf: bytes) -> dict[str, object]:
    reader = PdfReader(io.BytesIO(pdf))
    root, page = reader.root_object, reader.pages[0]
    fonts = page["/Resources"]["/Font"].get_object()  # type: ignore[index]
    intents = root["/OutputIntents"].get_object()  # type: ignore[union-attr]
    profile = intents[0].get_object()["/DestOutputProfile"].get_object()
    return {
        "marked": dict(root["/MarkInfo"].get_object()),  # type: ignore[union-attr,arg-type]
        "language": root["/Lang"],
        "tags": _tags(root["/StructTreeRoot"].get_object()),  # type: ignore[union-attr,arg-type]
        "fonts": sorted(str(fonts[name].get_object()["/BaseFont"]) for name in fonts),
        "embedded": sorted(pdf.count(kind) for kind in (b"/FontFile2", b"/FontFile3")),
        "intents": [(i.get_object()["/S"], i.get_object()["/OutputConditionIdentifier"]) for i in intents],
        "profile": profile.get_data(),
        "conformance": [claim in reader.root_object["/Metadata"].get_object().get_data() for claim in _CLAIMS],  # type: ignore[union-attr,attr-defined]
        "content": page.get_contents().get_data(),  # type: ignore[union-attr]
    }


_CLAIMS = (b"pdfaid:part", b"pdfaid:conformance", b"pdfuaid:part")


def _tags(node: DictionaryObject) -> list[object]:
    kids = node.get("/K", [])
    listed = kids if isinstance(kids, list) else [kids]
    inner = [kid.get_object() for kid in listed]
    return [str(node.get("/S")), *(_tags(kid) for kid in inner if isinstance(kid, DictionaryObject) and "/S" in kid)]


def test_signing_changes_nothing_of_the_structure(pdf: bytes) -> None:
    """Tags, fonts, output intent, conformance and content are those of the card before anybody signed it."""
    before, after = _structure(card_pdf()), _structure(pdf)
    assert before["tags"] != ["None"]
    assert before["fonts"]
    assert after == before


def test_an_attribute_set_is_what_pyhanko_encodes(pki: DevelopmentPki) -> None:
    """The shortcut around encoding everything anew gives the very same bytes."""
    import asyncio

    from signing import cms
    from signing.keyholder import Pkcs12KeyHolder

    holder, digest = Pkcs12KeyHolder(pki.pkcs12), bytes(range(32))
    signer = cms.keyless(holder.certificate, holder.chain)
    plain = asyncio.run(signer.signed_attrs(digest, "sha256", use_pades=True)).dump()
    for _ in range(2):
        assert asyncio.run(cms.attributes_of(holder.certificate, holder.chain, digest, "sha256")) == plain
