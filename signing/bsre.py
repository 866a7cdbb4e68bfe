"""A signer at a BSrE-style service (REST, v2): it takes a whole PDF, and gives it back signed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from signing.errors import Rejected, Uncertain
from signing.keyholder import FileHolder
from signing.remote import Answer, Service
from signing.returned import appended
from signing.secret import Secret, SecretKind

PATH = "/api/v2/sign/pdf"
#: What the service answers to a wrong passphrase, and to a wrong or used one-time code.
_WRONG = frozenset({"2031", "2041"})


@dataclass(frozen=True, kw_only=True)
class BsreIdentity:
    """Who signs, as the service knows the person."""

    #: NIK, or None where the person is named by e-mail.
    nik: str | None
    #: E-mail address, or None.
    email: str | None
    #: Certificates by which the person's signatures are known, DER: the current one, and others around a renewal.
    certificates: tuple[bytes, ...]

    @property
    def named(self) -> Mapping[str, str]:
        """How requests name the person."""
        return {"nik": self.nik} if self.nik else {"email": self.email or ""}


class BsrePlace:
    """A person's key at a BSrE-style service."""

    whole = True
    remote = True

    def __init__(
        self,
        service: Service,
        identity: BsreIdentity,
        secret: Secret | None = None,
        kind: SecretKind = "passphrase",
    ) -> None:
        """`secret` is the passphrase that is set for the house; `kind` is `passphrase` or `totp`."""
        self._service = service
        self._identity = identity
        self._secret = secret
        self._kind = kind

    @property
    def asks(self) -> SecretKind | None:
        """A passphrase or a one-time code, unless one is set."""
        return self._kind if self._secret is None else None

    def open(self, secret: Secret | None) -> FileHolder:
        """The person's key; nothing is asked of the service yet."""
        return BsreHolder(self._service, self._identity, secret or self._secret, self._kind)


class BsreHolder:
    """A person's key with the secret for it."""

    def __init__(self, service: Service, identity: BsreIdentity, secret: Secret | None, field: str) -> None:
        self._service, self._identity = service, identity
        self._secret, self._field = secret, field

    @property
    def certificate(self) -> bytes:
        """The certificate that must have signed what comes back, DER."""
        return self._identity.certificates[0]

    @property
    def chain(self) -> tuple[bytes, ...]:
        """None: the file that comes back carries its own."""
        return ()

    async def sign_file(self, pdf: bytes) -> bytes:
        """Return the revision that the service appended to `pdf`, once it is found to be what was asked for."""
        body = {
            **self._identity.named,
            self._field: self._secret.reveal() if self._secret else "",
            "signatureProperties": [{"tampilan": "INVISIBLE"}],
            "file": [b64encode(pdf).decode()],
        }
        answer = self._service.post(PATH, body, signs=True)
        if not answer.ok:
            raise _refused(answer)
        try:
            (file,) = answer.body["file"]
            returned = b64decode(file, validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise Uncertain("uncertain", "The signing service signed, and its answer cannot be read.") from error
        return await appended(pdf, returned, self._identity.certificates)


def _refused(answer: Answer) -> Rejected:
    """Why the service signed nothing; its own sentence is left out, it might repeat what it was sent."""
    if answer.status in (401, 403):
        return Rejected("holder_login", "The signing service does not accept this house's login.")
    code = str(answer.body.get("status_code", ""))
    if code in _WRONG:
        return Rejected("secret_wrong", "The signing service refuses this passphrase or code.")
    told = f" ({code})" if code.isdecimal() and len(code) <= 6 else ""
    return Rejected("holder_refused", f"The signing service did not sign: it said {answer.status}{told}.")
