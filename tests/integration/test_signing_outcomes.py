"""Rejected, unavailable and uncertain signatures as outcomes of the step, with a signer of whole files elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from alur.wiring import House
from signing.timestamps import local_timestamper
from signing.verify import verify
from tests.api_kit import Api, approved, refused
from tests.api_kit import officer as new_officer
from tests.csc_kit import CscService
from tests.drain_kit import one, pass_time, rows, whole
from tests.fake_bsre import LOGIN, NIK, FakeBsre, serving
from tests.holders_kit import PASSPHRASE, PIN, der, fake_bsre, make_token, token_address
from tests.secret_kit import desk_of, failed, house_of, pki_of, restart
from tests.support import new_account, settle, state
from workers import signatures
from workflow.db import cases, wiping
from workflow.db.sealed_files import card_file

LOOKED = "Sudah diperiksa di layanan: tidak ada tanda tangan."


@pytest.fixture(scope="module")
def fake(house: House) -> FakeBsre:
    """A service that signs at B-LT."""
    pki = pki_of(house)
    return fake_bsre(pki, local_timestamper(pki))


@pytest.fixture(scope="module")
def remote(house: House, fake: FakeBsre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that signs there."""
    folder = tmp_path_factory.mktemp("bsre")
    (folder / "login").write_text(LOGIN + "\n")
    certificate = x509.load_der_x509_certificate(fake.people[NIK].certificate)
    (folder / "officer.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    with serving(fake) as url:
        signer = f"bsre:{url}?nik={NIK}&certificate={folder / 'officer.pem'}"
        with house_of(house, signer=signer, signer_login=folder / "login") as own:
            yield own


@pytest.fixture
def citra(remote: House, fake: FakeBsre) -> Iterator[Api]:
    """A signer; the service behaves well again afterwards."""
    desk_of(remote).look()
    yield new_officer(remote, "signer@palembang")
    fake.mode = "ok"
    fake.before_answer = None


def file_of(house: House, case: int) -> bytes:
    """The card's file as it stands."""
    with house.engine.connect() as db:
        return card_file(db, house.vault, house.blobs, case)


def retry(citra: Api, house: House, case: int, **body: Any) -> Any:
    """Ask for a failed step again and wait."""
    seq = one(house, "SELECT seq FROM incident WHERE case_id = :c", c=case)
    return citra.post(f"/incidents/{case}-{seq}/retry", body, Prefer="wait=10")


def steps(house: House, case: int) -> list[Any]:
    """Status and attempts of the case's signing steps."""
    query = "SELECT status, attempts FROM outbox WHERE case_id = :c AND kind = 'sign_card' ORDER BY seq"
    return rows(house, query, c=case)


def phases(house: House, case: int) -> list[str]:
    """Phases of the signatures in the register."""
    query = "SELECT phase FROM signature s JOIN card c ON c.id = s.card WHERE c.case_id = :c"
    return [row.phase for row in rows(house, query, c=case)]


def test_a_card_comes_back_signed_and_is_published(remote: House, fake: FakeBsre, citra: Api) -> None:
    """At B-LT, with the officer's certificate, ours untouched before it; asked for exactly once."""
    before, case = fake.made, approved(remote)
    answer = citra.do(case, "sign", secret=PASSPHRASE)
    assert answer.status_code == 200, answer.json
    assert state(remote, case) == "issued"
    verdict = verify(file_of(remote, case), remote.ports().trust())
    assert verdict.ok
    assert verdict.signatures[0].level.value == "B-LT"
    assert fake.made == before + 1
    assert phases(remote, case) == ["finished"]
    whole(remote, case)


def test_a_lost_answer_is_an_incident_that_only_a_person_settles(remote: House, fake: FakeBsre, citra: Api) -> None:
    """Nothing asks again by itself; a retry needs a reason, whoever asks for it and in whatever way."""
    before, case = fake.made, approved(remote)
    fake.mode = "lost"
    assert citra.do(case, "sign", secret=PASSPHRASE).status_code == 409
    assert failed(remote, case) == "uncertain"
    pass_time(remote)
    settle(remote)
    assert (fake.made, steps(remote, case)) == (before + 1, [("failed", 1)])
    fake.mode = "ok"
    refused(retry(citra, remote, case, secret=PASSPHRASE), 409, "invalid_input")
    kind = {"do": "retry", "filter": {"process": "ak1-online", "run": "sign_card"}, "secret": PASSPHRASE}
    assert citra.post("/incidents/bulk", kind).status_code == 200
    settle(remote)
    assert (failed(remote, case), fake.made) == ("uncertain", before + 1)
    assert retry(citra, remote, case, secret=PASSPHRASE, reason=LOOKED).status_code == 200
    assert state(remote, case) == "issued"
    assert fake.made == before + 2
    assert phases(remote, case) == ["finished"]
    whole(remote, case)


class KilledError(BaseException):
    """Ends an attempt as a kill does."""


def test_a_worker_that_dies_after_asking_leaves_it_uncertain(remote: House, fake: FakeBsre, citra: Api) -> None:
    """The attempt that comes after it finds that the service was asked, and does not ask it again."""
    before, case = fake.made, approved(remote)

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signatures.register, "signed", die)
        with pytest.raises(KilledError):
            citra.do(case, "sign", secret=PASSPHRASE)
    assert fake.made == before + 1
    pass_time(remote)
    settle(remote)
    assert (failed(remote, case), fake.made) == ("uncertain", before + 1)
    assert retry(citra, remote, case, secret=PASSPHRASE, reason=LOOKED).status_code == 200
    assert state(remote, case) == "issued"
    whole(remote, case)


