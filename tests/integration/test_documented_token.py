"""The page that connects a token, command by command, on SoftHSM."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from alur.signers import read_trust
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Rejected, SigningError
from signing.phases import prepare
from signing.pkcs11_token import Pkcs11BareKey
from signing.pkcs11_uri import Pkcs11Uri
from signing.secret import Secret
from signing.timestamps import local_timestamper
from tests.holders_kit import (
    PASSPHRASE,
    PIN,
    SOFTHSM,
    issuer_of,
    key_file,
    make_token,
    officer,
    token_address,
    trust_folder,
)
from tests.signing_kit import card_pdf, profile
from tests.tools import need

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-a-signing-key.md"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


def issued(pki: DevelopmentPki, request: bytes) -> bytes:
    """What an authority gives back for a request (PEM)."""
    asked, issuer = x509.load_pem_x509_csr(request), issuer_of(pki)
    like = officer(pki).certificate
    made = x509.CertificateBuilder(
        issuer.certificate.subject, asked.subject, asked.public_key(), x509.random_serial_number(),
        like.not_valid_before_utc, like.not_valid_after_utc,
    )  # fmt: skip
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_every_command_of_the_page_works_as_written(pki: DevelopmentPki, tmp_path: Path) -> None:
    """From an empty folder to two keys that sign, one brought and one born there."""
    for tool in ("softhsm2-util", "pkcs11-tool", "openssl", "shred"):
        need(tool)
    key_file(tmp_path, pki, officer(pki)).rename(tmp_path / "kepala.p12")
    for name, content in {"pin": PIN, "so-pin": "98765432", "passphrase": PASSPHRASE}.items():
        (tmp_path / name).write_text(content + "\n")
    trust = str(trust_folder(tmp_path / "trust", pki))
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    back = next(n for n, block in enumerate(blocks) if "wakil.crt" in block)
    exports = "\n".join(re.findall(r"^export .*$", "".join(blocks[:back]), re.MULTILINE))

    def run(*lines: str) -> str:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
        environ["ALUR_TRUST"] = trust
        environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
        argv = ["bash", "-euo", "pipefail", "-c", "\n".join(lines)]
        done = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout + done.stderr

    assert "Budi Santoso" in run(*blocks[:back])
    (tmp_path / "wakil.crt").write_bytes(issued(pki, (tmp_path / "wakil.csr").read_bytes()))
    told = run(exports, *blocks[back:])
    assert "ALUR_SIGNER: asks for pin; " in told
    assert "CN=Budi Santoso" in told
    assert not (tmp_path / "kepala.key").exists()
    brought = "pkcs11:token=kantor;object=kepala?module-path=$MODULE&pin-source=file:$PWD/pin"
    assert "Ratna Dewi" in run(exports, f'export ALUR_SIGNER="{brought}"', "alur keys check")


def test_the_development_time_stamper_is_trusted_after_the_commands_of_the_page(
    pki: DevelopmentPki, tmp_path: Path
) -> None:
    """A signer of an office's own authorities, stamped in a trial: refused at first, and then no more."""
    need("openssl")
    stamper = local_timestamper(ensure_development_pki(tmp_path / "var" / "pki"))
    trust = tmp_path / "trust"
    trust.mkdir()
    for name, content in {"root": pki.root, "issuing": pki.issuing}.items():
        pem = x509.load_der_x509_certificate(content).public_bytes(Encoding.PEM)
        (trust / f"{name}.pem").write_bytes(pem)
    for number, content in enumerate(pki.crls):
        (trust / f"{number}.crl").write_bytes(content)
    with pytest.raises(Rejected) as told:
        asyncio.run(prepare(card_pdf(), profile(pki, trust=read_trust(trust), timestamper=stamper)))
    assert told.value.code == "timestamper_rejected"
    (block,) = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    subprocess.run(["bash", "-eu", "-c", block], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert asyncio.run(prepare(card_pdf(), profile(pki, trust=read_trust(trust), timestamper=stamper))).lacks is None


@pytest.mark.parametrize("label", ["ec", "rsa"])
def test_a_request_is_of_the_key_and_its_holder(pki: DevelopmentPki, tmp_path: Path, label: str) -> None:
    """Both kinds of keys, with a name that is not plain; the request proves that the key is there."""
    from signing.certificate_request import request_of

    make_token(tmp_path, pki)
    need("pkcs11-tool")
    kind = {"ec": "EC:secp384r1", "rsa": "rsa:2048"}[label]
    argv = ["pkcs11-tool", "--module", str(SOFTHSM), "--login", "--pin", PIN, "--keypairgen", "--key-type", kind]
    subprocess.run([*argv, "--label", "baru", "--id", "0a"], check=True, capture_output=True)
    key = Pkcs11BareKey(Pkcs11Uri.parse(token_address("baru")), Secret(PIN))
    made = x509.load_der_x509_csr(request_of("CN=Ni Lúh\\, S.H.,O=Dinas,C=ID", key.public(), key.sign))
    assert made.is_signature_valid
    assert made.subject.rfc4514_string() == "CN=Ni Lúh\\, S.H.,O=Dinas,C=ID"
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey if label == "ec" else rsa.RSAPublicKey)
    with pytest.raises(SigningError, match="CN=") as told:
        request_of("Ratna", key.public(), key.sign)
    assert told.value.code == "subject_bad"
