"""The signature container (CMS, RFC 5652): put together from a raw signature, time-stamped, compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from asn1crypto import cms, core, parser, x509  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.errors import Rejected, Unavailable
from signing.prepared import Prepared

#: Encoded attributes by certificate and digest algorithm; a house has one signer, or changes between a few.
_CONSTANT: dict[tuple[bytes, str], tuple[bytes, ...]] = {}


def keyless(certificate: bytes, chain: Iterable[bytes], signature: bytes = b"") -> ExternalSigner:
    """Return pyHanko's signer of a certificate whose key is elsewhere; `signature` is what that key made."""
    signer, store = _parsed(certificate, tuple(chain))
    return ExternalSigner(
        signing_cert=signer,
        cert_registry=store,
        signature_value=signature,
    )


@lru_cache(maxsize=16)
def _parsed(certificate: bytes, chain: tuple[bytes, ...]) -> tuple[x509.Certificate, SimpleCertificateStore]:
    """A signer's certificates as pyHanko wants them; it reads them and changes nothing."""
    return x509.Certificate.load(certificate), store_of(chain)


def store_of(certificates: Iterable[bytes]) -> SimpleCertificateStore:
    """Return DER certificates as pyHanko's store."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(certificate) for certificate in certificates])
    return store


async def attributes_of(certificate: bytes, chain: tuple[bytes, ...], digest: bytes, digest_algorithm: str) -> bytes:
    """Return the DER SET of what a signature over `digest` signs, as PAdES wants it.

    All of it but the digest is the same for every signature of a certificate, and is encoded once: encoding it anew
    took half of the time of a signature.
    """
    constant = await _constant(certificate, chain, digest_algorithm)
    own = simple_cms_attribute("message_digest", digest).dump()  # type: ignore[no-untyped-call]
    # DER orders the members of a SET OF by their encodings (X.690, 11.6).
    return bytes(parser.emit(0, 1, cms.CMSAttributes.tag, b"".join(sorted((*constant, own)))))


async def _constant(certificate: bytes, chain: tuple[bytes, ...], digest_algorithm: str) -> tuple[bytes, ...]:
    key = certificate, digest_algorithm
    if key not in _CONSTANT:
        _CONSTANT.clear()
        empty = bytes(hashlib.new(digest_algorithm).digest_size)
        found = await keyless(certificate, chain).signed_attrs(empty, digest_algorithm, use_pades=True)
        _CONSTANT[key] = tuple(bytes(one.dump()) for one in found if one["type"].native != "message_digest")
    return _CONSTANT[key]


async def wrap(prepared: Prepared, signature: bytes) -> bytes:
    """Return the DER CMS of `signature` over the prepared attributes.

    Raises Rejected `signature_wrong` if it was not made over them by the key of the prepared certificate.
    """
    if not _made_by(prepared, signature):
        raise Rejected("signature_wrong", "The key holder's signature does not belong to the prepared attributes.")
    content = await keyless(prepared.certificate, prepared.chain, signature).async_sign_prescribed_attributes(
        prepared.digest_algorithm, signed_attrs=cms.CMSAttributes.load(prepared.attributes)
    )
    return bytes(content.dump())


async def stamp(signed: bytes, digest_algorithm: str, timestamper: TimeStamper) -> bytes:
    """Return the DER CMS `signed` with a signature time stamp (RFC 3161).

    Raises Unavailable `tsa_unavailable` when the authority gives none, or one of something else.
    """
    content = cms.ContentInfo.load(signed)
    signer = content["content"]["signer_infos"][0]
    digest = hashlib.new(digest_algorithm, signer["signature"].native).digest()
    token = await token_of(digest, digest_algorithm, timestamper)
    signer["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": cms.SetOfContentInfo([token])})]
    )
    return bytes(content.dump())


def signed_attributes(signed: bytes) -> bytes:
    """Return the DER SET of the attributes that a CMS signs; b"" when it has none."""
    attributes = cms.ContentInfo.load(signed)["content"]["signer_infos"][0]["signed_attrs"]
    return b"" if isinstance(attributes, core.Void) else bytes(attributes.untag().dump())


def is_stamped(signed: bytes) -> bool:
    """Tell whether a CMS carries a signature time stamp."""
    attributes = cms.ContentInfo.load(signed)["content"]["signer_infos"][0]["unsigned_attrs"]
    return any(attribute["type"].native == "signature_time_stamp_token" for attribute in attributes)


def stamped_until(signed: bytes) -> datetime | None:
    """Return when the certificate ends that made a CMS's signature time stamp, aware; None where it has none."""
    attributes = cms.ContentInfo.load(signed)["content"]["signer_infos"][0]["unsigned_attrs"]
    for attribute in attributes:
        if attribute["type"].native == "signature_time_stamp_token":
            return end_of_stamper(attribute["values"][0]["content"])
    return None


def end_of_stamper(token: cms.SignedData) -> datetime | None:
    """Return when the certificate ends that signed a time stamp which carries it."""
    serial = token["signer_infos"][0]["sid"].chosen["serial_number"].native
    for certificate in token["certificates"]:
        if certificate.chosen.serial_number == serial:
            return end_of(certificate.chosen)
    return None


def end_of(certificate: x509.Certificate) -> datetime:
    """Return when a certificate ends, aware."""
    end: datetime = certificate["tbs_certificate"]["validity"]["not_after"].native
    return end


async def token_of(digest: bytes, algorithm: str, timestamper: TimeStamper) -> cms.ContentInfo:
    """Return a time stamp (RFC 3161) over `digest`; raises Unavailable `tsa_unavailable`."""
    try:
        token = await timestamper.async_timestamp(digest, algorithm)
        stamped = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
        if stamped["hashed_message"].native != digest:
            raise ValueError("it stamped something else")
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        message = f"The time-stamping authority gave no time stamp: {error}"
        raise Unavailable("tsa_unavailable", message) from error
    return token


def _made_by(prepared: Prepared, signature: bytes) -> bool:
    key = load_der_x509_certificate(prepared.certificate).public_key()
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
        prepared.digest_algorithm
    ]
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, prepared.attributes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, prepared.attributes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
