"""Keys of a house: generated in development, named and checked in production, which refuses generated ones."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from claim_kit import TODAY, claim

from alur.audit_key import note_signer
from alur.claim_keys import claim_signer, published_keys
from alur.key_files import new_key
from alur.setting_values import SettingsError
from alur.settings import Settings, load
from signing.claim_check import check
from signing.claim_keys import PublishedKey, key_set, read_private
from signing.errors import Rejected


def house(tmp_path: Path) -> Settings:
    """A house of trials."""
    return load({"ALUR_DATA": str(tmp_path / "house")}, tmp_path)


def named(tmp_path: Path, pem: bytes, *published: bytes) -> Settings:
    """A house in production with a key of its own; `published` are the public keys that it tells, else that one's."""
    file, listed = tmp_path / "claim.pem", tmp_path / "claim-keys.json"
    file.write_bytes(pem)
    keys = [
        PublishedKey(public=p, first=date(2026, 1, 1), last=date(2027, 12, 31))
        for p in published or (read_private(pem).public,)
    ]
    listed.write_text(json.dumps(key_set(keys)))
    return replace(house(tmp_path), env="production", claim_key=file, claim_keys=listed)


def test_in_development_the_claim_key_is_generated_once_and_closed_to_others(tmp_path: Path) -> None:
    """What it signs is checked by what the house publishes, and says that it is no official card."""
    settings = house(tmp_path)
    signed = claim_signer(settings).sign(claim())
    assert claim_signer(settings).sign(claim()) == signed
    found = check(signed, published_keys(settings)(), TODAY)
    assert (found.ok, found.development) == (True, True)
    assert stat.S_IMODE((settings.keys_folder / "claim_key").stat().st_mode) == 0o600


def test_production_signs_with_a_named_and_published_key(tmp_path: Path) -> None:
    """Its claims hold by the published set."""
    settings = named(tmp_path, new_key())
    found = check(claim_signer(settings).sign(claim()), published_keys(settings)(), TODAY)
    assert (found.ok, found.development) == (True, False)
    assert not settings.keys_folder.exists()


def test_production_names_its_keys(tmp_path: Path) -> None:
    """None is generated there; the public half is named wherever the private one is."""
    bare = replace(house(tmp_path), env="production")
    with pytest.raises(SettingsError, match="ALUR_CLAIM_KEY must be set in production"):
        claim_signer(bare)
    with pytest.raises(SettingsError, match="ALUR_CLAIM_KEYS must be set in production"):
        published_keys(bare)
    with pytest.raises(SettingsError, match="ALUR_CLAIM_KEYS must be set where ALUR_CLAIM_KEY is"):
        claim_signer(replace(house(tmp_path), claim_key=named(tmp_path, new_key()).claim_key))
    with pytest.raises(SettingsError, match=r"ALUR_CLAIM_KEY: .* cannot be read"):
        claim_signer(replace(named(tmp_path, new_key()), claim_key=tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"ALUR_CLAIM_KEYS: .* cannot be read"):
        published_keys(replace(bare, claim_keys=tmp_path / "nowhere"))()


def test_a_key_that_is_not_published_signs_nothing(tmp_path: Path) -> None:
    """Its claims could be checked by nobody."""
    other = read_private(new_key()).public
    with pytest.raises(SettingsError, match="does not publish"):
        claim_signer(named(tmp_path, new_key(), other))


def test_a_key_signs_on_its_days_only(tmp_path: Path) -> None:
    """Whoever forgot to change the keys learns it from an incident, not from a verifier."""
    signer = claim_signer(named(tmp_path, new_key()))
    with pytest.raises(Rejected) as caught:
        signer.sign(claim(issued=date(2028, 1, 1)))
    assert caught.value.code == "claim_key_period"


def test_a_change_of_keys_reaches_a_running_house(tmp_path: Path) -> None:
    """The published keys are read anew each time."""
    settings = named(tmp_path, new_key())
    asked = published_keys(settings)
    assert len(asked()) == 1
    named(tmp_path, new_key(), asked()[0].public, read_private(new_key()).public)
    assert len(asked()) == 2


@pytest.mark.parametrize("use", ["claim", "audit"])
@pytest.mark.parametrize("where", ["there", "copied", "old_there", "old_copied"])
def test_production_refuses_a_generated_key_wherever_it_lies(tmp_path: Path, use: str, where: str) -> None:
    """Named in place or copied away, and also one from before generated keys were marked."""
    settings = house(tmp_path)
    made = claim_signer if use == "claim" else note_signer
    made(settings)
    file = settings.keys_folder / f"{use}_key"
    if where.startswith("old"):
        file.write_bytes(new_key())
    if where.endswith("copied"):
        copy = tmp_path / "real.pem"
        copy.write_bytes(file.read_bytes())
        file = copy
    production = replace(settings, env="production", claim_key=file, audit_key=file, claim_keys=tmp_path / "any.json")
    with pytest.raises(SettingsError) as caught:
        made(production)
    assert caught.value.code == "development_key"


def test_production_publishes_no_development_key(tmp_path: Path) -> None:
    """A claim of a trial would hold with it."""
    settings = named(tmp_path, new_key())
    assert settings.claim_keys is not None
    settings.claim_keys.write_text(json.dumps(key_set(published_keys(house(tmp_path))())))
    with pytest.raises(SettingsError) as caught:
        published_keys(settings)()
    assert caught.value.code == "development_key"
