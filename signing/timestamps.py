"""Time stampers (RFC 3161): a local one for development, and one over HTTP."""

from __future__ import annotations

from datetime import datetime

from asn1crypto import cms, core, keys, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.sign.general import as_signing_certificate
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper, TimeStamper

from signing.cms import store_of
from signing.development import DevelopmentPki
from signing.errors import Rejected

__all__ = ["TimeStamper", "http_timestamper", "local_timestamper"]

#: Seconds to wait for a time-stamping authority.
TIMEOUT = 10

_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


def local_timestamper(pki: DevelopmentPki) -> TimeStamper:
    """Return a time stamper that signs with the development PKI's own key and the clock of this machine."""
    return _LocalTimeStamper(pki)


def http_timestamper(url: str, timeout: float = TIMEOUT) -> TimeStamper:
    """Return a client of the time-stamping authority at `url`; `timeout` in seconds.

    Raises Rejected `tsa_url` for anything but an http or https address. A time stamp proves itself by its
    signature, so plain http is admitted, as many authorities offer nothing else.
    """
    if not url.startswith(("https://", "http://")):
        raise Rejected("tsa_url", "A time-stamping authority's address begins with https:// or http://.")
    return HTTPTimeStamper(url, timeout=timeout)


class _LocalTimeStamper(DummyTimeStamper):
    """pyHanko's own time stamper with its key kept in memory: loading and checking it took 0.18 s a stamp."""

    def __init__(self, pki: DevelopmentPki) -> None:
        key = load_der_private_key(pki.tsa_key, None)
        if not isinstance(key, RSAPrivateKey):
            raise Rejected("key_kind", "The local time stamper needs an RSA key.")
        self._key = key
        super().__init__(
            tsa_cert=x509.Certificate.load(pki.tsa),
            tsa_key=keys.PrivateKeyInfo.load(pki.tsa_key),
            certs_to_embed=store_of([pki.issuing, pki.root]),
        )

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        algorithm = _HASHES[md_algorithm.lower()]
        digest = hashes.Hash(algorithm)
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                _attribute("signing_certificate", as_signing_certificate(self.tsa_cert)),
                _attribute("message_digest", digest.finalize()),
            ]
        )
        return self._key.sign(attributes.dump(), PKCS1v15(), algorithm), attributes


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": (value,)})
