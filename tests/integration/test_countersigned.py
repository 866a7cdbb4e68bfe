"""The second signature: by another person, once, and no card without it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from alur.wiring import House
from signing.verify import verify
from tests.api_kit import Api
from tests.counter_kit import publish_two_signatures, two_to_sign
from tests.drain_kit import engine_write, one, quiet_house, rows, whole
from tests.support import new_account, send, settle, state
from workers import signatures
from workflow.db.sealed_files import card_file


@pytest.fixture(scope="module")
def two(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose cards are signed by the signer and by the head."""
    with quiet_house(house) as own:
        publish_two_signatures(own, tmp_path_factory.mktemp("two"))
        yield own


class KilledError(BaseException):
    """Ends an attempt as a kill does."""


def file_of(house: House, case: int) -> bytes:
    """The card's file as it stands."""
    with house.engine.connect() as db:
        return card_file(db, house.vault, house.blobs, case)


def countersign(house: House, case: int, by: str = "head") -> None:
    """Ask for the second signature, and do it."""
    send(house, case, "countersign", by)
    settle(house)


def failed(house: House, case: int) -> str | None:
    """Why the step failed for good."""
    code: str | None = one(house, "SELECT fold->'step'->>6 FROM case_ WHERE id = :c", c=case)
    return code


def test_a_card_is_signed_by_two_and_published_with_both(two: House) -> None:
    """Both at B-LT; the first file is the beginning of the second; anybody finds the file genuine."""
    case = two_to_sign(two)
    assert state(two, case) == "signed"
    first = file_of(two, case)
    countersign(two, case)
    assert state(two, case) == "issued"
    pdf = file_of(two, case)
    assert pdf.startswith(first)
    verdict = verify(pdf, two.ports().trust(), 2)
    assert verdict.ok, verdict.codes
    assert [(s.field, s.level.value) for s in verdict.signatures] == [("Officer", "B-LT"), ("Second", "B-LT")]
    assert rows(two, "SELECT state, signatures FROM card WHERE case_id = :c", c=case) == [("valid", 2)]
    told = Api(two).send("POST", "/verify", data={"file": (BytesIO(pdf), "card.pdf")}).json
    assert (told["genuine"], len(told["verdict"]["signatures"])) == (True, 2)
    early = Api(two).send("POST", "/verify", data={"file": (BytesIO(first), "card.pdf")}).json
    assert early["genuine"] is False
    whole(two, case)


def test_the_second_signature_is_another_persons(two: House) -> None:
    """Whoever signed first is refused by the step itself, whatever the roles say."""
    both = new_account(two, "signer@palembang", "head@palembang")
    case = two_to_sign(two, signer=both)
    countersign(two, case, both)
    assert (state(two, case), failed(two, case)) == ("signed", "same_signer")


def test_a_card_without_its_second_signature_is_not_published(two: House) -> None:
    """Diverted around it, the card waits as an incident: both expected signers are demanded."""
    case = two_to_sign(two)
    engine_write(
        two, "UPDATE signature SET account = NULL WHERE card = (SELECT id FROM card WHERE case_id = :c)", c=case
    )
    both = new_account(two, "head@palembang")
    engine_write(two, "UPDATE card SET state = 'reserved' WHERE case_id = :c", c=case)
    countersign(two, case, both)
    assert failed(two, case) == "card_missing"
    engine_write(two, "UPDATE card SET state = 'signed' WHERE case_id = :c", c=case)
    actor = Api(two, both)
    incident = actor.get("/incidents").json["incidents"]
    mine = next(i for i in incident if i["case"] == case)
    answer = actor.post(f"/incidents/{mine['id']}/divert", {"to": "countersigned", "reason": "Terburu-buru."})
    assert answer.status_code in (200, 202), answer.json
    settle(two)
    assert (state(two, case), failed(two, case)) == ("countersigned", "card_not_valid")
    assert one(two, "SELECT state FROM card WHERE case_id = :c", c=case) == "signed"


@pytest.mark.parametrize("phase", ["prepared", "signed", "finished"])
def test_a_kill_between_the_phases_never_signs_twice(two: House, monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    """What was stored before the kill is what the next attempt uses: one signature by the key, one CMS."""
    case = two_to_sign(two)
    asked, stored, key = 0, getattr(signatures.register, phase), signatures.seal

    def killed(*args: Any, **named: Any) -> Any:
        stored(*args, **named)
        args[0].commit()
        raise KilledError

    async def counted(*args: Any, **named: Any) -> bytes:
        nonlocal asked
        asked += 1
        return await key(*args, **named)

    monkeypatch.setattr(signatures, "seal", counted)
    with monkeypatch.context() as patched:
        patched.setattr(signatures.register, phase, killed)
        with pytest.raises(KilledError):
            countersign(two, case)
    sql = "UPDATE outbox SET status = 'due', attempts = 0, due_at = now() WHERE case_id = :c AND status = 'due'"
    engine_write(two, sql, c=case)
    settle(two)
    assert (state(two, case), asked) == ("issued", 1)
    found = rows(two, "SELECT field, phase FROM signature s JOIN card k ON k.id = s.card WHERE case_id = :c", c=case)
    assert sorted(map(tuple, found)) == [("Officer", "finished"), ("Second", "finished")]
    whole(two, case)