def test_an_answer_that_was_kept_is_used_without_asking_again(remote: House, fake: FakeBsre, citra: Api) -> None:
    """A worker that dies after it stored what came back asks nobody, not even the signer for the secret."""
    before, case = fake.made, approved(remote)

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signatures, "finish", die)
        with pytest.raises(KilledError):
            citra.do(case, "sign", secret=PASSPHRASE)
    restart(remote)
    pass_time(remote)
    settle(remote)
    assert (state(remote, case), fake.made) == ("issued", before + 1)
    whole(remote, case)


@pytest.mark.parametrize("mode", ["wrong_signer", "changed"])
def test_what_is_rejected_is_final_and_told(remote: House, fake: FakeBsre, citra: Api, mode: str) -> None:
    """The file is not used, the case stays, and the reason is told."""
    case = approved(remote)
    fake.mode = mode
    assert citra.do(case, "sign", secret=PASSPHRASE).status_code == 409
    assert str(failed(remote, case)).startswith("holder_")
    assert steps(remote, case) == [("failed", 1)]
    assert one(remote, "SELECT state FROM card WHERE case_id = :c", c=case) == "reserved"


def test_a_level_below_the_one_asked_for_is_not_accepted(remote: House, fake: FakeBsre, citra: Api) -> None:
    """Never a silent downgrade, whoever signs."""
    case = approved(remote)
    stamper, context = fake.timestamper, fake.context
    fake.timestamper = fake.context = None
    try:
        assert citra.do(case, "sign", secret=PASSPHRASE).status_code == 409
    finally:
        fake.timestamper, fake.context = stamper, context
    assert failed(remote, case) == "level_not_reached"


def test_what_is_unavailable_is_tried_again_where_nobody_is_asked(remote: House, house: House, fake: FakeBsre) -> None:
    """With a passphrase that is set the step waits and goes on by itself; nothing was signed meanwhile."""
    folder = remote.settings.signer_login
    assert folder is not None
    (folder.parent / "passphrase").write_text(PASSPHRASE)
    more = {"signer": remote.settings.signer, "signer_login": folder, "signer_passphrase": folder.parent / "passphrase"}
    with house_of(house, **more) as own:
        citra, case, before = new_officer(own, "signer@palembang"), approved(own), fake.made
        fake.mode = "busy"
        citra.do(case, "sign", wait=None)
        settle(own)
        assert (failed(own, case), fake.made, steps(own, case)) == (None, before, [("due", 1)])
        fake.mode = "ok"
        pass_time(own)
        settle(own)
        assert (state(own, case), fake.made) == ("issued", before + 1)
        whole(own, case)


def test_a_wrong_passphrase_that_is_set_is_tried_once(
    remote: House, house: House, fake: FakeBsre, tmp_path: Path
) -> None:
    """However many cards wait: the account there would be locked."""
    (tmp_path / "passphrase").write_text("salah")
    given = {"signer": remote.settings.signer, "signer_login": remote.settings.signer_login}
    with house_of(house, **given, signer_passphrase=tmp_path / "passphrase") as own:
        citra, cases, before = new_officer(own, "signer@palembang"), [approved(own) for _ in range(3)], fake.wrong
        for case in cases:
            citra.do(case, "sign")
        assert [failed(own, c) for c in cases] == ["secret_wrong"] * 3
        assert fake.wrong == before + 1


