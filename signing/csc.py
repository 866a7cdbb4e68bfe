"""A key at a remote signing service (Cloud Signature Consortium API 1.0.4): it signs digests that it is sent."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signing.errors import Rejected, Uncertain
from signing.keyholder import KeyHolder, hash_of
from signing.remote import Answer, Service
from signing.secret import Secret, SecretKind

_DIGESTS = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_RSA = {"sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13"}
_EC = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
#: Errors of the interface (CSC 1.0.4, 11.7) that speak of PIN or one-time code.
_WRONG = ("invalid_pin", "invalid_otp")


class CscPlace:
    """A credential at a remote signing service."""

    whole = False
    remote = True

    def __init__(
        self, service: Service, credential: str, secret: Secret | None = None, asks: SecretKind | None = "pin"
    ) -> None:
        """`secret` is the PIN that is set for the house, `asks` what the service wants where none is set."""
        self._service = service
        self._credential = credential
        self._secret = secret
        self._asks = asks

    @property
    def asks(self) -> SecretKind | None:
        """A PIN or a one-time code, unless one is set or the service wants none."""
        return self._asks if self._secret is None else None

    def open(self, secret: Secret | None) -> KeyHolder:
        """The credential with its certificates. Raises Unavailable `holder_away`, Rejected `holder_login`,
        `key_missing`, `key_disabled` and `certificate_missing`."""
        given = secret or self._secret
        return CscKeyHolder(self._service, self._credential, given, "OTP" if self._asks == "totp" else "PIN")


class CscKeyHolder:
    """An opened credential: each signature is authorised for exactly its digest, then made."""

    def __init__(self, service: Service, credential: str, secret: Secret | None, field: str) -> None:
        self._service, self._credential = service, credential
        self._secret, self._field = secret, field
        answer = service.post("/credentials/info", {"credentialID": credential, "certificates": "chain"}, signs=False)
        if not answer.ok:
            raise _login(answer) or Rejected("key_missing", "The signing service does not know this credential.")
        if answer.body.get("key", {}).get("status") != "enabled":
            raise Rejected("key_disabled", "The credential at the signing service is not enabled.")
        try:
            own, *others = [b64decode(c, validate=True) for c in answer.body["cert"]["certificates"]]
            self._public = x509.load_der_x509_certificate(own).public_key()
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                "certificate_missing", "The signing service sent no certificate that can be read."
            ) from error
        self._certificate, self._chain = own, tuple(others)

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self._certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers that the service sent along, DER."""
        return self._chain

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Return the signature over `attributes`."""
        hash_of(digest_algorithm)
        digest = b64encode(hashlib.new(digest_algorithm, attributes).digest()).decode()
        known = {"credentialID": self._credential, "hash": [digest]}
        body = {**known, "SAD": self._authorised(known), "hashAlgo": _DIGESTS[digest_algorithm]}
        body["signAlgo"] = self._algorithm(digest_algorithm)
        answer = self._service.post("/signatures/signHash", body, signs=True)
        if not answer.ok:
            raise _login(answer) or Rejected("holder_rejected", f"The signing service did not sign: {_said(answer)}.")
        try:
            (signature,) = answer.body["signatures"]
            return b64decode(signature, validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise Uncertain("uncertain", "The signing service signed, and its answer cannot be read.") from error

    def _authorised(self, known: Mapping[str, Any]) -> str:
        """The service's permission to sign this digest."""
        asked = {**known, "numSignatures": 1}
        if self._secret is not None:
            asked[self._field] = self._secret.reveal()
        answer = self._service.post("/credentials/authorize", asked, signs=False)
        if answer.ok and isinstance(answer.body.get("SAD"), str):
            return str(answer.body["SAD"])
        login = _login(answer)
        if login is not None:
            raise login
        if answer.body.get("error") in _WRONG:
            raise Rejected("secret_wrong", "The signing service refuses this PIN or code.")
        # Some services say no more than that: a PIN that may have been wrong is not sent again.
        raise Rejected("holder_refused", f"The signing service gave no permission to sign: {_said(answer)}.")

    def _algorithm(self, digest_algorithm: str) -> str:
        if isinstance(self._public, rsa.RSAPublicKey):
            return _RSA[digest_algorithm]
        if isinstance(self._public, ec.EllipticCurvePublicKey):
            return _EC[digest_algorithm]
        raise Rejected("key_kind", "The credential's key is neither an EC nor an RSA key.")


def _login(answer: Answer) -> Rejected | None:
    if answer.status in (401, 403):
        return Rejected("holder_login", "The signing service does not accept this house's login.")
    return None


def _said(answer: Answer) -> str:
    """The service's own code of what went wrong; its sentence is left out, it might repeat what it was sent."""
    code = answer.body.get("error")
    known = isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum() and len(code) <= 40
    return f"{answer.status} {code}" if known else str(answer.status)
