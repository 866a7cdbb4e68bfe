"""The online desk: complaints and surveys of people without an account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alur.wiring import House
from tests.api_kit import Api, key, officer, refused
from tests.drain_kit import one, rows, whole

DEFINITIONS = Path(__file__).parents[2] / "definitions"


def sample(process: str, name: str, **changes: Any) -> dict[str, Any]:
    """Data of a good filing."""
    text = (DEFINITIONS / process / "samples" / f"{name}.yaml").read_text()
    return dict(YAML(typ="safe", pure=True).load(text)) | changes


@pytest.fixture(scope="module")
def anybody(quiet: House) -> Api:
    """Somebody without an account."""
    return Api(quiet)


def complaint(anybody: Api, **changes: Any) -> dict[str, Any]:
    """A filed complaint: receipt, case and command."""
    body = {"office": "palembang", "data": sample("complaint", "siti", **changes)}
    answer = anybody.post("/complaints", body, **{"Idempotency-Key": key()})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def test_a_complaint_is_filed_and_followed_without_an_account(quiet: House, anybody: Api) -> None:
    """The receipt tells how it stands, what was promised, and the answer, to whoever holds it."""
    filed = complaint(anybody)
    followed = anybody.get(f"/receipts/{filed['receipt']}").json
    assert (followed["state"], followed["final"], followed["answer"]) == ("received", False, "")
    assert followed["due"]
    ani = officer(quiet, "operator@palembang")
    assert ani.do(filed["case"], "rate_serious", wait=10).status_code == 200
    assert ani.do(filed["case"], "answer", input={"reason": "Sudah kami periksa hari ini."}).status_code == 200
    followed = anybody.get(f"/receipts/{filed['receipt']}").json
    assert followed["answer"] == "Sudah kami periksa hari ini."
    assert [do for do, _ in followed["may"]] == ["object", "accept"]
    answer = anybody.post(
        f"/receipts/{filed['receipt']}/object", {"input": {"reason": "Belum selesai"}}, **{"Idempotency-Key": key()}
    )
    assert answer.status_code == 202
    assert anybody.get(f"/receipts/{filed['receipt']}").json["state"] == "escalated"
    whole(quiet, filed["case"])


def test_the_channel_is_recorded_and_is_the_web_where_none_is_said(quiet: House, anybody: Api) -> None:
    """LMG7: each complaint records its channel, as a fact that outlives the person's data."""
    data = sample("complaint", "siti")
    del data["channel"]
    filed = anybody.post("/complaints", {"office": "lamongan", "data": data}, **{"Idempotency-Key": key()}).json
    facts = one(quiet, "SELECT body->'facts' FROM event WHERE case_id = :c AND seq = 1", c=filed["case"])
    assert facts["channel"] == "web"


def test_a_receipt_cannot_be_guessed_or_changed(anybody: Api) -> None:
    """Another number, another secret or a half receipt find nothing."""
    filed = complaint(anybody)
    number, _, secret = filed["receipt"].partition("-")
    for wrong in (f"{int(number) + 1}-{secret}", f"{number}-{secret[:-1]}0", f"{number}-{'0' * 20}", number, "x-y"):
        if wrong != filed["receipt"]:
            refused(anybody.get(f"/receipts/{wrong}"), 404, "unknown_receipt")


def test_what_is_missing_is_told_by_field_and_nothing_is_kept(quiet: House, anybody: Api) -> None:
    """Bad input opens no case."""
    before = one(quiet, "SELECT count(*) FROM case_")
    body = {"office": "palembang", "data": {"subject": "delay", "story": "x"}}
    told = refused(anybody.post("/complaints", body, **{"Idempotency-Key": key()}), 422, "data_invalid")
    assert [f["field"] for f in told["errors"]] == ["story"]
    refused(
        anybody.post("/complaints", {**body, "office": "atlantis"}, **{"Idempotency-Key": key()}), 422, "unknown_office"
    )
    assert one(quiet, "SELECT count(*) FROM case_") == before


def test_sent_twice_it_is_filed_once(quiet: House, anybody: Api) -> None:
    """A double click or a lost answer makes no second complaint."""
    body, same = {"office": "palembang", "data": sample("complaint", "siti")}, key()
    first = anybody.post("/complaints", body, **{"Idempotency-Key": same})
    again = anybody.post("/complaints", body, **{"Idempotency-Key": same})
    assert first.json == again.json


def test_a_survey_is_counted_at_once_and_leaves_its_scores_as_facts(quiet: House, anybody: Api) -> None:
    """BA3, PLM14: nine scores stand in the history without a word about the person."""
    body = {"office": "banda-aceh", "data": sample("satisfaction", "good")}
    filed = anybody.post("/satisfaction", body, **{"Idempotency-Key": key()}).json
    assert anybody.get(f"/receipts/{filed['receipt']}").json["state"] == "counted"
    facts = one(quiet, "SELECT body->'facts' FROM event WHERE case_id = :c AND seq = 1", c=filed["case"])
    assert {u: facts[u] for u in ("u1", "u2", "u9")} == {"u1": "3", "u2": "4", "u9": "3"}


def test_a_suggestion_waits_until_it_was_read(quiet: House, anybody: Api) -> None:
    """LMG10: what stands in the suggestion box goes to the head of section; its words are in no event."""
    body = {"office": "lamongan", "data": sample("satisfaction", "good", suggestion="Tambah kursi tunggu")}
    filed = anybody.post("/satisfaction", body, **{"Idempotency-Key": key()}).json
    assert anybody.get(f"/receipts/{filed['receipt']}").json["state"] == "suggested"
    told = [b for (b,) in rows(quiet, "SELECT body::text FROM event WHERE case_id = :c", c=filed["case"])]
    assert not any("kursi" in b for b in told)
    assert officer(quiet, "head@lamongan").do(filed["case"], "note").status_code == 200


def test_only_what_is_open_to_everybody_can_be_filed(quiet: House, anybody: Api) -> None:
    """The desk is no way into other processes, and nobody signs in as the desk."""
    refused(
        anybody.post("/cases", {"process": "ak1-online", "office": "palembang"}, **{"Idempotency-Key": key()}),
        401,
        "not_signed_in",
    )
    assert one(quiet, "SELECT password FROM account WHERE name = 'online-desk'") is None
