"""Migrations over HTTP and at the command line: supervisors only, four eyes, progress and reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from alur.commands import migrations as commands
from alur.wiring import House
from tests.api_kit import Api
from tests.drain_kit import CHECKLIST, by_hand, in_verification, quiet_house, whole
from tests.migration_kit import Mover, renamed_word, with_notice_called
from tests.support import send, settle, state
from workflow.db.publishing import publish_shipped

PLAN = """\
process: ak1-online
from: 1
to: 2
states: {submitted: submitted, verifying: checking, correction: correction, approved: approved, signed: signed,
  issued: issued}
canary: {cases: 0}
"""


@pytest.fixture
def own(house: House, tmp_path: Path) -> Iterator[House]:
    """A house with a case in verification and a second version of AK-1."""
    with quiet_house(house) as quiet:
        in_verification(quiet)
        with quiet.engine.begin() as db:
            publish_shipped(db, renamed_word(tmp_path, "verifying", "checking"), datetime.now(UTC))
        yield quiet


def look(own: House) -> None:
    """The clock process and the drain do what is to be done."""
    with by_hand(own) as hand:
        Mover(own, hand, own.library.process).run()  # type: ignore[arg-type]


def test_a_migration_over_http_from_plan_to_revert(own: House) -> None:
    """Proposed, looked at beforehand, approved by another, told in progress, reverted."""
    one, two = Api(own, "supervisor"), Api(own, "supervisor2")
    made = one.post("/migrations", {"plan": PLAN})
    assert made.status_code == 201, made.json
    id_ = made.json["id"]
    assert made.headers["Location"].endswith(f"/migrations/{id_}")
    report = one.post(f"/migrations/{id_}/dry-run").json
    assert (report["moves"], report["ways"]) == (1, {"verifying → checking": 1})
    refused = one.post(f"/migrations/{id_}/approve")
    assert (refused.status_code, refused.json["code"]) == (403, "migration_four_eyes")
    assert two.post(f"/migrations/{id_}/approve").json["status"] == "running"
    look(own)
    told = two.get(f"/migrations/{id_}").json
    assert (told["status"], told["progress"]["moved"], told["report"]["moves"]) == ("finished", 1, 1)
    assert two.post(f"/migrations/{id_}/pause").json["code"] == "migration_status"
    assert two.post(f"/migrations/{id_}/revert", {}).json["status"] == "reverting"
    look(own)
    assert one.get("/migrations").json[0]["progress"]["reverted"] == 1


def test_a_history_over_two_definitions_is_told_whole(own: House) -> None:
    """History, clocks and actions of a case that changed its definition, also as of a moment before."""
    id_ = Api(own, "supervisor").post("/migrations", {"plan": PLAN}).json["id"]
    before = Api(own, "supervisor").get("/cases/1/history").json
    Api(own, "supervisor2").post(f"/migrations/{id_}/approve")
    look(own)
    officer = Api(own, "operator")
    told = officer.get("/cases/1/history").json
    assert told["state"] == "checking"
    assert [e["type"] for e in told["entries"]][-1] == "migrated"
    titles = [e["to_title"] for e in told["entries"] if e["to"]]
    assert titles == [e["to_title"] for e in before["entries"] if e["to"]] + ["Sedang diperiksa"]
    then = before["entries"][-1]["at"]
    past = officer.get(f"/cases/1/history?at={quote(then)}").json
    assert past["state"] == "verifying"
    assert officer.get("/cases/1/clocks").status_code == 200
    assert officer.get(f"/cases/1/clocks?at={quote(then)}").status_code == 200
    assert officer.get("/cases/1/actions").status_code == 200
    listed = officer.get("/tasks").json
    assert [t["state"] for t in listed["tasks"]] == ["checking"]
    whole(own, 1)


def test_a_notice_that_the_new_version_does_not_know_is_still_read(house: House, tmp_path: Path) -> None:
    """What was told before the move keeps its words, in the list and in a step that sends it late."""
    with quiet_house(house) as own, by_hand(own) as hand:
        early, late = in_verification(own), in_verification(own)
        send_back(own, early[0])
        settle(own)
        before = Api(own, early[1]).get("/notices").json["notices"]
        assert [n["name"] for n in before] == ["returned"]
        send_back(own, late[0])
        hand.drain()
        moving = Mover(own, hand, with_notice_called(tmp_path, "returned", "sent_back"))
        id_ = moving.begin(canary={"cases": 0}, states={"correction": "correction"})
        moving.run()
        assert moving.progress(id_) == {"moved": 2}
        settle(own)
        for _, siti in (early, late):
            told = Api(own, siti).get("/notices").json["notices"]
            assert [n["name"] for n in told] == ["returned"]


def send_back(own: House, case: int) -> None:
    """Return a case to its applicant, who is told by a notice."""
    send(own, case, "return", "operator", given={"reason": "foto buram", "fields": ["photo"]})


def test_an_open_page_is_stale_after_its_state_was_renamed(own: House) -> None:
    """The person reloads and sees the state's new name; nothing is done to what it did not see."""
    officer = Api(own, "operator")
    seen = officer.get("/cases/1")
    id_ = Api(own, "supervisor").post("/migrations", {"plan": PLAN}).json["id"]
    Api(own, "supervisor2").post(f"/migrations/{id_}/approve")
    look(own)
    asked = officer.do(1, "approve", headers={"If-Match": seen.headers["ETag"]}, input={}, checklist=list(CHECKLIST))
    assert asked.json["code"] == "stale_revision"


