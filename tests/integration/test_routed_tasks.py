"""`task.office`: a task that another office does. Its staff sees and does it, roles are judged there, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from alur.wiring import House
from tests.api_kit import officer, refused
from tests.drain_kit import quiet_house, whole
from tests.kernel_kit import variant
from tests.tasks_kit import code, name_deputy, task_id, waiting
from workflow.db.publishing import publish_shipped

_TASK = 'title: {id: "Disetujui", en: "Approved"}\n    task: {role: signer, bulk: true%s}'
ROUTED = (_TASK % "", _TASK % ", office: lamongan")


@pytest.fixture(scope="module")
def routed(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which Lamongan signs the cards of Palembang."""
    with quiet_house(house) as own:
        book = variant(tmp_path_factory.mktemp("routed"), ROUTED)
        with own.engine.begin() as db:
            publish_shipped(db, book.process, datetime.now(UTC))
        yield own


def test_the_office_of_the_task_sees_claims_and_does_it(routed: House) -> None:
    """In its inbox, with the case behind it; also what became of it after it was done."""
    citra = officer(routed, "signer@lamongan")
    case = waiting(routed).case
    found = citra.get(f"/tasks?q={case}").json["tasks"]
    assert [(t["case"], t["office"]) for t in found] == [(case, "lamongan")]
    assert citra.get(f"/cases/{case}").json["data"]["name"]
    assert code(citra.post(f"/tasks/{task_id(routed, case)}/claim")) == "ok"
    assert code(citra.do(case, "sign", wait=30)) == "ok"
    assert citra.get(f"/cases/{case}").json["state"] == "issued"
    whole(routed, case)


def test_the_office_of_the_case_keeps_it_but_not_its_task(routed: House) -> None:
    """A signer there reads the case and is told which office signs; whatever else is theirs stays theirs."""
    here = officer(routed, "signer@palembang")
    case = waiting(routed).case
    assert here.get(f"/cases/{case}").json["task"]["office"] == "lamongan"
    assert here.get(f"/tasks?role=signer&q={case}").json["tasks"] == []
    problem = refused(here.post(f"/tasks/{task_id(routed, case)}/claim"), 403, "wrong_office")
    assert "Lamongan" in problem["detail"]
    assert code(here.do(case, "sign", wait=30)) == "wrong_office"
    refused(here.post("/tasks/next", {"role": "signer"}), 404, "no_task")


def test_a_third_office_knows_nothing_of_it(routed: House) -> None:
    """Neither task nor case."""
    third = officer(routed, "signer@banda-aceh")
    case = waiting(routed).case
    assert third.get(f"/tasks?q={case}").json["tasks"] == []
    refused(third.get(f"/cases/{case}"), 404, "unknown_case")
    refused(third.post(f"/tasks/{task_id(routed, case)}/claim"), 404, "unknown_case")


def test_before_and_after_its_task_the_other_office_sees_nothing(routed: House) -> None:
    """Seeing ends with the task, for all but who did it."""
    did, only = officer(routed, "signer@lamongan"), officer(routed, "signer@lamongan")
    case = waiting(routed).case
    assert only.get(f"/cases/{case}").status_code == 200
    assert code(did.do(case, "sign", wait=30)) == "ok"
    refused(only.get(f"/cases/{case}"), 404, "unknown_case")
    assert did.get(f"/cases/{case}").status_code == 200


def test_roles_are_judged_at_the_office_of_the_task(routed: House) -> None:
    """Its supervisor gives the task away, its deputies stand in, its other roles may not."""
    case = waiting(routed).case
    task = task_id(routed, case)
    citra, budi = officer(routed, "signer@lamongan"), officer(routed, "operator@lamongan")
    assert code(budi.post(f"/tasks/{task}/claim")) == "wrong_role"
    assert (
        code(officer(routed, "supervisor@palembang").post(f"/tasks/{task}/assign", {"to": citra.name}))
        == "wrong_office"
    )
    assert code(officer(routed, "supervisor@lamongan").post(f"/tasks/{task}/assign", {"to": citra.name})) == "ok"
    assert (
        code(citra.post(f"/tasks/{task}/delegate", {"to": officer(routed, "signer@palembang").name})) == "wrong_office"
    )
    assert name_deputy(routed, citra, budi, "signer", office="lamongan").status_code == 201
    assert code(citra.post(f"/tasks/{task}/delegate", {"to": budi.name})) == "ok"
    assert code(budi.do(case, "sign", wait=30)) == "ok"
    whole(routed, case)


def test_four_eyes_hold_across_offices(routed: House) -> None:
    """Who verified at Palembang does not sign at Lamongan; a relative does not either."""
    both = officer(routed, "operator@palembang", "signer@lamongan")
    found = waiting(routed, operator=both)
    assert code(both.post(f"/tasks/{task_id(routed, found.case)}/claim")) == "four_eyes"
    assert both.get(f"/tasks?role=signer&q={found.case}").json["tasks"] == []
    kin = officer(routed, "signer@lamongan")
    kin.post("/relatives", {"nik": found.nik, "relation": "relative"})
    assert code(kin.post(f"/tasks/{task_id(routed, found.case)}/claim")) == "relative_case"
    answer = kin.post("/tasks/bulk", {"do": "sign", "ids": [task_id(routed, found.case)]}, Prefer="wait=30")
    assert answer.json["results"][0]["problem"]["code"] == "relative_case"
