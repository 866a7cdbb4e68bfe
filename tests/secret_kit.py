"""Houses whose keys ask their officers for a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from alur.pki_folder import pki_folder
from alur.wiring import House
from signing.development import DevelopmentPki, ensure_development_pki
from tests.drain_kit import one, quiet_house
from tests.holders_kit import key_file, officer
from workers.secret_desk import SecretDesk
from workers.workshop import Workshop


def pki_of(house: House) -> DevelopmentPki:
    """The house's development PKI."""
    return ensure_development_pki(pki_folder(house.settings))


@contextmanager
def house_of(house: House, **settings: Any) -> Iterator[House]:
    """A quiet house with other settings, whose signing worker is in this process and has announced itself."""
    with quiet_house(house) as own:
        own.settings = replace(own.settings, **settings)
        desk_of(own).look()
        yield own


@contextmanager
def asking_house(house: House, folder: Path) -> Iterator[House]:
    """A house whose key file opens with the passphrase that its signers give."""
    pki = pki_of(house)
    with house_of(house, signer=f"pkcs12:{key_file(folder, pki, officer(pki))}") as own:
        yield own


def workshop_of(house: House) -> Workshop:
    """The workshop that `settle` works in."""
    made: Workshop = house.__dict__.setdefault("_workshop", house.workshop(signs=True))
    return made


def desk_of(house: House) -> SecretDesk:
    """The desk of the worker in this process."""
    desk = workshop_of(house).desk
    assert desk is not None
    return desk


def restart(house: House) -> None:
    """As if the signing worker died and another began: what it had in memory is gone."""
    workshop_of(house).desk = house.desk()
    workshop_of(house).forget("signer")
    desk_of(house).look()


def failed(house: House, case: int) -> str | None:
    """Why the step of a case failed for good."""
    code: str | None = one(house, "SELECT fold->'step'->>6 FROM case_ WHERE id = :c", c=case)
    return code
