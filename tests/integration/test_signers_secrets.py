"""Keys that ask their signers: the secret is given once, reaches the worker sealed, and is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from alur.wiring import House
from signing.errors import Unavailable
from signing.keyholder import Pkcs12Place
from signing.verify import verify
from tests.api_kit import CHECKLIST, Api, approved, ports_of, refused, submitted
from tests.api_kit import officer as new_officer
from tests.drain_kit import one, rows, whole
from tests.holders_kit import PASSPHRASE
from tests.search_kit import search
from tests.secret_kit import asking_house, desk_of, failed, restart
from tests.support import settle, state
from web.app import create_app
from workflow.db.sealed_files import card_file

WRONG = "salah-sekali-8812"


@pytest.fixture(scope="module")
def asking(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose key asks for a passphrase."""
    with asking_house(house, tmp_path_factory.mktemp("asking")) as own:
        yield own


@pytest.fixture(scope="module")
def citra(asking: House) -> Api:
    """A signer."""
    return new_officer(asking, "signer@palembang")


def incident(house: House, case: int) -> str:
    """The id of a case's incident."""
    return f"{case}-{one(house, 'SELECT seq FROM incident WHERE case_id = :c', c=case)}"


def retry(citra: Api, house: House, case: int, **body: Any) -> Any:
    """Ask for a failed step again and wait."""
    return citra.post(f"/incidents/{incident(house, case)}/retry", body, Prefer="wait=10")


def test_a_card_is_signed_with_the_secret_of_its_signer(asking: House, citra: Api) -> None:
    """The card is genuine, and once it is signed the worker has forgotten the secret."""
    case = approved(asking)
    answer = citra.do(case, "sign", secret=PASSPHRASE)
    assert answer.status_code == 200, answer.json
    assert state(asking, case) == "issued"
    with asking.engine.connect() as db:
        pdf = card_file(db, asking.vault, asking.blobs, case)
    assert verify(pdf, asking.ports().trust()).ok
    assert not desk_of(asking)._held
    whole(asking, case)


def test_a_key_that_asks_is_not_asked_without_an_answer(asking: House, citra: Api) -> None:
    """The request is refused at once, and the case has not moved."""
    case = approved(asking)
    refused(citra.do(case, "sign"), 422, "secret_needed")
    long = citra.do(case, "sign", secret="x" * 201)
    assert long.status_code == 422
    assert "x" * 201 not in long.get_data(as_text=True)
    assert state(asking, case) == "approved"


def test_a_secret_is_taken_where_something_is_signed_only(asking: House) -> None:
    """Whoever gives it elsewhere is told so."""
    case = submitted(asking)
    ani = new_officer(asking, "operator@palembang")
    refused(ani.do(case, "approve", checklist=CHECKLIST, secret=PASSPHRASE), 422, "secret_not_taken")


def test_a_wrong_secret_is_tried_once(asking: House, citra: Api) -> None:
    """The step fails for good at its first attempt; the right secret makes it go on, with the number that it had."""
    case = approved(asking)
    told = citra.do(case, "sign", secret=WRONG)
    assert (told.status_code, told.json["code"], told.json["details"]["cause"]) == (409, "step_failed", "secret_wrong")
    assert "PIN atau sandi penanda tangan salah" in told.json["detail"]
    assert failed(asking, case) == "secret_wrong"
    entry = citra.get(f"/cases/{case}/history").json["entries"][-1]
    assert (entry["type"], entry["asked_by"]) == ("step_failed", citra.name)
    assert "PIN atau sandi penanda tangan salah" in entry["cause"]
    assert rows(asking, "SELECT status, attempts FROM outbox WHERE case_id = :c AND kind = 'sign_card'", c=case) == [
        ("failed", 1)
    ]
    number = one(asking, "SELECT number FROM card WHERE case_id = :c", c=case)
    refused(retry(citra, asking, case), 422, "secret_needed")
    assert retry(citra, asking, case, secret=PASSPHRASE).status_code == 200
    assert state(asking, case) == "issued"
    assert one(asking, "SELECT number FROM card WHERE case_id = :c", c=case) == number
    whole(asking, case)


def test_of_many_steps_the_first_finds_out_that_the_secret_is_wrong(asking: House, citra: Api) -> None:
    """The others do not try it: three wrong PINs lock a token."""
    cases = [approved(asking) for _ in range(3)]
    with patch.object(Pkcs12Place, "open", autospec=True, side_effect=Pkcs12Place.open) as opened:
        tasks = [
            f"{c}-{one(asking, 'SELECT seq FROM task WHERE case_id = :c AND status = :s', c=c, s='open')}"
            for c in cases
        ]
        answer = citra.post("/tasks/bulk", {"do": "sign", "ids": tasks, "secret": WRONG}, Prefer="wait=20")
    assert answer.json["counts"]["failed"] == 3
    assert [failed(asking, c) for c in cases] == ["secret_wrong"] * 3
    assert opened.call_count == 1
    again = {"do": "retry", "ids": [incident(asking, c) for c in cases], "secret": PASSPHRASE}
    assert citra.post("/incidents/bulk", again).status_code == 200
    settle(asking)
    assert [state(asking, c) for c in cases] == ["issued"] * 3


