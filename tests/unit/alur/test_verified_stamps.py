"""Time stamps as the verifier of bundles reads them: whom it believes, and whom not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import algos, cms, keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from alur.verify import BrokenError, read_token, stamper

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
CONTENT = b"a checkpoint"
_RSA = rsa.generate_private_key(65537, 2048)
_EC = ec.generate_private_key(ec.SECP384R1())
_CA = ec.generate_private_key(ec.SECP256R1())
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(
    name: str,
    key: Key,
    issuer: tuple[str, Key],
    *,
    ca: bool = False,
    stamps: bool = True,
    end: datetime = NOW + timedelta(days=99),
) -> x509.Certificate:
    """A certificate of `name`, issued by a name with its key."""

    def subject(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder(subject(issuer[0]), subject(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=99))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    use = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.CODE_SIGNING
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=True)
    return builder.sign(issuer[1], hashes.SHA256())


class Stamper(DummyTimeStamper):  # type: ignore[misc]
    """An authority that signs with any kind of key."""

    def __init__(self, own: x509.Certificate, key: Key, kind: str, embedded: tuple[x509.Certificate, ...] = ()) -> None:
        self.key, self.kind = key, kind
        pem = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        loaded = [asn1.Certificate.load(c.public_bytes(Encoding.DER)) for c in (own, *embedded)]
        super().__init__(loaded[0], keys.PrivateKeyInfo.load(pem), fixed_dt=NOW, override_md="sha512")
        self.certs_to_embed = loaded[1:]

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, Any]:
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ("tst_info",)}),
                cms.CMSAttribute(
                    {"type": "message_digest", "values": (hashlib.new(md_algorithm, tst_info_data).digest(),)}
                ),
            ]
        )
        signed, hash_ = attributes.dump(), hashes.SHA512()
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(signed, ec.ECDSA(hash_)), attributes
        pss = padding.PSS(padding.MGF1(hash_), 64)
        return self.key.sign(signed, pss if self.kind == "rsassa_pss" else padding.PKCS1v15(), hash_), attributes

    def _build_signed_data(self, *given: Any) -> dict[str, Any]:
        built: dict[str, Any] = super()._build_signed_data(*given)
        built["signer_infos"][0]["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": self.kind})
        return built


def token(by: Stamper, content: bytes = CONTENT, algorithm: str = "sha256") -> bytes:
    """A time stamp over `content`."""
    imprint = {
        "hash_algorithm": {"algorithm": algorithm},
        "hashed_message": hashlib.new(algorithm, content).digest(),
    }
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True})
    return bytes(by.request_tsa_response(request)["time_stamp_token"].dump())


ROOT = certificate("Akar", _CA, ("Akar", _CA), ca=True)


@pytest.mark.parametrize(
    ("key", "kind"), [(_RSA, "rsassa_pkcs1v15"), (_RSA, "rsassa_pss"), (_EC, "sha512_ecdsa")], ids=lambda x: str(x)[:12]
)
def test_each_kind_of_signature_is_checked(key: Key, kind: str) -> None:
    """RSA in both paddings and ECDSA, by the authority's own certificate and by that of its issuer."""
    own = certificate("Penanda", key, ("Akar", _CA))
    found = read_token(token(Stamper(own, key, kind)))
    assert (found.imprint, found.moment) == (hashlib.sha256(CONTENT).digest(), NOW)
    assert stamper(found, [own]) == own
    assert stamper(found, [ROOT]) == own
    other = certificate("Penanda", ec.generate_private_key(ec.SECP256R1()), ("Akar", _CA))
    assert stamper(found, [other]) is None
    assert stamper(found._replace(content=found.content + b"\0"), [own]) is None
    assert stamper(found, []) is None


def made(**changes: Any) -> x509.Certificate:
    """A stamping certificate below the root that differs in something."""
    return certificate("Penanda", _EC, ("Akar", _CA), **changes)


REFUSED: dict[str, Callable[[], x509.Certificate]] = {
    "not for time stamps": lambda: made(stamps=False),
    "past its end": lambda: made(end=NOW - timedelta(seconds=1)),
    "of another issuer": lambda: certificate("Penanda", _EC, ("Akar", _EC)),
}


@pytest.mark.parametrize("why", REFUSED)
def test_certificates_that_may_not_stamp_are_refused(why: str) -> None:
    """Although they signed."""
    own = REFUSED[why]()
    assert stamper(read_token(token(Stamper(own, _EC, "sha512_ecdsa"))), [ROOT]) is None


def test_nobody_issues_who_is_no_authority() -> None:
    """A stamping certificate of one's own does not make others; a real authority between does."""
    leaf = made()
    below = certificate("Palsu", _RSA, ("Penanda", _EC))
    assert stamper(read_token(token(Stamper(below, _RSA, "rsassa_pss", (leaf,)))), [ROOT]) is None
    between = certificate("Antara", _EC, ("Akar", _CA), ca=True)
    below = certificate("Penanda", _RSA, ("Antara", _EC))
    assert stamper(read_token(token(Stamper(below, _RSA, "rsassa_pss", (between,)))), [ROOT]) == below


def test_a_time_stamp_over_another_hash_is_refused() -> None:
    """Checkpoints are stamped by their SHA-256."""
    with pytest.raises(BrokenError, match="SHA-256"):
        read_token(token(Stamper(made(), _EC, "sha512_ecdsa"), algorithm="sha512"))


@pytest.mark.parametrize(
    "content", [b"\x30\x80\0\0", b"\x30\x05\1", b"\x1f\x01\x01", b"\x30\x84\xff\xff\xff\xff", b"0"]
)
def test_what_is_not_der_is_refused(content: bytes) -> None:
    """Lengths without end or beyond it, tags of several bytes."""
    with pytest.raises(BrokenError, match="DER"):
        read_token(content)
