"""A key on a token (PKCS#11): a smart card, an HSM, SoftHSM."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pkcs11
from asn1crypto.keys import PublicKeyInfo  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag, exceptions
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature
from pkcs11.util.rsa import encode_rsa_public_key

from signing.errors import Rejected, SigningError, Unavailable, Uncertain
from signing.keyholder import KeyHolder, hash_of
from signing.pkcs11_uri import Pkcs11Uri
from signing.secret import Secret, SecretKind

_RSA = {
    "sha256": Mechanism.SHA256_RSA_PKCS,
    "sha384": Mechanism.SHA384_RSA_PKCS,
    "sha512": Mechanism.SHA512_RSA_PKCS,
}
_WRONG = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
_LOCKED = (exceptions.PinLocked, exceptions.PinExpired)
_UNFIT = (
    exceptions.MechanismInvalid,
    exceptions.MechanismParamInvalid,
    exceptions.KeyTypeInconsistent,
    exceptions.KeySizeRange,
)


class Pkcs11Place:
    """A key on a token. Nothing is loaded before the first use: a module must not be carried through a fork."""

    whole = False
    remote = False

    def __init__(self, uri: Pkcs11Uri, pin: Secret | None = None) -> None:
        """`pin` is the one that is set for the house; None lets the signer be asked."""
        self._uri = uri
        self._pin = pin

    @property
    def asks(self) -> SecretKind | None:
        """A PIN, unless one is set."""
        return "pin" if self._pin is None else None

    def open(self, secret: Secret | None) -> KeyHolder:
        """The key with its certificate, which is read without the PIN; the PIN is tried at each signature.

        Raises Unavailable `token_away`, Rejected `key_module`, `certificate_missing`.
        """
        return Pkcs11KeyHolder(self._uri, secret or self._pin)


class _Key:
    """The key of a token. Each signature signs in and out: a session that stays open would let the next signer of the
    same token sign with whatever PIN he gives."""

    def __init__(self, uri: Pkcs11Uri, pin: Secret | None) -> None:
        self._uri = uri
        self._pin = pin

    def try_pin(self) -> None:
        """Sign in once and look whether the key is there. Raises as `sign_raw` does before it signs."""
        with self._signed_in() as session, _told():
            self._key(session)

    def _key(self, session: Any) -> Any:
        return session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._uri.label, id=self._uri.id)

    @contextmanager
    def _signed_in(self) -> Iterator[Any]:
        with _told():
            token = _token(self._uri)
            if TokenFlag.USER_PIN_LOCKED & token.flags:
                raise Rejected("secret_locked", "The token is locked after too many wrong PINs.")
            if TokenFlag.USER_PIN_FINAL_TRY & token.flags:
                raise Rejected("secret_last_try", "One more wrong PIN would lock the token, so it is not tried here.")
            try:
                session = token.open(user_pin=self._pin.reveal() if self._pin else None)
            except _WRONG:
                raise _wrong(_token(self._uri)) from None
        try:
            yield session
        finally:
            _leave(session)


class Pkcs11KeyHolder(_Key):
    """A key with its certificate."""

    def __init__(self, uri: Pkcs11Uri, pin: Secret | None) -> None:
        super().__init__(uri, pin)
        with _told(), _token(uri).open() as session:
            self._certificate, self._chain = _certificates(session, uri)

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self._certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers that lie on the token, DER, the nearest first."""
        return self._chain

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Return the signature over `attributes`."""
        hash_of(digest_algorithm)
        with self._signed_in() as session:
            with _told():
                key = self._key(session)
            try:
                public = x509.load_der_x509_certificate(self._certificate).public_key()
                return _signature(key, public, attributes, digest_algorithm)
            except _UNFIT as error:
                raise _unfit(error) from error
            except exceptions.PKCS11Error as error:
                message = f"The token broke off while it signed: {type(error).__name__}."
                raise Uncertain("uncertain", message) from error


class Pkcs11BareKey(_Key):
    """A key that was made on the token and has no certificate yet."""

    def public(self) -> bytes:
        """The public key (SubjectPublicKeyInfo, DER). Raises Unavailable `token_away`, Rejected `key_missing`,
        `key_kind`."""
        with self._signed_in() as session, _told():
            found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=self._uri.label, id=self._uri.id)
            if found.key_type is KeyType.EC:
                return bytes(encode_ec_public_key(found))
            if found.key_type is KeyType.RSA:
                return bytes(PublicKeyInfo.wrap(encode_rsa_public_key(found), "rsa").dump())
        raise Rejected("key_kind", "The token's key is neither an EC nor an RSA key.")

    def sign(self, content: bytes) -> bytes:
        """The signature over `content`, hashed with SHA-256. Raises as `KeyHolder.sign_raw` does."""
        public = load_der_public_key(self.public())
        with self._signed_in() as session, _told():
            try:
                return _signature(self._key(session), public, content, "sha256")
            except _UNFIT as error:
                raise _unfit(error) from error


def _wrong(token: Any) -> Rejected:
    """A wrong PIN, with what the token says now of the tries that are left; many tokens say nothing."""
    if TokenFlag.USER_PIN_LOCKED & token.flags:
        return Rejected("secret_locked", "The PIN was wrong, and the token is locked now.")
    if TokenFlag.USER_PIN_FINAL_TRY & token.flags:
        return Rejected("secret_wrong_last", "The PIN was wrong, and one more would lock the token.")
    return Rejected("secret_wrong", "The token does not open with this PIN.")


def _unfit(error: Exception) -> Rejected:
    return Rejected("key_mechanism", f"The token's key does not sign so: {type(error).__name__}.")


def _leave(session: Any) -> None:
    """Sign out; a token that is gone has signed out."""
    try:
        session.close()
    except exceptions.PKCS11Error:
        return


def _library(uri: Pkcs11Uri) -> Any:
    try:
        return pkcs11.lib(str(uri.module))
    except exceptions.PKCS11Error as error:
        # The base class itself says that the file is not there or no module; what the module says are its children.
        if type(error) is not exceptions.PKCS11Error:
            raise
        raise Rejected("key_module", f"The PKCS#11 module {uri.module} cannot be loaded.") from error


def _token(uri: Pkcs11Uri) -> Any:
    lib = _library(uri)
    found = _named(lib, uri)
    if not found:
        # A token that was put in later is seen only by a module that looks anew.
        lib.reinitialize()
        found = _named(lib, uri)
    if len(found) != 1:
        many = "several tokens have" if found else "no token has"
        raise Unavailable("token_away", f"In the readers {many} the name that the key's address gives.")
    return found[0]


def _named(lib: Any, uri: Pkcs11Uri) -> list[Any]:
    serial = None if uri.serial is None else uri.serial.encode()
    return list(lib.get_tokens(token_label=uri.token, token_serial=serial))


def _certificates(session: Any, uri: Pkcs11Uri) -> tuple[bytes, tuple[bytes, ...]]:
    wanted = {Attribute.LABEL: uri.label, Attribute.ID: uri.id}
    query = {Attribute.CLASS: ObjectClass.CERTIFICATE} | {k: v for k, v in wanted.items() if v is not None}
    own = [bytes(found[Attribute.VALUE]) for found in session.get_objects(query)]
    if len(own) != 1:
        raise Rejected("certificate_missing", f"The token has {len(own)} certificates of this name, not one.")
    every = [bytes(c[Attribute.VALUE]) for c in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})]
    return own[0], issuers(own[0], every)


def issuers(certificate: bytes, among: list[bytes]) -> tuple[bytes, ...]:
    """The certificates that issued `certificate`, DER, the nearest first, as far as they are `among` the others."""
    by_subject = {loaded.subject: loaded for loaded in map(x509.load_der_x509_certificate, among)}
    current, chain = x509.load_der_x509_certificate(certificate), list[x509.Certificate]()
    while current.issuer != current.subject and current.issuer in by_subject and len(chain) < len(by_subject):
        current = by_subject[current.issuer]
        chain.append(current)
    return tuple(found.public_bytes(Encoding.DER) for found in chain)


def _signature(key: Any, public: object, attributes: bytes, digest_algorithm: str) -> bytes:
    if isinstance(public, rsa.RSAPublicKey):
        return bytes(key.sign(attributes, mechanism=_RSA[digest_algorithm]))
    if isinstance(public, ec.EllipticCurvePublicKey):
        # Hashed here: many tokens, SoftHSM among them, sign a digest with EC and hash nothing.
        digest = hashlib.new(digest_algorithm, attributes).digest()
        return bytes(encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA)))
    raise Rejected("key_kind", "The token's key is neither an EC nor an RSA key.")


@contextmanager
def _told() -> Iterator[None]:
    """What the module says before anything is signed, in our words."""
    try:
        yield
    except SigningError:
        raise
    except _LOCKED:
        raise Rejected("secret_locked", "The token is locked, or its PIN has run out.") from None
    except (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned) as error:
        raise Rejected("key_missing", "The token has no one key of this name that the PIN opens.") from error
    except exceptions.PKCS11Error as error:
        raise Unavailable("token_away", f"The token does not answer: {type(error).__name__}.") from error
