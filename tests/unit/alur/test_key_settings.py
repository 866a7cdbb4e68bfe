"""From settings to the places of keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from alur.key_places import keyring
from alur.pki_folder import pki_folder
from alur.setting_values import SettingsError
from alur.settings import Settings, load
from signing.bsre import BsrePlace
from signing.csc import CscPlace
from signing.development import ensure_development_pki
from signing.errors import Rejected
from signing.pkcs11_token import Pkcs11Place

TOKEN = "pkcs11:token=a;object=b?module-path=/usr/lib/x.so"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A development house."""
    return load({"ALUR_DATA": str(tmp_path / "house")}, tmp_path)


@pytest.fixture
def certificate(settings: Settings, tmp_path: Path) -> Path:
    """A certificate as PEM."""
    seal = x509.load_der_x509_certificate(ensure_development_pki(pki_folder(settings)).seal)
    (tmp_path / "officer.pem").write_bytes(seal.public_bytes(Encoding.PEM))
    return tmp_path / "officer.pem"


def test_the_development_key_asks_nobody(settings: Settings) -> None:
    """And is opened once."""
    ring = keyring(settings)
    assert ring.asks().house is None
    assert ring.opened(ring.house) is ring.opened(ring.house)


def test_each_kind_finds_its_place_and_says_what_it_asks(settings: Settings, certificate: Path) -> None:
    """Nothing is opened and nobody is asked for that."""
    bsre = f"bsre:https://esign.contoh.go.id?nik=1671010101800001&certificate={certificate}"
    for form, kind, asks in [
        (TOKEN, Pkcs11Place, "pin"),
        ("csc:https://csc.contoh.id/csc/v1?credential=a%2Fb", CscPlace, "pin"),
        ("csc:https://csc.contoh.id/csc/v1?credential=a&secret=totp", CscPlace, "totp"),
        ("csc:https://csc.contoh.id/csc/v1?credential=a&secret=none", CscPlace, None),
        (bsre, BsrePlace, "passphrase"),
        (bsre + "&secret=totp", BsrePlace, "totp"),
    ]:
        ring = keyring(replace(settings, signer=form))
        assert (type(ring.house), ring.asks().house) == (kind, asks)


def test_a_secret_that_is_set_is_not_asked_for(settings: Settings, certificate: Path, tmp_path: Path) -> None:
    """Neither from ALUR_SIGNER_PASSPHRASE nor from the file that an address names."""
    (tmp_path / "pin").write_text("1234\n")
    for form in (TOKEN, "csc:https://csc.contoh.id/v1?credential=a"):
        assert keyring(replace(settings, signer=form, signer_passphrase=tmp_path / "pin")).asks().house is None
    assert keyring(replace(settings, signer=f"{TOKEN}&pin-source=file:{tmp_path / 'pin'}")).asks().house is None


def test_officers_have_keys_of_their_own_and_the_house_signs_for_the_rest(settings: Settings, tmp_path: Path) -> None:
    """The secret that is set for the house is not used for theirs."""
    (tmp_path / "pin").write_text("1234")
    (tmp_path / "signers.toml").write_text(f'citra = "{TOKEN}"\n"nama.dengan.titik" = "pkcs12:/tiada.p12"\n')
    ring = keyring(replace(settings, signers=tmp_path / "signers.toml", signer_passphrase=tmp_path / "pin"))
    assert ring.asks().own == {"citra": "pin", "nama.dengan.titik": None}
    assert ring.place_of("citra") is not ring.house
    assert ring.place_of("dedi") is ring.house


@pytest.mark.parametrize(
    "form",
    [
        "csc:https://csc.contoh.id/v1",
        "csc:https://csc.contoh.id/v1?credential=a&colour=red",
        "csc:https://csc.contoh.id/v1?credential=a&secret=finger",
        "csc:https://csc.contoh.id/v1?credential",
        "bsre:https://esign.contoh.go.id?nik=1",
        "bsre:https://esign.contoh.go.id?certificate=/tiada.pem&nik=1",
        "bsre:https://esign.contoh.go.id?certificate={certificate}",
        "bsre:https://esign.contoh.go.id?certificate={certificate}&nik=1&email=a@b.id",
        "bsre:https://esign.contoh.go.id?certificate={certificate}&nik=1&secret=none",
    ],
)
def test_a_signer_that_is_not_understood_is_told(settings: Settings, certificate: Path, form: str) -> None:
    """The sentence names the setting."""
    with pytest.raises(SettingsError, match="ALUR_SIGNER"):
        keyring(replace(settings, signer=form.format(certificate=certificate)))


def test_plain_http_to_elsewhere_is_refused(settings: Settings, certificate: Path) -> None:
    """Whatever the settings say."""
    with pytest.raises(SettingsError, match="ALUR_SIGNER: A signing service is reached by https:// only") as caught:
        keyring(replace(settings, signer=f"bsre:http://esign.contoh.go.id?nik=1&certificate={certificate}"))
    assert caught.value.code == "setting_bad"


@pytest.mark.parametrize("content", ["citra = 1", "citra = 'gpg:key'", "citra", 'citra = "pkcs12:"'])
def test_a_mapping_that_is_not_understood_is_told(settings: Settings, tmp_path: Path, content: str) -> None:
    """With the officer at fault."""
    (tmp_path / "signers.toml").write_text(content)
    with pytest.raises(SettingsError, match="ALUR_SIGNERS"):
        keyring(replace(settings, signers=tmp_path / "signers.toml"))


def test_a_development_key_of_an_officer_signs_nowhere_in_production(settings: Settings, tmp_path: Path) -> None:
    """As for the house's own."""
    pki = ensure_development_pki(pki_folder(settings))
    (tmp_path / "signers.toml").write_text(f'citra = "pkcs12:{pki.pkcs12}"')
    production = replace(settings, env="production", signer=TOKEN, signers=tmp_path / "signers.toml")
    ring = keyring(production)
    with pytest.raises(Rejected) as caught:
        ring.opened(ring.place_of("citra"))
    assert caught.value.code == "development_root"
