"""Prints of a card: one a step, one that counts, and nothing of it for the party."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alur import card_checking
from alur.wiring import House
from signing.errors import Rejected
from tests.api_kit import Api, officer, refused, together
from tests.counter_kit import OFFICE, act, at_the_counter, corrected, handed_over, printed
from tests.drain_kit import engine_write, one, ready_to_sign, rows, whole
from tests.support import as_web, new_account, open_filled, outcome, sample_data, send, settle, state
from workers import signatures, workshop
from workers.jobs import draw_card as job
from workflow.db import prints, register
from workflow.db.outbox import StepId, Work
from workflow.db.sealed_files import card_file

Crash = Callable[..., Any]


class KilledError(BaseException):
    """Ends an attempt as a kill does: nothing that follows is done."""


def prints_of(house: House, case: int) -> list[tuple[int, str, str | None]]:
    """Number, state and reason of each print."""
    return [tuple(r) for r in rows(house, "SELECT n, state, reason FROM print WHERE case_id = :c ORDER BY n", c=case)]


def codes(house: House, case: int) -> list[str]:
    """Code of each print."""
    return [r[0] for r in rows(house, "SELECT code FROM print WHERE case_id = :c ORDER BY n", c=case)]


def again(house: House, case: int, kind: str) -> None:
    """Let the step be done once more, as after a lease that ran out."""
    sql = "UPDATE outbox SET status = 'due', attempts = 0, due_at = now() WHERE case_id = :c AND kind = :k"
    engine_write(house, sql, c=case, k=kind)
    settle(house)


def test_a_correction_after_printing_keeps_the_number_and_voids_the_earlier_print(quiet: House) -> None:
    """LMG4: the reprint has a code of its own; the register knows which print counts."""
    case = printed(quiet)
    number = one(quiet, "SELECT number FROM card WHERE case_id = :c", c=case)
    corrected(quiet, case)
    corrected(quiet, case)
    assert prints_of(quiet, case) == [(1, "void", "newer_print"), (2, "void", "newer_print"), (3, "current", None)]
    assert rows(quiet, "SELECT number, state FROM card WHERE case_id = :c", c=case) == [(number, "reserved")]
    assert len(set(codes(quiet, case)) | {one(quiet, "SELECT code FROM card WHERE case_id = :c", c=case)}) == 4
    handed_over(quiet, case)
    assert state(quiet, case) == "issued"
    assert one(quiet, "SELECT number FROM card WHERE case_id = :c AND state = 'valid'", c=case) == number
    whole(quiet, case)


def test_printing_again_after_the_lease_ran_out_gives_the_same_print(quiet: House) -> None:
    """A step that was done but whose end was not told makes no second print."""
    case = printed(quiet)
    before = rows(quiet, "SELECT n, code, sha256, blob FROM print WHERE case_id = :c", c=case)
    again(quiet, case, "draw_card")
    assert rows(quiet, "SELECT n, code, sha256, blob FROM print WHERE case_id = :c", c=case) == before
    assert state(quiet, case) == "printed"
    whole(quiet, case)


@pytest.mark.parametrize("phase", ["numbered", "draw", "keep"])
def test_a_kill_while_printing_leaves_one_number_and_one_print(
    quiet: House, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """Whatever was done before the kill is found by the next attempt."""
    case = at_the_counter(quiet)
    held = job.prints.keep if phase == "keep" else getattr(job, phase)

    def killed(*args: Any, **named: Any) -> Any:
        held(*args, **named)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(job.prints if phase == "keep" else job, phase, killed)
        with pytest.raises(KilledError):
            act(quiet, case, "print", checklist=("identity", "photo", "diploma"))
    again(quiet, case, "draw_card")
    assert state(quiet, case) == "printed"
    assert prints_of(quiet, case) == [(1, "current", None)]
    assert one(quiet, "SELECT count(*) FROM card WHERE case_id = :c", c=case) == 1
    whole(quiet, case)


def work_of(house: House, case: int, seq: int) -> Work:
    """The work of a step like the one that printed this case, under another number."""
    given = one(house, "SELECT input FROM outbox WHERE case_id = :c AND kind = 'draw_card' LIMIT 1", c=case)
    return Work(StepId(case, seq, "draw_card"), "signing", 1, given)


def test_attempts_at_once_make_one_print(quiet: House) -> None:
    """The step is the fence: eight workers that draw at the same time keep one print."""
    case = printed(quiet)
    shop, work = workshop.current(), work_of(quiet, case, 9_001)
    made = together(*[lambda: job.draw_card(shop, work) for _ in range(8)])
    assert {m["print"] for m in made} == {2}
    assert len({m["sha256"] for m in made}) == 1
    assert prints_of(quiet, case) == [(1, "void", "newer_print"), (2, "current", None)]


def test_prints_at_once_are_counted_without_a_gap_and_one_counts(quiet: House) -> None:
    """Different steps of one card take turns: of all prints exactly one is current."""
    case = printed(quiet)
    shop = workshop.current()
    works = [work_of(quiet, case, 9_100 + n) for n in range(6)]
    together(*[lambda w=w: job.draw_card(shop, w) for w in works])
    found = prints_of(quiet, case)
    assert [n for n, _, _ in found] == list(range(1, 8))
    assert [s for _, s, _ in found] == ["void"] * 6 + ["current"]


def test_a_print_that_is_not_said_to_be_void_is_not_replaced(quiet: House) -> None:
    """Without `void_previous` a second print fails for good."""
    case = printed(quiet)
    work = work_of(quiet, case, 9_200)
    plain = Work(work.id, work.queue, 1, {**work.input, "with": {}})
    with pytest.raises(job.StepError) as told:
        job.draw_card(workshop.current(), plain)
    assert (told.value.code, told.value.final) == ("print_exists", True)
    assert prints_of(quiet, case) == [(1, "current", None)]


def test_nothing_more_is_printed_of_a_signed_card(quiet: House) -> None:
    """What was signed is what was printed last."""
    case = printed(quiet)
    handed_over(quiet, case)
    with pytest.raises(job.StepError) as told:
        job.draw_card(workshop.current(), work_of(quiet, case, 9_300))
    assert told.value.code == "card_not_printable"


def test_a_print_of_other_data_is_not_signed(quiet: House) -> None:
    """The signature counts for what the seeker read and signed by hand."""
    case = printed(quiet)
    act(quiet, case, "seeker_signs", given={"how": "screen"})
    engine_write(quiet, "UPDATE print SET data = data - 1 WHERE case_id = :c", c=case)
    act(quiet, case, "sign", by="signer")
    assert one(quiet, "SELECT fold->'step'->>6 FROM case_ WHERE id = :c", c=case) == "print_outdated"
    assert one(quiet, "SELECT count(*) FROM signature s JOIN card k ON k.id = s.card WHERE case_id = :c", c=case) == 0


def test_an_officer_downloads_the_print_and_the_party_gets_nothing(quiet: House) -> None:
    """PLM1: until it is handed over, not even the person it is about may have the file or know of it."""
    siti = new_account(quiet)
    case = printed(quiet, owner=siti)
    ani, party = officer(quiet, f"operator@{OFFICE}"), Api(quiet, siti)
    answer = ani.get(f"/cases/{case}/print.pdf")
    assert (answer.status_code, answer.content_type, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    seen = ani.get(f"/cases/{case}").json
    assert (seen["printed"]["n"], seen["links"]["print"]) == (1, f"/api/v1/cases/{case}/print.pdf")
    assert one(quiet, "SELECT count(*) FROM access_log WHERE case_id = :c AND what = 'print'", c=case) == 1
    refused(party.get(f"/cases/{case}/print.pdf"), 403, "forbidden")
    refused(party.get(f"/cases/{case}/card.pdf"), 404, "no_card")
    told = party.get(f"/cases/{case}").json
    assert (told["printed"], told["card"], "print" in told["links"]) == (None, None, False)
    refused(officer(quiet, "operator@palembang").get(f"/cases/{case}/print.pdf"), 404, "unknown_case")
    refused(Api(quiet).get(f"/cases/{case}/print.pdf"), 401, "not_signed_in")
    handed_over(quiet, case)
    refused(ani.get(f"/cases/{case}/print.pdf"), 404, "no_print")
    assert party.get(f"/cases/{case}/card.pdf").status_code == 200


def test_the_database_hides_prints_from_the_party_and_from_other_offices(quiet: House) -> None:
    """Row-level security: only staff of the case's office read it, and the web writes nothing."""
    siti = new_account(quiet)
    case = printed(quiet, owner=siti)
    count = text("SELECT count(*) FROM print WHERE case_id = :c")
    for who, offices, seen in (("operator", (OFFICE,), 1), ("operator", ("palembang",), 0), (siti, (), 0)):
        with as_web(quiet, who, *offices) as db:
            assert db.execute(count, {"c": case}).scalar() == seen
    with as_web(quiet, siti, OFFICE) as db:
        assert db.execute(count, {"c": case}).scalar() == 0
    for sql in ("UPDATE print SET state = 'current'", "DELETE FROM print", "INSERT INTO print (card, n) VALUES (1, 1)"):
        with pytest.raises(DBAPIError, match="permission denied"), as_web(quiet, "operator", OFFICE) as db:
            db.execute(text(sql))
    with pytest.raises(DBAPIError, match="permission denied"), quiet.engine.begin() as db:
        db.execute(text("DELETE FROM print"))


