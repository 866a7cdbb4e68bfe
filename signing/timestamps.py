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
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)

from signing.cms import store_of
from signing.development import DevelopmentPki
from signing.errors import Rejected

__all__ = ["TimeStamper", "distrusted", "http_timestamper", "local_timestamper"]

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


async def distrusted(timestamper: TimeStamper, context: ValidationContext) -> Rejected | None:
    """Why `context` does not trust a time stamper (`timestamper_rejected`): names its certificate and the one that is
    to be added. None where it trusts it, where only a revocation list is lacking, and where it is away."""
    try:
        async for _path in timestamper.validation_paths(context):  # type: ignore[no-untyped-call]
            pass
    except (InsufficientRevinfoError, OSError, ValueError, TypeError):
        return None
    except (ExpiredError, NotYetValidError, RevokedError) as error:
        return Rejected("timestamper_rejected", f"The time stamper's certificate is not valid: {error}")
    except (PathError, ValidationError):
        return await _unknown(timestamper)
    return None


async def _unknown(timestamper: TimeStamper) -> Rejected:
    """What to add so that a stamper is known: the end of the chain that it sends along."""
    token = await timestamper.async_dummy_response("sha256")
    sent = [found.chosen for found in token["content"]["certificates"]]
    serial = token["content"]["signer_infos"][0]["sid"].chosen["serial_number"].native
    end = own = next(found for found in sent if found.serial_number == serial)
    by_subject = {found.subject.dump(): found for found in sent}
    for _step in sent:
        end = by_subject.get(end.issuer.dump(), end)
    return Rejected(
        "timestamper_rejected",
        f"The chain of the time stamper ({own.subject.human_friendly}) is not trusted: put the certificate of its root "
        f"({end.issuer.human_friendly}), those between, and their revocation lists into the trust folder.",
    )


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