def test_officers_sign_with_keys_of_their_own(house: House, tmp_path: Path) -> None:
    """Each with the certificate of the token that the mapping names; nobody gives another's PIN."""
    made = make_token(tmp_path, pki_of(house))
    (tmp_path / "signers.toml").write_text("")
    with house_of(house, signers=tmp_path / "signers.toml") as own:
        names = [new_account(own, "signer@palembang") for _ in range(3)]
        lines = [f'{name} = "{token_address(label)}"' for name, label in zip(names, ("ec", "rsa"), strict=False)]
        (tmp_path / "signers.toml").write_text("\n".join(lines))
        own.__dict__.pop("keyring", None)
        restart(own)
        certificates = {name: der(made[label]) for name, label in zip(names, ("ec", "rsa"), strict=False)}
        cases = {}
        for name in names:
            case = cases[name] = approved(own)
            asks = name in certificates
            assert Api(own, name).do(case, "sign", **({"secret": PIN} if asks else {})).status_code == 200
            verdict = verify(file_of(own, case), own.ports().trust())
            assert verdict.ok, verdict.codes
            signer = x509.load_der_x509_certificate(certificates.get(name) or pki_of(own).seal)
            assert verdict.signatures[0].certificate_sha256 == signer.fingerprint(signer.signature_hash_algorithm).hex()
        case = approved(own)
        first, other = Api(own, names[0]), Api(own, names[1])
        assert first.do(case, "sign", secret="0000").status_code == 409
        refused(retry(other, own, case, secret=PIN), 403, "secret_not_yours")
        assert retry(first, own, case, secret=PIN).status_code == 200
        # What one officer could not sign another signs: with her own key, under her own name.
        taken = approved(own)
        assert first.do(taken, "sign", secret="0000").status_code == 409
        assert other.do(taken, "sign", secret=PIN).status_code == 200
        signed_by = verify(file_of(own, taken), own.ports().trust()).signatures[0].certificate_sha256
        assert signed_by == x509.load_der_x509_certificate(certificates[names[1]]).fingerprint(hashes.SHA256()).hex()
        assert phases(own, taken) == ["finished"]
        assert one(own, "SELECT signer FROM card WHERE case_id = :c", c=taken) == names[1]
        whole(own, case, taken, *cases.values())


@pytest.fixture(scope="module")
def csc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CscService]:
    """A service that signs digests."""
    with CscService(tmp_path_factory.mktemp("csc")).running() as running:
        yield running


def test_a_remote_key_signs_digests_and_is_asked_once_a_step(house: House, csc: CscService, tmp_path: Path) -> None:
    """A lost answer is not asked for again by itself; a person does, and the register holds one signature."""
    pki = pki_of(house)
    for name, root in {"csc": csc.root, "root": pki.root, "issuing": pki.issuing}.items():
        certificate = x509.load_der_x509_certificate(root)
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    for n, crl in enumerate((*pki.crls, csc.revocations())):
        (tmp_path / f"{n}.crl").write_bytes(crl)
    (tmp_path / "login").write_text("tanda-masuk")
    signer = f"csc:{csc.url}?credential={csc.CREDENTIAL}"
    with house_of(house, signer=signer, signer_login=tmp_path / "login", trust=tmp_path) as own:
        citra, case, before = new_officer(own, "signer@palembang"), approved(own), csc.signed
        assert citra.do(case, "sign", secret="0000").status_code == 409
        assert (failed(own, case), csc.signed) == ("secret_wrong", before)
        with csc.losing():
            assert retry(citra, own, case, secret=PIN).status_code == 409
        assert (failed(own, case), csc.signed) == ("uncertain", before + 1)
        pass_time(own)
        settle(own)
        assert csc.signed == before + 1
        assert retry(citra, own, case, secret=PIN, reason=LOOKED).status_code == 200
        assert (state(own, case), phases(own, case), csc.signed) == ("issued", ["finished"], before + 2)
        verdict = verify(file_of(own, case), own.ports().trust())
        assert verdict.ok
        fingerprint = x509.load_der_x509_certificate(csc.certificate).fingerprint(hashes.SHA256())
        assert verdict.signatures[0].certificate_sha256 == fingerprint.hex()
        whole(own, case)


def test_what_a_signer_of_whole_files_appended_is_erased_with_the_file(remote: House, citra: Api) -> None:
    """It is more than a signature: pages and titles may stand in it."""
    case = approved(remote)
    assert citra.do(case, "sign", secret=PASSPHRASE).status_code == 200
    kept = "SELECT s.cms IS NOT NULL FROM signature s JOIN card c ON c.id = s.card WHERE c.case_id = :c"
    assert one(remote, kept, c=case)
    with remote.engine.begin() as db:
        found = cases.get(db, case, lock=True)
        wiping.wipe(db, case, found.person, datetime.now(UTC))
    assert not one(remote, kept, c=case)
