"""Key holders by `ALUR_SIGNER`; the development key when none is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_crl, load_pem_x509_certificates, load_pem_x509_crl

from alur.claim_keys import claim_signer
from alur.settings import Settings, SettingsError
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.errors import Rejected
from signing.trust import Trust, is_development, refuse_development

if TYPE_CHECKING:
    from signing.timestamps import TimeStamper
    from workers.signer import Signer


def pki_folder(settings: Settings) -> Path:
    """Where the development PKI is kept."""
    return settings.data / "pki"


def trust_of(settings: Settings) -> Callable[[], Trust]:
    """Whom this house's verifiers trust, asked anew each time since revocation lists are renewed."""
    folder = settings.trust
    if folder is not None:
        return lambda: _checked(settings, read_trust(folder))
    pki: list[DevelopmentPki] = []

    def trust() -> Trust:
        pki[:] = [refresh(pki[0]) if pki else ensure_development_pki(pki_folder(settings))]
        return _checked(settings, pki[0].trust)

    return trust


def _checked(settings: Settings, trust: Trust) -> Trust:
    return refuse_development(trust) if settings.production else trust


def read_trust(folder: Path) -> Trust:
    """Certificates (`*.pem`; self-issued ones are roots) and revocation lists (`*.crl`, PEM or DER) of a folder."""
    certificates = [c for path in sorted(folder.glob("*.pem")) for c in load_pem_x509_certificates(path.read_bytes())]
    roots = [c.public_bytes(Encoding.DER) for c in certificates if c.issuer == c.subject]
    if not roots:
        raise Rejected("trust_empty", f"The folder {folder} of ALUR_TRUST holds no root certificate (*.pem).")
    return Trust(
        roots=tuple(roots),
        intermediates=tuple(c.public_bytes(Encoding.DER) for c in certificates if c.issuer != c.subject),
        crls=tuple(_crl(path) for path in sorted(folder.glob("*.crl"))),
    )


def _crl(path: Path) -> bytes:
    content = path.read_bytes()
    load = load_pem_x509_crl if content.startswith(b"-----") else load_der_x509_crl
    return load(content).public_bytes(Encoding.DER)


def make_signer(settings: Settings) -> Signer:
    """The signer for this house. Imports pyHanko: only for processes that sign."""
    from signing.keyholder import Pkcs12KeyHolder
    from workers.signer import Signer

    holder = Pkcs12KeyHolder(_key_file(settings), _passphrase(settings))
    if settings.production and any(map(is_development, (holder.certificate, *holder.chain))):
        raise Rejected("development_root", "ALUR_SIGNER: a development key signs nowhere but in development.")
    return Signer(
        holder=holder,
        timestamper=stamper_of(settings),
        trust=trust_of(settings),
        claims=claim_signer(settings),
        development=is_development(holder.certificate),
    )


def _key_file(settings: Settings) -> Path:
    chosen = settings.chosen_signer()
    if chosen is None:
        return ensure_development_pki(pki_folder(settings)).pkcs12
    kind, _, rest = chosen.partition(":")
    if kind != "pkcs12":
        raise Rejected("signer_kind", f"ALUR_SIGNER: this version signs with pkcs12:PATH only, not with {kind}.")
    return Path(rest)


def _passphrase(settings: Settings) -> bytes | None:
    """The first line of the passphrase's file."""
    path = settings.signer_passphrase
    if path is None or settings.chosen_signer() is None:
        return None
    try:
        return path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    except OSError as error:
        raise SettingsError(
            "setting_bad", f"ALUR_SIGNER_PASSPHRASE: {path} cannot be read ({error.strerror})."
        ) from error


def stamper_of(settings: Settings) -> TimeStamper:
    """The time stamper that the settings name; the development one when they name none. Imports pyHanko."""
    from signing.timestamps import http_timestamper, local_timestamper

    if settings.tsa_url:
        return http_timestamper(settings.tsa_url)
    if settings.production:
        raise Rejected(
            "timestamper_missing", "ALUR_TSA_URL is not set; production never stamps with a development key."
        )
    return local_timestamper(ensure_development_pki(pki_folder(settings)))