def test_an_earlier_print_is_told_to_be_void_by_everybody_who_asks(quiet: House) -> None:
    """By its QR, by its file, on the page and over the API; the current one stands once the card is handed over."""
    case = printed(quiet)
    ani, anybody = officer(quiet, f"operator@{OFFICE}"), Api(quiet)
    paper = ani.get(f"/cases/{case}/print.pdf").data
    corrected(quiet, case)
    first, second = codes(quiet, case)
    told = anybody.get(f"/verify/{first}").json
    assert (told["state"], told["reason"], told["code"]) == ("void", "newer_print", first)
    assert anybody.get(f"/verify/{second}").json["state"] == "unknown"
    with quiet.engine.connect() as db:
        card = register.of_case(db, case)
        assert card is not None
        kept = prints.current(db, card.id)
    assert kept is not None
    assert (kept.n, kept.code) == (2, second)
    page = anybody.client.get(f"/verify/{first}").text
    assert "Cetakan batal" in page
    handed_over(quiet, case)
    assert anybody.get(f"/verify/{second}").json["state"] == "valid"
    assert anybody.get(f"/verify/{first}").json["state"] == "void"
    checked = anybody.send("POST", "/verify", data={"file": (BytesIO(paper), "print.pdf")}).json
    assert (checked["genuine"], checked["entry"]["state"], checked["entry"]["reason"]) == (False, "void", "newer_print")


