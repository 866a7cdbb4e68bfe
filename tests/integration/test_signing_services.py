"""What signing services do wrong, and what becomes of it: what came back is used only where it is what was asked."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from unittest.mock import patch

import pkcs11
import pytest

from alur.setting_values import SettingsError
from alur.settings import load
from alur.signer_check import check_signers
from signing import pkcs11_token
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Rejected, SigningError, Unavailable, Uncertain
from signing.keyholder import FileHolder, KeyHolder
from signing.pkcs11_token import Pkcs11Place
from signing.pkcs11_uri import Pkcs11Uri
from signing.remote import Service
from signing.secret import Secret
from tests.fake_bsre import NIK, FakeBsre, serving
from tests.holders_kit import PASSPHRASE, PIN, bsre_place, fake_bsre, make_token, token_address, trust_folder
from tests.signing_kit import card_pdf
from tests.tools import need


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


@pytest.fixture(scope="module")
def served(pki: DevelopmentPki) -> Iterator[tuple[FakeBsre, str]]:
    """The fake and its address."""
    fake = fake_bsre(pki)
    with serving(fake) as url:
        yield fake, url


@pytest.fixture
def bsre(served: tuple[FakeBsre, str]) -> Iterator[tuple[FakeBsre, str]]:
    """The fake, which behaves well again afterwards."""
    yield served
    served[0].mode = "ok"


def ask(url: str, fake: FakeBsre, secret: str = PASSPHRASE, kind: str = "passphrase") -> bytes:
    """Have a card signed; what is appended."""
    holder = cast(FileHolder, bsre_place(fake, url, kind).open(Secret(secret)))
    return asyncio.run(holder.sign_file(card_pdf()))


def code(error: type[SigningError], url: str, fake: FakeBsre, secret: str = PASSPHRASE) -> str:
    """The code of the error that signing must raise."""
    with pytest.raises(error) as caught:
        ask(url, fake, secret)
    assert type(caught.value) is error
    return caught.value.code


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("changed", "holder_file_changed"),
        ("prepended", "holder_file_changed"),
        ("unsigned", "holder_signatures"),
        ("two", "holder_signatures"),
        ("wrong_signer", "holder_wrong_signer"),
        ("damaged", "holder_signature_wrong"),
    ],
)
def test_a_wrong_file_is_never_used(bsre: tuple[FakeBsre, str], mode: str, wanted: str) -> None:
    """Our bytes unchanged, exactly one new signature, and that person's: anything else is refused for good."""
    fake, url = bsre
    fake.mode = mode
    assert code(Rejected, url, fake) == wanted


@pytest.mark.parametrize("mode", ["lost", "garbage"])
def test_an_answer_that_does_not_arrive_is_uncertain(bsre: tuple[FakeBsre, str], mode: str) -> None:
    """The service has signed, so nobody asks it again unasked."""
    fake, url = bsre
    fake.mode, before = mode, fake.made
    assert code(Uncertain, url, fake) == "uncertain"
    assert fake.made == before + 1


def test_a_service_that_has_no_time_is_unavailable(bsre: tuple[FakeBsre, str]) -> None:
    """429 says that it did nothing."""
    fake, url = bsre
    fake.mode = "busy"
    assert code(Unavailable, url, fake) == "holder_away"


def test_a_wrong_login_of_the_house_is_not_told_as_the_officers_fault(bsre: tuple[FakeBsre, str]) -> None:
    """The officer's passphrase is not at fault."""
    fake, url = bsre
    place = bsre_place(fake, url)
    place._service._headers["Authorization"] = "Basic AAAA"
    with pytest.raises(Rejected) as caught:
        asyncio.run(cast(FileHolder, place.open(Secret(PASSPHRASE))).sign_file(card_pdf()))
    assert caught.value.code == "holder_login"


def test_a_one_time_code_signs_as_well(bsre: tuple[FakeBsre, str]) -> None:
    """TOTP instead of a passphrase; it travels under its own name."""
    fake, url = bsre
    assert ask(url, fake, fake.people[NIK].code(), "totp")
    assert "passphrase" not in fake.seen[-1]
    with pytest.raises(Rejected) as caught:
        ask(url, fake, "000000" if fake.people[NIK].code() != "000000" else "111111", "totp")
    assert caught.value.code == "secret_wrong"


def test_the_second_signature_is_appended_to_the_first(bsre: tuple[FakeBsre, str]) -> None:
    """Of a file that bears a signature, exactly one more is admitted."""
    fake, url = bsre
    holder = cast(FileHolder, bsre_place(fake, url).open(Secret(PASSPHRASE)))
    once = card_pdf() + ask(url, fake)
    assert asyncio.run(holder.sign_file(once))


def test_only_this_machine_is_reached_without_tls() -> None:
    """A passphrase never travels in the clear."""
    for address in ("http://esign.contoh.go.id", "ftp://127.0.0.1", "https://u:p@esign.contoh.go.id", "esign"):
        with pytest.raises(Rejected) as caught:
            Service(address, {})
        assert caught.value.code == "key_address"
    Service("https://esign.contoh.go.id/x", {})
    Service("http://127.0.0.1:1", {})


