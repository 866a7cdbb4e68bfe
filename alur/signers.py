"""Key holders by `ALUR_SIGNER`; the development key when none is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from alur.settings import Settings
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.trust import Trust, is_development, refuse_development

if TYPE_CHECKING:
    from workers.signer import Signer


def pki_folder(settings: Settings) -> Path:
    """Where the development PKI is kept."""
    return settings.data / "pki"


def trust_of(settings: Settings) -> Callable[[], Trust]:
    """Whom this house's verifiers trust, asked anew each time since revocation lists are renewed."""
    pki: list[DevelopmentPki] = []

    def trust() -> Trust:
        pki[:] = [refresh(pki[0]) if pki else ensure_development_pki(pki_folder(settings))]
        return refuse_development(pki[0].trust) if settings.production else pki[0].trust

    return trust


def make_signer(settings: Settings) -> Signer:
    """The signer for this house. Imports pyHanko: only for processes that sign."""
    from signing.keyholder import Pkcs12KeyHolder
    from signing.timestamps import http_timestamper, local_timestamper
    from workers.signer import Signer

    pki = ensure_development_pki(pki_folder(settings))
    chosen = settings.chosen_signer()
    holder = Pkcs12KeyHolder(Path(chosen.removeprefix("pkcs12:")) if chosen else pki.pkcs12)
    stamper = http_timestamper(settings.tsa_url) if settings.tsa_url else local_timestamper(pki)
    return Signer(
        holder=holder,
        timestamper=stamper,
        trust=trust_of(settings),
        development=is_development(holder.certificate),
    )
