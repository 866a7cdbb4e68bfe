"""Files of every level, time stampers and lists that are away, and a PKI of other years."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from signing.archive import archive
from signing.certificates import Issued, authority, revocation_list, seal, time_stamper
from signing.development import DevelopmentPki, private_bytes
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import finish, prepare_now
from signing.phases import seal as seal_attributes
from signing.prepared import Prepared
from signing.private_files import bundle
from signing.timestamps import local_timestamper
from tests.signing_kit import card_pdf, profile, signed


class Outage(TimeStamper):
    """A time-stamping authority that does not answer."""

    async def async_request_tsa_response(self, req: object) -> object:
        """Fail as a connection does."""
        raise OSError("no route to host")


def at_level(pki: DevelopmentPki, level: Level) -> bytes:
    """A card signed at a level, with everything at hand."""
    pdf = signed(pki, level.signing)
    return asyncio.run(archive(pdf, pki.trust, local_timestamper(pki))) if level is Level.B_LTA else pdf


def while_away(pki: DevelopmentPki, **changes: object) -> Prepared:
    """A card prepared with something away."""
    return asyncio.run(prepare_now(card_pdf(), profile(pki, **changes)))


def sealed(pki: DevelopmentPki, ready: Prepared) -> bytes:
    """Its CMS, not stamped."""
    return asyncio.run(seal_attributes(ready, Pkcs12KeyHolder(pki.pkcs12)))


def pending_file(pki: DevelopmentPki, ready: Prepared) -> bytes:
    """Its file as long as nothing is stamped."""
    return finish(ready, sealed(pki, ready), pending=True)


class Years:
    """Keys of 2026 that end one after the other: the seal and the first time stamper in 2029, the second in 2035."""

    begin = datetime(2026, 11, 22, tzinfo=UTC)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = authority("Akar", self.begin, 20)
        self.issuing = authority("Penerbit", self.begin, 15, self._root)
        self._seal = seal("Segel", self.begin, 3, self.issuing)
        chain = [self.issuing.certificate, self._root.certificate]
        (folder / "seal.p12").write_bytes(bundle("seal", self._seal, chain, None))

    @cached_property
    def first(self) -> Issued:
        """The time stamper until 2029."""
        return time_stamper("Penanda waktu 1", self.begin, 3, self.issuing)

    @cached_property
    def second(self) -> Issued:
        """The time stamper until 2035."""
        return time_stamper("Penanda waktu 2", self.begin, 9, self.issuing)

    def pki(self, now: datetime, stamper: Issued) -> DevelopmentPki:
        """The PKI as of `now`: its lists are current, and `stamper` stamps."""
        lists = [revocation_list(issuer, n, now) for n, issuer in enumerate((self._root, self.issuing), now.year)]
        return DevelopmentPki(
            folder=self._folder,
            pkcs12=self._folder / "seal.p12",
            root=_der(self._root),
            issuing=_der(self.issuing),
            seal=_der(self._seal),
            tsa=_der(stamper),
            tsa_key=private_bytes(stamper),
            crls=tuple(made.public_bytes(Encoding.DER) for made in lists),
        )


def without_lists(pki: DevelopmentPki) -> DevelopmentPki:
    """A PKI whose lists ran out long ago."""
    return replace(pki, crls=())


def in_year(year: int) -> datetime:
    """A day of that year."""
    return datetime(year, 11, 23, tzinfo=UTC) + timedelta(hours=1)


def _der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)
