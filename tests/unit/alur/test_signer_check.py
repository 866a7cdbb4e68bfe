"""What is wrong with the keys that sign is told at the start, in a sentence that names the setting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from holders_kit import PASSPHRASE, closed_port, key_file, officer, trust_folder

from alur.setting_values import SettingsError
from alur.settings import load
from alur.signer_check import check_signers
from signing.development import DevelopmentPki, ensure_development_pki
from signing.trust import Trust, missing_root


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


def refused(folder: Path, **environ: str) -> str:
    """The sentence with which the start ends."""
    with pytest.raises(SettingsError) as told:
        check_signers(load(environ, folder))
    return str(told.value)


@pytest.mark.parametrize(
    ("signer", "wanted"),
    [
        ("pkcs12:none.p12", "none.p12 cannot be read"),
        ("pkcs11:token=alur?module-path=/x.so", "must name the token (token or serial) and the key"),
        ("pkcs11:token=alur;object=k", "module-path is missing"),
        ("pkcs11:token=alur;object=k?module-path=/none.so", "module /none.so cannot be loaded"),
        ("csc:https://csc.example.id:x/v1?credential=a", "address is not understood"),
        ("csc:https://[csc.example.id/v1?credential=a", "address is not understood"),
        ("csc:http://csc.example.id/v1?credential=a", "by https:// only"),
        ("csc:https://csc.example.id/v1", "credential"),
        ("bsre:https://esign.example.id?nik=1&certificate=none.pem", "holds no certificate"),
        ("bsre:https://esign.example.id?certificate=none.pem", "nik or by email"),
    ],
)
def test_a_wrong_signer_is_told_by_its_setting(tmp_path: Path, signer: str, wanted: str) -> None:
    """One sentence with what is wrong."""
    said = refused(tmp_path, ALUR_SIGNER=signer)
    assert said.startswith("ALUR_SIGNER")
    assert wanted in said
    assert "\n" not in said


def test_a_file_that_is_no_key_and_a_wrong_passphrase_are_told_apart(tmp_path: Path, pki: DevelopmentPki) -> None:
    """A file whose officers give the passphrase is looked at as far as that goes without it."""
    (tmp_path / "text.p12").write_text("no key")
    assert "is no PKCS#12 file" in refused(tmp_path, ALUR_SIGNER=f"pkcs12:{tmp_path / 'text.p12'}")
    key_file(tmp_path, pki, officer(pki))
    signer = {"ALUR_SIGNER": f"pkcs12:{tmp_path / 'officer.p12'}"}
    (asked,) = check_signers(load(signer, tmp_path))
    assert (asked.asks, asked.why) == ("passphrase", None)
    (tmp_path / "word").write_text("salah")
    assert "ALUR_SIGNER_PASSPHRASE" in refused(tmp_path, **signer, ALUR_SIGNER_PASSPHRASE="word")
    (tmp_path / "word").write_text(PASSPHRASE)
    signer |= {"ALUR_SIGNER_PASSPHRASE": "word", "ALUR_TRUST": str(trust_folder(tmp_path / "trust", pki))}
    (opened,) = check_signers(load(signer, tmp_path))
    assert "Ratna Dewi" in opened.words


def test_a_service_that_is_away_does_not_stop_the_start(tmp_path: Path) -> None:
    """Nothing is asked of it before somebody signs."""
    signer = f"csc:http://127.0.0.1:{closed_port()}/csc/v1?credential=a"
    (found,) = check_signers(load({"ALUR_SIGNER": signer}, tmp_path))
    assert (found.asks, found.why) == ("pin", None)


def test_one_officers_key_does_not_stop_the_others(tmp_path: Path, pki: DevelopmentPki) -> None:
    """It is told, and the house signs on."""
    (tmp_path / "signers.toml").write_text('"dedi" = "pkcs12:/none.p12"\n')
    trust_folder(tmp_path / "trust", pki)
    signer = {"ALUR_SIGNER": f"pkcs12:{pki.pkcs12}", "ALUR_TRUST": "trust"}
    house, dedi = check_signers(load({**signer, "ALUR_SIGNERS": "signers.toml"}, tmp_path))
    assert house.why is None
    assert dedi.words.startswith("ALUR_SIGNERS: dedi: The key file none.p12 cannot be read")


def test_a_folder_of_trust_that_trusts_nobody_is_told_by_its_setting(tmp_path: Path, pki: DevelopmentPki) -> None:
    """It stops the start, whatever key signs: the first signature would have told it."""
    for signer in ({}, {"ALUR_SIGNER": f"pkcs12:{pki.pkcs12}"}):
        said = refused(tmp_path, ALUR_TRUST="nope", **signer)
        assert said.startswith("ALUR_TRUST: ")
        assert "nope is no folder" in said
    assert not list(tmp_path.iterdir())
    (tmp_path / "trust").mkdir()
    assert "holds no root certificate" in refused(tmp_path, ALUR_TRUST="trust")
    (tmp_path / "trust" / "root.pem").write_text("no certificate")
    assert "root.pem" in refused(tmp_path, ALUR_TRUST="trust")


def test_a_key_whose_root_is_not_trusted_is_told_with_the_root_that_is_missing(
    tmp_path: Path, pki: DevelopmentPki, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The house's stops the start, an officer's is told and the house signs on."""
    other = ensure_development_pki(tmp_path_factory.mktemp("other") / "keys")
    trust_folder(tmp_path / "trust", pki)
    said = refused(tmp_path, ALUR_TRUST="trust", ALUR_SIGNER=f"pkcs12:{other.pkcs12}")
    root = x509.load_der_x509_certificate(other.root).subject.rfc4514_string()
    assert said.startswith("ALUR_SIGNER: The chain of ")
    assert f"ends at {root}, which is not in the folder {tmp_path / 'trust'} of ALUR_TRUST" in said
    assert "under this name has another key" in said
    (tmp_path / "signers.toml").write_text(f'"dedi" = "pkcs12:{other.pkcs12}"\n')
    chosen = {"ALUR_TRUST": "trust", "ALUR_SIGNER": f"pkcs12:{pki.pkcs12}", "ALUR_SIGNERS": "signers.toml"}
    house, dedi = check_signers(load(chosen, tmp_path))
    assert house.why is None
    assert dedi.why is not None
    assert root in dedi.why


def test_an_issuing_certificate_may_come_with_the_key_or_stand_in_the_folder(pki: DevelopmentPki) -> None:
    """An issuing certificate that is missing is named, not its root."""
    signer = officer(pki).certificate.public_bytes(Encoding.DER)
    whole = Trust(roots=(pki.root,), intermediates=(pki.issuing,))
    bare = Trust(roots=(pki.root,))
    assert missing_root(signer, (), whole) is None
    assert missing_root(signer, (pki.issuing,), bare) is None
    issuing = x509.load_der_x509_certificate(pki.issuing).subject.rfc4514_string()
    assert missing_root(signer, (), bare) == issuing


@pytest.mark.parametrize("command", [("worker", "signing"), ("serve", "--port", str(closed_port())), ("keys", "check")])
def test_commands_end_with_the_sentence_and_no_traceback(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Exit code 1, one line on stderr, and nothing was started."""
    environ = {**os.environ, "ALUR_DATA": str(tmp_path), "ALUR_SIGNER": "pkcs12:/none.p12"}
    argv = [sys.executable, "-m", "alur", *command]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "alur: ALUR_SIGNER: The key file none.p12 cannot be read: No such file or directory. "
        "Mend the path, or put the file there.\n"
    )
    assert not list(tmp_path.iterdir())
