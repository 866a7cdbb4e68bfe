"""The holder of a PKCS#12 key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_der_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from signing.development import DevelopmentPki
from signing.errors import Rejected, SigningError, Unavailable
from signing.keyholder import Pkcs12KeyHolder


def test_signature_is_the_keys_over_exactly_the_given_bytes(pki: DevelopmentPki) -> None:
    """The certificate's public key confirms the signature."""
    holder = Pkcs12KeyHolder(pki.pkcs12)
    signature = asyncio.run(holder.sign_raw(b"attributes", "sha256"))
    key = x509.load_der_x509_certificate(holder.certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, b"attributes", ec.ECDSA(hashes.SHA256()))


def test_holder_shows_certificate_and_chain(pki: DevelopmentPki) -> None:
    """What goes into the signature comes from the file."""
    holder = Pkcs12KeyHolder(pki.pkcs12)
    assert holder.certificate == pki.seal
    assert set(holder.chain) == {pki.issuing, pki.root}


def test_key_stays_in_memory_when_the_file_is_gone(pki: DevelopmentPki, tmp_path: Path) -> None:
    """The file is read once, not at every signature."""
    copy = tmp_path / "seal.p12"
    copy.write_bytes(pki.pkcs12.read_bytes())
    holder = Pkcs12KeyHolder(copy)
    copy.unlink()
    assert asyncio.run(holder.sign_raw(b"attributes", "sha512"))


def test_rsa_key_behind_a_passphrase_signs_with_pkcs1(pki: DevelopmentPki, tmp_path: Path) -> None:
    """RSA keys and passphrases are served as well."""
    key = load_der_private_key(pki.tsa_key, None)
    certificate = x509.load_der_x509_certificate(pki.tsa)
    assert isinstance(key, rsa.RSAPrivateKey)
    path = tmp_path / "rsa.p12"
    path.write_bytes(serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"pin")))
    signature = asyncio.run(Pkcs12KeyHolder(path, b"pin").sign_raw(b"attributes", "sha256"))
    key.public_key().verify(signature, b"attributes", padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(Rejected) as caught:
        Pkcs12KeyHolder(path, b"wrong")
    assert caught.value.code == "key_passphrase"


def test_missing_file_is_unavailable_and_garbage_is_rejected(tmp_path: Path) -> None:
    """A file may come back, a wrong one does not become right."""
    with pytest.raises(Unavailable) as missing:
        Pkcs12KeyHolder(tmp_path / "none.p12")
    (tmp_path / "bad.p12").write_bytes(b"no key")
    with pytest.raises(Rejected) as garbage:
        Pkcs12KeyHolder(tmp_path / "bad.p12")
    assert (missing.value.code, garbage.value.code) == ("key_file", "key_passphrase")


def test_unknown_digest_is_rejected(pki: DevelopmentPki) -> None:
    """Nothing is signed with a weak or unknown digest."""
    with pytest.raises(SigningError) as caught:
        asyncio.run(Pkcs12KeyHolder(pki.pkcs12).sign_raw(b"attributes", "md5"))
    assert caught.value.code == "digest_algorithm"