def test_a_service_whose_certificate_does_not_hold_gets_nothing(tmp_path: Path) -> None:
    """TLS is verified before the first byte of a request."""
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = [need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(tmp_path / "k.pem"), "-out", str(tmp_path / "c.pem"), "-days", "2"]
    subprocess.run([*made, *files, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            for _ in range(2):
                plain, _where = server.accept()
                try:
                    with context.wrap_socket(plain, server_side=True) as link:
                        heard.append(b"")
                        while not heard[-1].endswith(b"}"):
                            heard[-1] += link.recv(10000)
                        link.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}')
                except OSError:
                    heard.append(b"")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        url = f"https://localhost:{server.getsockname()[1]}"
        with pytest.raises(Rejected) as caught:
            Service(url, {}).post("/x", {"passphrase": PASSPHRASE}, signs=True)
        assert caught.value.code == "holder_tls"
        known = ssl.create_default_context(cafile=str(tmp_path / "c.pem"))
        assert Service(url, {}, known).post("/x", {"a": 1}, signs=True).body == {"ok": True}
        thread.join(10)
    assert heard[0] == b""
    assert heard[1].startswith(b"POST /x ")


@pytest.fixture(scope="module")
def token(pki: DevelopmentPki, tmp_path_factory: pytest.TempPathFactory) -> Pkcs11Place:
    """A key on a SoftHSM token."""
    make_token(tmp_path_factory.mktemp("hsm"), pki)
    return Pkcs11Place(Pkcs11Uri.parse(token_address("ec")))


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        (pkcs11.TokenFlag.USER_PIN_FINAL_TRY, "secret_last_try"),
        (pkcs11.TokenFlag.USER_PIN_LOCKED, "secret_locked"),
    ],
)
def test_a_token_near_its_lock_is_left_alone(token: Pkcs11Place, flag: pkcs11.TokenFlag, wanted: str) -> None:
    """The PIN is not even tried."""
    holder = cast(KeyHolder, token.open(Secret(PIN)))

    class Marked:
        flags = flag

        def open(self, **_: object) -> None:
            raise AssertionError("it was tried")

    with patch.object(pkcs11_token, "_token", return_value=Marked()), pytest.raises(Rejected) as caught:
        asyncio.run(holder.sign_raw(b"x", "sha256"))
    assert caught.value.code == wanted


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        (pkcs11.TokenFlag(0), "secret_wrong"),
        (pkcs11.TokenFlag.USER_PIN_FINAL_TRY, "secret_wrong_last"),
        (pkcs11.TokenFlag.USER_PIN_LOCKED, "secret_locked"),
    ],
)
def test_after_a_wrong_pin_the_token_is_asked_how_near_its_lock_is(
    token: Pkcs11Place, flag: pkcs11.TokenFlag, wanted: str
) -> None:
    """Where it says so, the officer is told before trying again."""
    holder = cast(KeyHolder, token.open(Secret(PIN)))

    class Strict:
        flags = pkcs11.TokenFlag(0)

        def open(self, **_: object) -> None:
            self.flags = flag
            raise pkcs11.exceptions.PinIncorrect

    with patch.object(pkcs11_token, "_token", return_value=Strict()), pytest.raises(Rejected) as caught:
        asyncio.run(holder.sign_raw(b"x", "sha256"))
    assert caught.value.code == wanted


def test_nobody_signs_in_the_wake_of_another(token: Pkcs11Place) -> None:
    """After one signer's PIN the token is closed again: the next one's wrong PIN does not sign."""
    right, wrong = (cast(KeyHolder, token.open(Secret(pin))) for pin in (PIN, "0000-salah"))
    assert asyncio.run(right.sign_raw(b"x", "sha256"))
    with pytest.raises(Rejected) as caught:
        asyncio.run(wrong.sign_raw(b"x", "sha256"))
    assert caught.value.code == "secret_wrong"
    assert asyncio.run(right.sign_raw(b"x", "sha256"))


def test_a_key_that_is_not_on_the_token_is_told(token: Pkcs11Place) -> None:
    """A name that finds no certificate is a setting to be mended."""
    with pytest.raises(Rejected) as caught:
        Pkcs11Place(Pkcs11Uri.parse(token_address("tiada"))).open(Secret(PIN))
    assert caught.value.code == "certificate_missing"


def test_at_the_start_a_token_is_told_by_what_is_wrong(token: Pkcs11Place, tmp_path: Path, pki: DevelopmentPki) -> None:
    """A key that is not there and a wrong PIN stop it; a token that is not plugged in does not, and the PIN that was
    refused is not tried again before its file changes: a process that is started over and over would lock the token."""
    (tmp_path / "pin").write_text("0000-salah")
    pin = f"&pin-source=file:{tmp_path / 'pin'}"

    def told(signer: str) -> str:
        with pytest.raises(SettingsError) as refused:
            check_signers(load({"ALUR_SIGNER": signer}, tmp_path))
        return str(refused.value)

    assert "The token has 0 certificates of this name" in told(token_address("salah"))
    (away,) = check_signers(load({"ALUR_SIGNER": token_address("ec").replace("token=alur", "token=x")}, tmp_path))
    assert away.why is not None
    assert "The token does not open with this PIN." in told(token_address("ec", pin))
    with patch.object(pkcs11_token.Pkcs11KeyHolder, "try_pin", side_effect=AssertionError("it was tried")):
        assert "was refused before" in told(token_address("ec", pin))
    (tmp_path / "pin").write_text(PIN)
    trust = str(trust_folder(tmp_path / "trust", pki))
    (found,) = check_signers(load({"ALUR_SIGNER": token_address("ec", pin), "ALUR_TRUST": trust}, tmp_path))
    assert "Kunci EC" in found.words
    assert not (tmp_path / "var" / "signer-refused").exists()
