"""Key holders by `ALUR_SIGNER`; the development key when none is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_crl, load_pem_x509_certificates, load_pem_x509_crl

from alur.claim_keys import claim_signer
from alur.key_places import keyring
from alur.pki_folder import pki_folder
from alur.settings import Settings
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.errors import Rejected
from signing.trust import Trust, is_development, refuse_development

if TYPE_CHECKING:
    from signing.keyholder import KeyHolder
    from signing.timestamps import TimeStamper
    from workers.keyring import Keyring
    from workers.signer import Signer


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


def trusts(settings: Settings) -> bool:
    """Whether anybody is trusted here; asking makes no keys."""
    return settings.production or settings.trust is not None or pki_folder(settings).exists()


def _checked(settings: Settings, trust: Trust) -> Trust:
    return refuse_development(trust) if settings.production else trust


def read_trust(folder: Path) -> Trust:
    """Certificates (`*.pem`; self-issued ones are roots) and revocation lists (`*.crl`, PEM or DER) of a folder."""
    certificates = [c for path in sorted(folder.glob("*.pem")) for c in _certificates(path)]
    roots = [c.public_bytes(Encoding.DER) for c in certificates if c.issuer == c.subject]
    if not roots:
        raise Rejected("trust_empty", f"The folder {folder} of ALUR_TRUST holds no root certificate (*.pem).")
    return Trust(
        roots=tuple(roots),
        intermediates=tuple(c.public_bytes(Encoding.DER) for c in certificates if c.issuer != c.subject),
        crls=tuple(_crl(path) for path in sorted(folder.glob("*.crl"))),
    )


def _certificates(path: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise _unreadable(path, "holds no certificate in PEM") from error


def _crl(path: Path) -> bytes:
    content = path.read_bytes()
    load = load_pem_x509_crl if content.startswith(b"-----") else load_der_x509_crl
    try:
        return load(content).public_bytes(Encoding.DER)
    except ValueError as error:
        raise _unreadable(path, "holds no revocation list in PEM or DER") from error


def _unreadable(path: Path, why: str) -> Rejected:
    return Rejected("trust_unreadable", f"The file {path.name} of the folder of ALUR_TRUST {why}.")


def make_signer(settings: Settings, ring: Keyring | None = None) -> Signer:
    """The signer for this house. Imports pyHanko: only for processes that sign.

    A key that asks nobody and lies on this machine is opened at once: what is wrong with it shows before a case waits.
    """
    from workers.signer import Signer

    ring = ring or keyring(settings)
    trust = trust_of(settings)
    here = ring.house.asks is None and not ring.house.remote
    holder = cast("KeyHolder", ring.opened(ring.house)) if here else None
    return Signer(
        holder=holder,
        timestamper=stamper_of(settings),
        trust=trust,
        claims=claim_signer(settings),
        development=is_development(holder.certificate) if holder else any(map(is_development, trust().roots)),
        ring=ring,
    )


def stamper_of(settings: Settings) -> TimeStamper:
    """The time stampers that the settings name; the development one when they name none. Imports pyHanko."""
    from signing.stampers import SeveralTimeStampers
    from signing.timestamps import http_timestamper, local_timestamper

    if settings.tsa_urls:
        each = [http_timestamper(url) for url in settings.tsa_urls]
        return each[0] if len(each) == 1 else SeveralTimeStampers(each)
    if settings.production:
        raise Rejected(
            "timestamper_missing", "ALUR_TSA_URL is not set; production never stamps with a development key."
        )
    return local_timestamper(ensure_development_pki(pki_folder(settings)))