def test_a_lost_worker_leaves_the_step_to_its_signer(asking: House, citra: Api) -> None:
    """The secret went with it: the step asks for it again, and never goes on by itself."""
    case = approved(asking)
    lonely = Api(asking, citra.name, create_app(ports_of(asking, ring=lambda: False)))
    assert lonely.do(case, "sign", wait=None, secret=PASSPHRASE).status_code == 202
    restart(asking)
    settle(asking)
    assert failed(asking, case) == "needs_signer"
    told = citra.get("/incidents").json["kinds"]
    assert any(k["code"] == "needs_signer" and "PIN" in k["cause"] for k in told)
    refused(retry(citra, asking, case), 422, "secret_needed")
    assert retry(citra, asking, case, secret=PASSPHRASE).status_code == 200
    assert state(asking, case) == "issued"
    whole(asking, case)


def test_a_step_bound_to_a_secret_does_not_retry_by_itself(asking: House, citra: Api) -> None:
    """What another step would try again later is an incident at once."""
    case = approved(asking)
    away = Unavailable("key_file", "The key file cannot be read.")
    with patch.object(Pkcs12Place, "open", side_effect=away):
        assert citra.do(case, "sign", secret=PASSPHRASE).status_code == 409
    assert failed(asking, case) == "key_file"
    refused(retry(citra, asking, case), 422, "secret_needed")
    assert failed(asking, case) == "key_file"
    assert one(asking, "SELECT status FROM outbox WHERE case_id = :c AND kind = 'sign_card'", c=case) == "failed"
    assert retry(citra, asking, case, secret=PASSPHRASE).status_code == 200
    assert state(asking, case) == "issued"


def test_without_a_signing_worker_nothing_is_handed_over(asking: House, citra: Api) -> None:
    """The officer is told, and no command waits."""
    case = approved(asking)
    desk_of(asking).close()
    asking.redis.delete(*asking.redis.keys("alur:signer:*"))
    refused(citra.do(case, "sign", secret=PASSPHRASE), 503, "signer_away")
    assert state(asking, case) == "approved"
    desk_of(asking).look()


def test_many_are_signed_with_one_secret_and_four_eyes_are_judged_for_each(asking: House) -> None:
    """Ten cases, one secret; what the signer approved herself is refused, and stays with its reason."""
    eka = new_officer(asking, "operator@palembang", "signer@palembang")
    own = submitted(asking)
    assert eka.do(own, "approve", checklist=CHECKLIST).status_code == 200
    cases = [*(approved(asking) for _ in range(9)), own]
    tasks = [
        f"{c}-{one(asking, 'SELECT seq FROM task WHERE case_id = :c AND status = :s', c=c, s='open')}" for c in cases
    ]
    with patch.object(Pkcs12Place, "open", autospec=True, side_effect=Pkcs12Place.open) as opened:
        answer = eka.post("/tasks/bulk", {"do": "sign", "ids": tasks, "secret": PASSPHRASE}, Prefer="wait=30")
    assert answer.status_code == 200, answer.json
    assert (answer.json["counts"]["done"], answer.json["counts"]["refused"]) == (9, 1)
    (kept,) = [r for r in answer.json["results"] if r["status"] == "refused"]
    assert (kept["case"], kept["problem"]["code"]) == (own, "four_eyes")
    assert [state(asking, c) for c in cases] == ["issued"] * 9 + ["approved"]
    assert opened.call_count == 1
    whole(asking, *cases)


def test_the_same_request_with_another_secret_is_another_request(asking: House, citra: Api) -> None:
    """And what is remembered of requests tells nobody the secret: it is no bare hash of it."""
    case = approved(asking)
    key = {"Idempotency-Key": "kunci-satu"}
    assert citra.do(case, "sign", secret=PASSPHRASE, headers=key).status_code == 200
    refused(citra.do(case, "sign", secret=WRONG, headers=key), 422, "idempotency_key_reused")
    assert citra.do(case, "sign", secret=PASSPHRASE, headers=key).status_code == 200


def test_none_of_these_secrets_is_left_anywhere(asking: House) -> None:
    """After all of the above nothing of the house holds one, and one that is planted is found."""
    folder = asking.settings.data
    assert search(folder, asking, (PASSPHRASE, WRONG)) == set()
    asking.redis.set("planted", PASSPHRASE.encode().hex())
    assert "redis planted" in search(folder, asking, (PASSPHRASE, WRONG))
    asking.redis.delete("planted")
