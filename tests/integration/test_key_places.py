"""The contract that every place of a key keeps, whatever lies behind it."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Iterator
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.cms import signed_attributes
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Rejected, SigningError, Unavailable, Uncertain
from signing.keyholder import FileHolder, KeyHolder, KeyPlace
from signing.secret import Secret
from tests.csc_kit import CscService, stand_csc
from tests.fake_bsre import serving
from tests.holders_kit import Stand, fake_bsre, make_token, stand_bsre, stand_pkcs11, stand_pkcs12
from tests.signing_kit import plain_pdf

KINDS = ("pkcs12", "pkcs11-ec", "pkcs11-rsa", "csc", "bsre")
LOSING = KINDS[1:]
WRONG = "salah-sekali-8812"
MESSAGE = b"1\x82 the DER of signed attributes"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


@pytest.fixture(scope="module")
def stands(pki: DevelopmentPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stand]]:
    """Places that need no program of the system."""
    fake = fake_bsre(pki)
    with CscService(tmp_path_factory.mktemp("csc")).running() as csc, serving(fake) as url:
        yield {
            "pkcs12": stand_pkcs12(tmp_path_factory.mktemp("p12"), pki),
            "csc": stand_csc(csc),
            "bsre": stand_bsre(fake, url),
        }


@pytest.fixture(scope="module")
def token(pki: DevelopmentPki, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stand]:
    """Keys on a SoftHSM token."""
    made = make_token(tmp_path_factory.mktemp("hsm"), pki)
    return {f"pkcs11-{label}": stand_pkcs11(made, label) for label in ("ec", "rsa")}


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Stand:
    """The stand of the kind that the test is run for."""
    where = "token" if request.param.startswith("pkcs11") else "stands"
    return request.getfixturevalue(where)[request.param]  # type: ignore[no-any-return]


every = pytest.mark.parametrize("stand", KINDS, indirect=True)
losing = pytest.mark.parametrize("stand", LOSING, indirect=True)


def signed(place: KeyPlace, secret: str | None) -> tuple[bytes, bytes]:
    """What was signed, and the signature over it."""
    holder = place.open(None if secret is None else Secret(secret))
    if not place.whole:
        return MESSAGE, asyncio.run(cast(KeyHolder, holder).sign_raw(MESSAGE, "sha256"))
    pdf = plain_pdf()
    revision = asyncio.run(cast(FileHolder, holder).sign_file(pdf))
    (found,) = PdfFileReader(io.BytesIO(pdf + revision)).embedded_signatures
    cms = bytes(found.sig_object.raw_get("/Contents"))
    return signed_attributes(cms), found.signer_info["signature"].native


def verify(certificate: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature with `cryptography` alone."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def failure(place: KeyPlace, secret: str) -> SigningError:
    """How signing fails."""
    with pytest.raises(SigningError) as caught:
        signed(place, secret)
    return caught.value


@every
def test_the_key_signs_and_anybody_can_check_it(stand: Stand) -> None:
    """The certificate is the signer's, and the signature holds for an independent implementation."""
    assert stand.place.open(Secret(stand.right)).certificate == stand.certificate
    message, signature = signed(stand.place, stand.right)
    verify(stand.certificate, message, signature)


@every
def test_the_place_says_what_it_asks_for(stand: Stand) -> None:
    """A secret is asked for, since none is set."""
    assert stand.place.asks in ("passphrase", "pin", "totp")


@every
def test_a_wrong_secret_is_rejected_for_good(stand: Stand) -> None:
    """The code says that it was the secret, so that nobody tries it again."""
    error = failure(stand.place, WRONG)
    assert isinstance(error, Rejected)
    assert error.code == "secret_wrong"
    # And the right one still opens: nothing is locked by it.
    message, signature = signed(stand.place, stand.right)
    verify(stand.certificate, message, signature)


@every
def test_nobody_there_is_unavailable(stand: Stand) -> None:
    """Nothing was signed, so it may be tried again."""
    assert isinstance(failure(stand.away, stand.right), Unavailable)


@losing
def test_a_lost_answer_is_uncertain(stand: Stand) -> None:
    """A signature may exist: never tried again by itself."""
    assert stand.losing is not None
    with stand.losing():
        error = failure(stand.place, stand.right)
    assert isinstance(error, Uncertain)
    assert error.code == "uncertain"


@every
def test_the_secret_stands_in_no_message(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a representation nor an error with all its causes nor a log repeats it, whatever the service says."""
    caplog.set_level(logging.DEBUG)
    for secret, place in ((WRONG, stand.place), (stand.right, stand.away), (stand.right, stand.place)):
        told = [repr(Secret(secret)), str(Secret(secret)), repr(place), repr(vars(place))]
        try:
            holder = place.open(Secret(secret))
            told += [repr(holder), repr(vars(holder))]
            signed(place, secret)
        except SigningError as error:
            told += [repr(error), str(error), "".join(traceback.format_exception(error))]
        assert secret not in "\n".join((*told, caplog.text))


@pytest.mark.parametrize("stand", ["pkcs11-ec"], indirect=True)
def test_the_issuers_on_the_token_are_its_chain(stand: Stand, pki: DevelopmentPki) -> None:
    """Whoever checks the signature finds the way to the root."""
    assert stand.place.open(Secret(stand.right)).chain == (pki.issuing,)
