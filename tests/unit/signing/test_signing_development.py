"""The development PKI: made once, kept private, recognised everywhere, with lists that stay current."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signing.certificates import CRL_LIFETIME
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.errors import Rejected
from signing.trust import Trust, is_development, refuse_development


def _number(crl: bytes) -> int:
    found = x509.load_der_x509_crl(crl).extensions.get_extension_for_class(x509.CRLNumber)
    return found.value.crl_number


def _until(crl: bytes) -> datetime:
    until = x509.load_der_x509_crl(crl).next_update_utc
    assert until is not None
    return until


def test_second_start_finds_the_same_keys(tmp_path: Path) -> None:
    """Nothing is replaced once it is made."""
    first = ensure_development_pki(tmp_path / "keys")
    files = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    assert ensure_development_pki(tmp_path / "keys") == first
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == files


def test_folder_and_files_are_private(pki: DevelopmentPki) -> None:
    """Nobody but the owner enters the folder or reads a file."""
    assert stat.S_IMODE(pki.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in pki.folder.iterdir()} == {0o600}


def test_open_folder_is_closed(tmp_path: Path) -> None:
    """A folder that was there with wider rights is closed before a key is written."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o755)
    ensure_development_pki(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_starters_at_once_get_the_same_keys(tmp_path: Path) -> None:
    """The lock lets one make the PKI and the others read it."""
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: ensure_development_pki(tmp_path / "keys"), range(4)))
    assert all(one == made[0] for one in made)


def test_interrupted_making_is_begun_anew(tmp_path: Path) -> None:
    """A folder without its last file holds nothing that was ever used."""
    first = ensure_development_pki(tmp_path / "keys")
    (first.folder / "complete").unlink()
    (first.folder / "tsa.key").unlink()
    second = ensure_development_pki(tmp_path / "keys")
    assert second.root != first.root
    assert second.tsa_key


def test_every_subject_says_that_it_is_not_valid(pki: DevelopmentPki) -> None:
    """The organisation in every certificate is the mark of the development PKI."""
    assert all(is_development(made) for made in (pki.root, pki.issuing, pki.seal, pki.tsa))


def test_keys_are_p256_for_the_seal_and_rsa_for_the_stamp(pki: DevelopmentPki) -> None:
    """The kinds of key that the profiles and the local time stamper need."""
    seal = x509.load_der_x509_certificate(pki.seal)
    assert isinstance(seal.public_key(), ec.EllipticCurvePublicKey)
    assert isinstance(x509.load_der_x509_certificate(pki.tsa).public_key(), rsa.RSAPublicKey)
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_lists_are_renewed_in_the_second_half_of_their_life(tmp_path: Path) -> None:
    """A process that refreshes daily never holds a list that has run out."""
    made = ensure_development_pki(tmp_path / "keys")
    with time_machine.travel(datetime.now(UTC) + CRL_LIFETIME / 2 - timedelta(hours=1)):
        assert refresh(made).crls == made.crls
    later = datetime.now(UTC) + CRL_LIFETIME / 2 + timedelta(hours=1)
    with time_machine.travel(later):
        renewed = refresh(made)
    assert [_number(crl) for crl in made.crls] == [1, 1]
    assert [_number(crl) for crl in renewed.crls] == [2, 2]
    assert all(_until(crl) > later + CRL_LIFETIME - timedelta(hours=1) for crl in renewed.crls)
    assert renewed.root == made.root


def test_production_refuses_a_development_root(pki: DevelopmentPki) -> None:
    """Where the settings say production, no development signature is ever trusted."""
    with pytest.raises(Rejected) as caught:
        refuse_development(pki.trust)
    assert caught.value.code == "development_root"


def test_trust_survives_its_json(pki: DevelopmentPki) -> None:
    """Trust reaches the confined process unchanged."""
    assert Trust.from_json(pki.trust.to_json()) == pki.trust
