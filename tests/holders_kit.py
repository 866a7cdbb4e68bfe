"""Keys in every kind of place, for tests: files, a SoftHSM token, a CSC service and a BSrE-style fake."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pkcs11
from asn1crypto import x509 as ax
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from pkcs11 import Attribute, CertificateType, ObjectClass

from signing import pkcs11_token
from signing.bsre import BsreIdentity, BsrePlace
from signing.certificates import Issued, seal
from signing.development import DevelopmentPki
from signing.keyholder import KeyPlace, Pkcs12Place
from signing.pkcs11_token import Pkcs11Place
from signing.pkcs11_uri import Pkcs11Uri
from signing.remote import Service
from tests.fake_bsre import LOGIN, NIK, FakeBsre, Person, context_of
from tests.tools import need

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN, PIN = "alur", "7301-rahasia"
PASSPHRASE = "rahasia-petugas-4711"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One kind of place with everything that the contract asks of it."""

    place: KeyPlace
    #: The secret that opens it.
    right: str
    certificate: bytes
    #: The same place when nobody is there.
    away: KeyPlace
    #: While it lasts, signatures are made and their answers are lost; None where no answer can be lost.
    losing: Callable[[], AbstractContextManager[object]] | None = None


def issuer_of(pki: DevelopmentPki) -> Issued:
    """The issuing authority of the development PKI."""
    key = load_der_private_key((pki.folder / "issuing.key").read_bytes(), None)
    return Issued(certificate=x509.load_der_x509_certificate(pki.issuing), key=key)  # type: ignore[arg-type]


def trust_folder(folder: Path, pki: DevelopmentPki) -> Path:
    """A folder for ALUR_TRUST that holds this PKI."""
    folder.mkdir()
    for name, certificate in {"root": pki.root, "issuing": pki.issuing}.items():
        pem = x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
        (folder / f"{name}.pem").write_bytes(pem)
    return folder


def officer(pki: DevelopmentPki, name: str = "Ratna Dewi") -> Issued:
    """A person's certificate of the development PKI, with its key (EC)."""
    return seal(name, datetime.now(UTC), 2, issuer_of(pki))


def with_rsa(issued: Issued, issuer: Issued) -> Issued:
    """The same certificate for an RSA key."""
    key, like = rsa.generate_private_key(65537, 2048), issued.certificate
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, like.subject, key.public_key(), x509.random_serial_number(),
        like.not_valid_before_utc, like.not_valid_after_utc,
    )  # fmt: skip
    for extension in like.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    return Issued(certificate=builder.sign(issuer.key, hashes.SHA256()), key=key)


def der(issued: Issued) -> bytes:
    """A certificate's bytes."""
    return issued.certificate.public_bytes(Encoding.DER)


def key_der(issued: Issued) -> bytes:
    """A key's bytes (PKCS#8)."""
    return issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def key_file(folder: Path, pki: DevelopmentPki, person: Issued, passphrase: str = PASSPHRASE) -> Path:
    """A PKCS#12 file behind a passphrase."""
    chain = [x509.load_der_x509_certificate(c) for c in (pki.issuing, pki.root)]
    path = folder / "officer.p12"
    sealed = BestAvailableEncryption(passphrase.encode())
    path.write_bytes(serialize_key_and_certificates(b"officer", person.key, person.certificate, chain, sealed))
    return path


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stand_pkcs12(folder: Path, pki: DevelopmentPki) -> Stand:
    """A file whose passphrase the signer gives."""
    person = officer(pki)
    place = Pkcs12Place(key_file(folder, pki, person))
    return Stand(place=place, right=PASSPHRASE, certificate=der(person), away=Pkcs12Place(folder / "none.p12"))


def make_token(folder: Path, pki: DevelopmentPki) -> dict[str, Issued]:
    """A SoftHSM token with an EC and an RSA key and their certificates; SOFTHSM2_CONF points to it from now on."""
    util = need("softhsm2-util")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    run = [util, "--init-token", "--free", "--label", TOKEN, "--so-pin", "98765432", "--pin", PIN]
    subprocess.run(run, check=True, capture_output=True)
    made = {"ec": officer(pki, "Kunci EC"), "rsa": with_rsa(officer(pki, "Kunci RSA"), issuer_of(pki))}
    for number, (label, issued) in enumerate(made.items(), 1):
        pem = folder / f"{label}.pem"
        pem.write_bytes(issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        run = [util, "--import", str(pem), "--token", TOKEN, "--label", label, "--id", f"0{number}", "--pin", PIN]
        subprocess.run(run, check=True, capture_output=True)
        pem.unlink()
    lib = pkcs11.lib(str(SOFTHSM))
    lib.reinitialize()
    with lib.get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        for number, (label, issued) in enumerate(made.items(), 1):
            _put(session, label, bytes([number]), der(issued))
        _put(session, "penerbit", b"\x09", pki.issuing)
    return made


def _put(session: Any, label: str, id_: bytes, certificate: bytes) -> None:
    loaded = ax.Certificate.load(certificate)
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: False,
            Attribute.LABEL: label,
            Attribute.ID: id_,
            Attribute.SUBJECT: loaded.subject.dump(),
            Attribute.VALUE: certificate,
        }
    )


def token_address(label: str, more: str = "") -> str:
    """The address of a key on the token."""
    return f"pkcs11:token={TOKEN};object={label};type=private?module-path={SOFTHSM}{more}"


def stand_pkcs11(made: dict[str, Issued], label: str) -> Stand:
    """A key on the SoftHSM token."""

    def losing() -> AbstractContextManager[object]:
        return patch.object(pkcs11_token, "_signature", side_effect=pkcs11.exceptions.DeviceRemoved())

    nobody = token_address(label).replace(f"token={TOKEN}", "token=hilang")
    return Stand(
        place=Pkcs11Place(Pkcs11Uri.parse(token_address(label))),
        right=PIN,
        certificate=der(made[label]),
        away=Pkcs11Place(Pkcs11Uri.parse(nobody)),
        losing=losing,
    )


def fake_bsre(pki: DevelopmentPki, timestamper: Any = None) -> FakeBsre:
    """The fake with one person; at B-LT where a time stamper is given."""
    person, stranger = officer(pki), officer(pki, "Orang Lain")
    return FakeBsre(
        people={NIK: Person(der(person), key_der(person), PASSPHRASE)},
        chain=[pki.issuing, pki.root],
        stranger=Person(der(stranger), key_der(stranger), "lain"),
        timestamper=timestamper,
        context=(lambda: context_of(pki)) if timestamper is not None else None,
    )


def bsre_place(fake: FakeBsre, url: str, kind: Any = "passphrase") -> BsrePlace:
    """The person's key at the fake."""
    identity = BsreIdentity(nik=NIK, email=None, certificates=(fake.people[NIK].certificate,))
    login = {"Authorization": "Basic " + base64.b64encode(LOGIN.encode()).decode()}
    return BsrePlace(Service(url, login), identity, None, kind)


@contextmanager
def _lost(fake: FakeBsre) -> Iterator[None]:
    fake.mode = "lost"
    try:
        yield
    finally:
        fake.mode = "ok"


def stand_bsre(fake: FakeBsre, url: str) -> Stand:
    """A person at the fake."""
    return Stand(
        place=bsre_place(fake, url),
        right=PASSPHRASE,
        certificate=fake.people[NIK].certificate,
        away=bsre_place(fake, f"http://127.0.0.1:{closed_port()}"),
        losing=lambda: _lost(fake),
    )