def test_one_card_per_nik_across_offices_and_processes(quiet: House) -> None:
    """At the counter nobody gets a second case beside the online one; the counter's card replaces the online card."""
    data, siti = sample_data(), new_account(quiet)
    online = open_filled(quiet, siti, data=data)
    send(quiet, online, "submit", siti, submits=True)
    settle(quiet)
    counter = open_filled(quiet, None, office=OFFICE, data=data, by="operator", process="ak1-counter")
    command = act(quiet, counter, "submit", submits=True)
    assert outcome(quiet, command)[1]["code"] == "hold_full"
    send(quiet, online, "approve", "operator", checklist=("identity", "photo", "diploma"))
    settle(quiet)
    send(quiet, online, "sign", "signer")
    settle(quiet)
    act(quiet, counter, "submit", submits=True)
    act(quiet, counter, "print", checklist=("identity", "photo", "diploma"))
    handed_over(quiet, counter)
    assert (state(quiet, online), state(quiet, counter)) == ("replaced", "issued")
    assert [
        r[0] for r in rows(quiet, "SELECT state FROM card WHERE case_id IN (:a, :b) ORDER BY id", a=online, b=counter)
    ] == [
        "replaced",
        "valid",
    ]


def test_a_file_that_was_prepared_before_a_correction_is_not_signed_after_it(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing failed for good and the case was corrected: the card shows the corrected data, under its number."""
    case, siti = ready_to_sign(quiet)

    async def rejects(*_: Any, **__: Any) -> bytes:
        raise Rejected("certificate_changed", "Another certificate.")

    with monkeypatch.context() as patched:
        patched.setattr(signatures, "seal", rejects)
        send(quiet, case, "sign", "signer")
        settle(quiet)
    number = one(quiet, "SELECT number FROM card WHERE case_id = :c", c=case)
    head = Api(quiet, "head")
    mine = next(i for i in head.get("/incidents").json["incidents"] if i["case"] == case)
    asked = {"to": "verifying", "reason": "Nama keliru."}
    assert head.post(f"/incidents/{mine['id']}/divert", asked).status_code in (200, 202)
    settle(quiet)
    send(quiet, case, "return", "operator", given={"reason": "Nama keliru.", "fields": ["name"]})
    settle(quiet)
    party = Api(quiet, siti)
    now = int(party.get(f"/cases/{case}").headers["ETag"].strip('"'))
    data = {**party.get(f"/cases/{case}").json["data"], "name": "Siti Yang Benar"}
    assert party.put_data(case, data, now).status_code == 200
    assert party.do(case, "resubmit").status_code == 200
    send(quiet, case, "approve", "operator", checklist=("identity", "photo", "diploma"))
    settle(quiet)
    send(quiet, case, "sign", "signer")
    settle(quiet)
    assert state(quiet, case) == "issued"
    assert one(quiet, "SELECT number FROM card WHERE case_id = :c", c=case) == number
    with quiet.engine.connect() as db:
        signed = card_file(db, quiet.vault, quiet.blobs, case)
    assert "Siti Yang Benar" in PdfReader(BytesIO(signed)).pages[0].extract_text()
    whole(quiet, case)


def test_the_command_takes_a_print_for_no_earlier_file_of_its_card(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its register tells of the card, and that this is another file, as page and API do."""
    case = printed(quiet)
    paper = officer(quiet, f"operator@{OFFICE}").get(f"/cases/{case}/print.pdf").data
    handed_over(quiet, case)
    monkeypatch.setattr(card_checking, "open_house", lambda _settings: nullcontext(quiet))
    entry = card_checking.registered(quiet.settings, hashlib.sha256(paper).hexdigest())
    assert entry is not None
    assert (entry.state, entry.same_file, entry.earlier_file) == ("valid", False, False)
