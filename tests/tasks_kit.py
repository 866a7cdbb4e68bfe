"""People at work on tasks in tests: supervisors, colleagues, deputies, relatives, and every way to get at a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from alur.wiring import House
from tests.api_kit import CHECKLIST, Api, applicant, officer
from tests.support import sample_data


@dataclass(frozen=True)
class Waiting:
    """A case that waits for its signer."""

    case: int
    #: NIK of the applicant.
    nik: str
    owner: Api
    #: Who verified it.
    operator: Api


def waiting(house: House, office: str = "palembang", operator: Api | None = None, owner: Api | None = None) -> Waiting:
    """A new case that waits for its signer."""
    data = sample_data()
    siti = owner or applicant(house)
    case = siti.filled(data, office)
    assert siti.do(case, "submit").status_code == 200
    ani = operator or officer(house, f"operator@{office}")
    answer = ani.do(case, "approve", checklist=CHECKLIST)
    assert answer.status_code == 200, answer.json
    return Waiting(case, data["nik"], siti, ani)


def verifying(house: House, office: str = "palembang") -> int:
    """A new case that waits for its operator."""
    siti = applicant(house)
    case = siti.filled(office=office)
    assert siti.do(case, "submit").status_code == 200
    return case


def task_id(house: House, case: int) -> str:
    """Id of the open task of a case, as anybody who sees it would read it."""
    return str(officer(house, "supervisor@*").get(f"/cases/{case}").json["task"]["id"])


def code(answer: Any) -> str:
    """Code of the refusal, or `ok`."""
    return str(answer.json["code"]) if answer.status_code >= 400 else "ok"


def listed(house: House, case: int, who: Api) -> str:
    """Whether the inbox shows the case."""
    return "ok" if who.get(f"/tasks?role=signer&q={case}").json["tasks"] else "not listed"


def claimed(house: House, case: int, who: Api) -> str:
    """What comes of claiming."""
    return code(who.post(f"/tasks/{task_id(house, case)}/claim"))


def assigned(house: House, case: int, who: Api) -> str:
    """What comes of a supervisor's giving it to them."""
    return code(officer(house, "supervisor@palembang").post(f"/tasks/{task_id(house, case)}/assign", {"to": who.name}))


def delegated(house: House, case: int, who: Api) -> str:
    """What comes of a colleague's handing it to them."""
    colleague, task = officer(house, "signer@palembang"), task_id(house, case)
    assert colleague.post(f"/tasks/{task}/claim").status_code == 200
    told = code(colleague.post(f"/tasks/{task}/delegate", {"to": who.name}))
    if told != "ok":
        assert colleague.post(f"/tasks/{task}/release").status_code == 200
    return told


def done(house: House, case: int, who: Api) -> str:
    """What comes of signing."""
    return code(who.do(case, "sign", wait=30))


def done_in_bulk(house: House, case: int, who: Api) -> str:
    """What comes of signing among others."""
    answer = who.post("/tasks/bulk", {"do": "sign", "ids": [task_id(house, case)]}, Prefer="wait=30")
    result = answer.json["results"][0]
    return "ok" if result["status"] == "done" else str(result["problem"]["code"])


def pulled(house: House, case: int, who: Api) -> str:
    """Whether pulling, until nothing is left, ever gives the case."""
    while (answer := who.post("/tasks/next", {"role": "signer"})).status_code == 200:
        if answer.json["id"].startswith(f"{case}-"):
            return "ok"
    assert answer.json["code"] == "no_task"
    return "not pulled"


#: Ways to get at a task that tell why not.
TELLING: Mapping[str, Callable[[House, int, Api], str]] = {
    "claim": claimed,
    "assign": assigned,
    "delegate": delegated,
    "do": done,
    "bulk": done_in_bulk,
}


def every_way(house: House, case: int, who: Api) -> dict[str, str]:
    """What comes of each way to get at the task, while none of them succeeds."""
    told = {name: way(house, case, who) for name, way in TELLING.items()}
    return told | {"list": listed(house, case, who), "next": pulled(house, case, who)}


def everywhere(told: str) -> dict[str, str]:
    """`every_way` where each is refused for the same reason."""
    return dict.fromkeys(TELLING, told) | {"list": "not listed", "next": "not pulled"}


def name_deputy(house: House, absent: Api, stands_in: Api, role: str, **window: Any) -> Any:
    """Lend an own role at Palembang, from an hour ago until tomorrow unless said otherwise."""
    now = datetime.now(UTC)
    begins, ends = window.get("begins", now - timedelta(hours=1)), window.get("ends", now + timedelta(days=1))
    body = {"deputy": stands_in.name, "role": role, "office": window.get("office", "palembang")}
    return absent.post("/deputies", body | {"from": begins.isoformat(), "until": ends.isoformat()})
