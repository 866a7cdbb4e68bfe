"""A card with two signatures whose signers' keys lie in different kinds of places, in every order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from alur.wiring import House
from signing.timestamps import local_timestamper
from signing.verify import verify
from tests.api_kit import Api, approved
from tests.counter_kit import publish_two_signatures
from tests.drain_kit import whole
from tests.fake_bsre import LOGIN, NIK, FakeBsre, serving
from tests.holders_kit import PASSPHRASE, fake_bsre, key_file, officer
from tests.secret_kit import desk_of, failed, house_of, pki_of, restart
from tests.support import new_account, state
from workflow.db.sealed_files import card_file


@pytest.fixture(scope="module")
def fake(house: House) -> FakeBsre:
    """A service that signs whole files, at B-LT."""
    pki = pki_of(house)
    return fake_bsre(pki, local_timestamper(pki))


@pytest.fixture(scope="module")
def two(house: House, fake: FakeBsre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Path, str]]:
    """A house whose cards bear two signatures, and the forms of a key that signs digests and of the service."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "signers.toml").write_text("")
    (folder / "login").write_text(LOGIN + "\n")
    certificate = x509.load_der_x509_certificate(fake.people[NIK].certificate)
    (folder / "officer.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    with serving(fake) as url, house_of(house, signers=folder / "signers.toml", signer_login=folder / "login") as own:
        publish_two_signatures(own, folder)
        yield own, folder, f"bsre:{url}?nik={NIK}&certificate={folder / 'officer.pem'}"


def names_of(own: House, folder: Path, forms: dict[str, str]) -> dict[str, Api]:
    """Officers by role, each with a key of the kind that is told."""
    names = {role: new_account(own, f"{role}@palembang") for role in forms}
    (folder / "signers.toml").write_text("\n".join(f'{names[r]} = "{form}"' for r, form in forms.items() if form))
    own.__dict__.pop("keyring", None)
    restart(own)
    desk_of(own).look()
    return {role: Api(own, name) for role, name in names.items()}


@pytest.mark.parametrize(("first", "second"), [("file", "service"), ("service", "file"), ("service", "service")])
def test_two_kinds_of_keys_sign_one_card(two: tuple[House, Path, str], fake: FakeBsre, first: str, second: str) -> None:
    """The second signature lies over the first, both hold, and the card is published."""
    own, folder, service = two
    pki = pki_of(own)
    forms = {"file": f"pkcs12:{key_file(folder, pki, officer(pki, 'Sukma'))}", "service": service}
    who = names_of(own, folder, {"signer": forms[first], "head": forms[second]})
    case = approved(own)
    for role, do in (("signer", "sign"), ("head", "countersign")):
        answer = who[role].do(case, do, secret=PASSPHRASE)
        assert answer.status_code == 200, (failed(own, case), answer.json)
    assert state(own, case) == "issued"
    with own.engine.connect() as db:
        pdf = card_file(db, own.vault, own.blobs, case)
    verdict = verify(pdf, own.ports().trust(), 2)
    assert verdict.ok, verdict.codes
    whole(own, case)
