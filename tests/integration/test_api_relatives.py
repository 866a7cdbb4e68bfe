"""The register of relatives: declared once, readable by nobody, and no way around it."""

from __future__ import annotations

from alur.wiring import House
from tests.api_kit import CHECKLIST, applicant, officer, refused
from tests.drain_kit import one, rows, whole
from tests.support import drain, outcome, sample_data, send
from tests.tasks_kit import claimed, listed, waiting
from workflow.db import journal
from workflow.db.keys import cases_with

SIGNER = "signer@palembang"


def test_a_nik_is_kept_as_a_key_alone(quiet: House) -> None:
    """Neither the register nor the journal holds it; declaring it again changes nothing."""
    budi, nik = officer(quiet, SIGNER), sample_data()["nik"]
    for _ in "12":
        assert budi.post("/relatives", {"nik": nik, "relation": "relative"}).status_code == 201
    shown = budi.get("/relatives").json["relatives"]
    assert [(r["relation"], sorted(r)) for r in shown] == [("relative", ["at", "id", "relation"])]
    for table in ("kin", "journal", "idempotency"):
        assert nik not in str(rows(quiet, f"SELECT t::text FROM {table} t"))
    with quiet.engine.connect() as db:
        entry = journal.read(db, types=["kin_declared"], limit=1)[0]
    assert set(entry.body) == {"kin", "account", "relation"}


def test_a_supervisor_declares_and_takes_back_for_an_officer(quiet: House) -> None:
    """Of its own office alone; nobody takes an own declaration back."""
    budi, found = officer(quiet, SIGNER), waiting(quiet)
    leader, far = officer(quiet, "supervisor@palembang"), officer(quiet, "supervisor@lamongan")
    body = {"nik": found.nik, "relation": "relative", "account": budi.name}
    refused(far.post("/relatives", body), 403, "forbidden")
    refused(officer(quiet, SIGNER).post("/relatives", body), 403, "forbidden")
    assert leader.post("/relatives", body).status_code == 201
    assert claimed(quiet, found.case, budi) == "relative_case"
    id_ = leader.get(f"/relatives?account={budi.name}").json["relatives"][0]["id"]
    refused(budi.post(f"/relatives/{id_}/remove"), 404, "unknown_relative")
    assert leader.post(f"/relatives/{id_}/remove").status_code == 200
    refused(leader.post(f"/relatives/{id_}/remove"), 404, "unknown_relative")
    assert (claimed(quiet, found.case, budi), listed(quiet, found.case, budi)) == ("ok", "ok")


def test_a_declaration_that_cannot_be_is_refused(quiet: House) -> None:
    """Sixteen digits, a known relation, and an officer who declares."""
    budi = officer(quiet, SIGNER)
    for nik in ("", "123", "167101570890000x", "1671 0157 0890 0001"):
        refused(budi.post("/relatives", {"nik": nik, "relation": "self"}), 422, "bad_nik")
    refused(budi.post("/relatives", {"nik": "1" * 16, "relation": "friend"}), 422, "invalid_request")
    refused(applicant(quiet).post("/relatives", {"nik": "1" * 16, "relation": "self"}), 403, "forbidden")
    refused(applicant(quiet).get("/relatives"), 403, "forbidden")


def test_a_nik_that_is_corrected_counts_from_the_resubmission(quiet: House) -> None:
    """The keys of a case are those of the data that stands."""
    wrong, right = sample_data(), sample_data()
    siti, ani = applicant(quiet), officer(quiet, "operator@palembang")
    of_wrong, of_right = officer(quiet, SIGNER), officer(quiet, SIGNER)
    for who, data in ((of_wrong, wrong), (of_right, right)):
        assert who.post("/relatives", {"nik": data["nik"], "relation": "relative"}).status_code == 201
    case = siti.filled(wrong)
    siti.do(case, "submit")
    ani.do(case, "return", input={"reason": "NIK salah.", "fields": ["nik"]})
    assert siti.put_data(case, right, None).status_code == 428
    revision = siti.get(f"/cases/{case}").json["revision"]
    assert siti.put_data(case, right, revision).status_code == 200
    assert siti.do(case, "resubmit").status_code == 200
    assert ani.get(f"/tasks?q={right['nik']}").json["tasks"][0]["case"] == case
    assert ani.get(f"/tasks?q={wrong['nik']}").json["tasks"] == []
    assert ani.do(case, "approve", checklist=CHECKLIST).status_code == 200
    assert claimed(quiet, case, of_right) == "relative_case"
    assert claimed(quiet, case, of_wrong) == "ok"
    whole(quiet, case)


def test_what_follows_a_submission_in_one_batch_is_judged_by_its_keys(quiet: House) -> None:
    """An approval that stands right behind the resubmission is judged by the NIK that it brought."""
    wrong, right = sample_data(), sample_data()
    siti, ani = applicant(quiet), officer(quiet, "operator@palembang")
    kin = officer(quiet, "operator@palembang")
    assert kin.post("/relatives", {"nik": right["nik"], "relation": "relative"}).status_code == 201
    case = siti.filled(wrong)
    siti.do(case, "submit")
    ani.do(case, "return", input={"reason": "NIK salah.", "fields": ["nik"]})
    siti.put_data(case, right, siti.get(f"/cases/{case}").json["revision"])
    # Nobody rings between the two: they are claimed together.
    send(quiet, case, "resubmit", siti.name or "", submits=True)
    late = send(quiet, case, "approve", kin.name or "", checklist=CHECKLIST)
    assert drain(quiet) == 2
    assert outcome(quiet, late)[1]["code"] == "relative_case"
    whole(quiet, case)


def test_the_inbox_finds_a_case_by_nik_also_after_it_holds_nothing(quiet: House) -> None:
    """What a form marks `x-search` is found whatever became of the case."""
    data = sample_data()
    siti = applicant(quiet)
    case = siti.filled(data)
    siti.do(case, "submit")
    siti.do(case, "withdraw")
    assert one(quiet, "SELECT count(*) FROM hold WHERE case_id = :c", c=case) == 0
    keys = rows(quiet, "SELECT field, length(key) AS long FROM case_key WHERE case_id = :c", c=case)
    assert [tuple(k) for k in keys] == [("nik", 64)]
    with quiet.engine.connect() as db:
        assert cases_with(db, quiet.vault, data["nik"]) == [case]


def test_everybody_else_goes_on_working(quiet: House) -> None:
    """A declaration bars one officer from one person's cases, and nothing else."""
    budi, found, other = officer(quiet, SIGNER), waiting(quiet), waiting(quiet)
    budi.post("/relatives", {"nik": found.nik, "relation": "self"})
    assert claimed(quiet, other.case, budi) == "ok"
    assert claimed(quiet, found.case, officer(quiet, SIGNER)) == "ok"