def test_only_supervisors_of_every_office_concerned(own: House) -> None:
    """An operator sees none; errors of a plan are told with their places."""
    assert Api(own, "operator").get("/migrations").json["code"] == "forbidden"
    assert Api(own, "operator").post("/migrations", {"plan": PLAN}).json["code"] == "forbidden"
    wrong = Api(own, "supervisor").post("/migrations", {"plan": PLAN.replace("to: 2", "to: 9")})
    assert (wrong.json["code"], wrong.json["errors"][0]["code"]) == ("plan_invalid", "unknown_version")
    assert wrong.json["errors"][0]["field"] == "3:5"
    assert Api(own, "supervisor").get("/migrations/99").json["code"] == "unknown_migration"


def test_cases_that_stay_are_listed_by_page(own: House) -> None:
    """Every case with its reason."""
    in_plan = PLAN.replace("verifying: checking", "verifying: block")
    id_ = Api(own, "supervisor").post("/migrations", {"plan": in_plan}).json["id"]
    two = Api(own, "supervisor2")
    two.post(f"/migrations/{id_}/approve")
    look(own)
    page = two.get(f"/migrations/{id_}/cases?limit=1").json
    assert [(c["case"], c["code"]) for c in page["cases"]] == [(1, "held_back")]
    assert two.get(f"/migrations/{id_}/cases?after={page['after']}").json == {"cases": [], "after": None}


def test_the_command_line_proposes_looks_and_leads(own: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract's commands, from a proposal to the end."""
    from contextlib import nullcontext

    monkeypatch.setattr(commands, "house", lambda: nullcontext(own))

    def run(command: object, *args: str) -> str:
        result = CliRunner().invoke(command, [*args], catch_exceptions=False)  # type: ignore[arg-type]
        assert result.exit_code == 0, result.output
        return result.stdout

    plan = tmp_path / "plan.yaml"
    plan.write_text(run(commands.migrate, "--propose", "ak1-online", "--from", "1", "--to", "2"))
    assert "verifying:  checking   # by likeness" in plan.read_text()
    assert "1 live cases; 0 left out; 1 move (0 drafts)." in run(commands.migrate, str(plan), "--dry-run")
    told = json.loads(run(commands.migrate, str(plan), "--as", "supervisor", "--json"))
    id_ = str(told["migration"])
    run(commands.migrations, id_, "approve", "--as", "supervisor2")
    look(own)
    shown = json.loads(run(commands.migrations, id_, "--json"))
    assert shown["progress"]["moved"] == 1
    assert f"{id_}  ak1-online" in run(commands.migrations)
    settle(own)
    assert state(own, 1) == "checking"
