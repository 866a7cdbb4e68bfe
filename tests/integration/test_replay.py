"""Replay over HTTP: a case as it was, its data of then, and who could have done what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alur.wiring import House
from tests.api_kit import CHECKLIST, Api, applicant, count, officer, refused
from tests.support import account_id, new_account, sample_data
from workflow.db import memberships

LOOKS = "SELECT count(*) FROM access_log WHERE case_id = :c AND what = :w AND account = :a"


def corrected(house: House, siti: Api, ani: Api) -> int:
    """A case whose data was returned once and corrected: version 1 and version 3 (2 is the reason)."""
    case = siti.filled(sample_data(phone="081200000001"))
    assert siti.do(case, "submit").status_code == 200
    assert ani.do(case, "return", input={"reason": "Salah.", "fields": ["phone"]}).status_code == 200
    assert siti.put_data(case, sample_data(phone="081200000002"), None).status_code == 428
    revision = siti.get(f"/cases/{case}").json["revision"]
    assert siti.put_data(case, sample_data(phone="081200000002"), revision).status_code == 200
    assert siti.do(case, "resubmit").status_code == 200
    return case


def test_the_data_of_then_is_shown_and_the_look_is_logged(house: House) -> None:
    """Before the correction the old number stood; reading it leaves a row with the version."""
    siti, ani = applicant(house), officer(house, "operator@palembang")
    case = corrected(house, siti, ani)
    events = ani.get(f"/cases/{case}/history").json["entries"]
    returned = next(e["seq"] for e in events if e["do"] == "return")
    then = ani.get(f"/cases/{case}/replay?seq={returned}").json
    now = ani.get(f"/cases/{case}/replay").json
    assert (then["state"], then["complete"], then["data"]["phone"]) == ("correction", False, "081200000001")
    assert (now["state"], now["complete"], now["data"]["phone"]) == ("verifying", True, "081200000002")
    assert then["clocks"][0]["paused_at"] is not None
    assert now["finding"] is None
    who = account_id(house, ani.name or "")
    assert count(house, LOOKS, c=case, w=f"data/{then['data_version']}", a=who) == 1
    assert ani.get(f"/cases/{case}/replay?at={events[0]['at']}").json["seq"] >= 1
    assert ani.get(f"/cases/{case}/replay?seq=0").json["state"] == "draft"


def test_who_could_do_what_is_told_as_it_stood_then(house: House) -> None:
    """Roles that were given since do not count, roles that were taken since do; four eyes are told."""
    siti, ani = applicant(house), officer(house, "operator@palembang")
    late = new_account(house)
    case = siti.filled()
    siti.do(case, "submit")
    seq = ani.get(f"/cases/{case}/history").json["entries"][-1]["seq"]
    with house.engine.begin() as db:
        now = datetime.now(UTC) + timedelta(seconds=1)
        memberships.put(db, account_id(house, late), "operator", "palembang", "console", now)
        by = memberships.By(actor="console", forced="test")
        memberships.leave(db, house.library, account_id(house, ani.name or ""), "operator", "palembang", by, now)
    watcher = officer(house, "auditor@palembang")
    told = watcher.get(f"/cases/{case}/replay?seq={seq}").json["powers"]
    approve = next(p for p in told if p["do"] == "approve")
    assert ani.name in approve["able"]
    assert late not in approve["able"]
    withdraw = next(p for p in told if p["do"] == "withdraw")
    assert siti.name in withdraw["able"]


def test_who_verified_is_told_as_kept_from_signing(house: House) -> None:
    """The officer who approved has the signer's role too: the replay says four_eyes."""
    siti, both = applicant(house), officer(house, "operator@palembang", "signer@palembang")
    case = siti.filled()
    siti.do(case, "submit")
    both.do(case, "approve", checklist=CHECKLIST)
    told = both.get(f"/cases/{case}/replay").json["powers"]
    sign = next(p for p in told if p["do"] == "sign")
    assert {"who": both.name, "code": "four_eyes"} in sign["kept"]
    assert both.name not in sign["able"]


def test_only_staff_replays_and_bad_moments_are_told(house: House) -> None:
    """The party reads its history instead; a moment without its zone is refused."""
    siti, ani = applicant(house), officer(house, "operator@palembang")
    case = siti.filled()
    siti.do(case, "submit")
    refused(siti.get(f"/cases/{case}/replay"), 403, "forbidden")
    refused(applicant(house).get(f"/cases/{case}/replay"), 404, "unknown_case")
    refused(ani.get(f"/cases/{case}/replay?at=2026-11-21T09:00"), 400, "bad_moment")
    refused(ani.get(f"/cases/{case}/replay?seq=-1"), 422, "invalid_request")
