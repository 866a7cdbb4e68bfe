"""Moving a case into another version of its definition: what it keeps, and why it is not moved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.kernel_kit import (
    ANI,
    CHECKLIST,
    CITRA,
    EKA,
    SITI,
    ZONE,
    Desk,
    ak1,
    approved,
    corrected,
    good_data,
    issued,
    variant,
    verifying,
)
from tests.migration_kit import TO_CHECKING, renamed_word, with_field
from workflow.case import Reading
from workflow.commands import MIGRATE, Actor, Command, Standing
from workflow.decide import decide
from workflow.definition.process import Process
from workflow.events import seal, stamp
from workflow.evolve import evolve
from workflow.rulebook import Rulebook


def moved(process: Process) -> Rulebook:
    """The rules of a version at the office of the tests."""
    return Rulebook(process, ZONE)


@pytest.fixture
def renamed(tmp_path: Path) -> Rulebook:
    """AK-1 with `verifying` called `checking`."""
    return moved(renamed_word(tmp_path, "verifying", "checking"))


def claim(desk: Desk, actor: str = "11", minutes: float = 30) -> None:
    """Let an officer take the task."""
    assert desk.case.task is not None
    case, until = desk.case, stamp(desk.now + timedelta(minutes=minutes))
    body = {"task": desk.case.task.seq, "until": until}
    event = seal(case.head, case.id, case.seq + 1, "task_claimed", actor, desk.now, body)
    desk.case = evolve(desk.book, case, event)
    desk.events.append(event)


def refused(desk: Desk, into: Rulebook, **asked: object) -> tuple[str, dict[str, object]]:
    """Why the case is not moved."""
    refusal = desk.migrate(into, **asked).refusal
    assert refusal is not None, "it was moved"
    return refusal.code, dict(refusal.details)


def test_a_case_goes_on_in_the_new_definition_and_folds_to_the_same(renamed: Rulebook) -> None:
    """One event changes the book in the middle of a history; folding finds the rules of both."""
    desk = verifying()
    decision = desk.migrate(renamed, states=TO_CHECKING)
    assert [e.type for e in decision.events] == ["migrated"]
    assert (desk.case.state, desk.case.definition) == ("checking", renamed.process.hash)
    desk.check()
    desk.do("approve", ANI, checklist=CHECKLIST)
    assert desk.case.state == "approved"
    desk.check()


def test_the_revision_rises_only_where_the_state_has_another_name(renamed: Rulebook, tmp_path: Path) -> None:
    """A page that is open stays fresh when nothing that it shows has changed (rule 3)."""
    desk = verifying()
    before = desk.case.revision
    desk.migrate(variant(tmp_path, ("P7D", "P8D")))
    assert desk.case.revision == before
    desk.migrate(renamed, states=TO_CHECKING)
    assert desk.case.revision == before + 1


def test_the_task_keeps_its_holder_and_lease_where_the_role_is_the_same(renamed: Rulebook) -> None:
    """Who is at work on it goes on."""
    desk = verifying()
    claim(desk)
    before = desk.case.task
    desk.migrate(renamed, states=TO_CHECKING)
    assert desk.case.task == before
    assert before is not None
    assert f"lease/{before.seq}" in desk.timers()


def test_the_task_is_opened_anew_for_another_role(tmp_path: Path) -> None:
    """A task of another role is another task; nobody holds it."""
    other = moved(renamed_word(tmp_path, "operator", "checker"))
    desk = verifying()
    before = desk.case.task
    decision = desk.migrate(other)
    assert decision.refusal is None
    assert desk.case.task is not None
    assert before is not None
    assert (desk.case.task.role, desk.case.task.holder) == ("checker", None)
    assert desk.case.task.seq == decision.events[0].seq != before.seq


def test_time_counted_and_levels_told_stay_with_another_target(tmp_path: Path) -> None:
    """Rule 10: each level once, also when the target changes; the time since the start counts for both."""
    longer = variant(tmp_path, ("target: PT24H", "target: PT48H"))
    desk = verifying()
    started = desk.case.clocks["service"].started
    desk.wait(hours=19)
    assert desk.fire("clock/service/75").refusal is None
    desk.migrate(longer)
    assert desk.case.clocks["service"] == Reading(started, fired=(75,))
    assert set(desk.timers()) == {"clock/service/100"}
    assert desk.timers()["clock/service/100"] == started + timedelta(hours=48)
    desk.check()


def test_a_clock_that_the_definition_drops_waits_for_one_that_knows_it(tmp_path: Path) -> None:
    """Going back finds the promise as it was, with its levels."""
    other = variant(tmp_path, ("  service:\n    title", "  promise:\n    title"))
    desk = verifying()
    desk.wait(hours=19)
    desk.fire("clock/service/75")
    before, old = desk.case.clocks["service"], desk.book
    desk.migrate(other)
    assert desk.case.aside == {"service": before}
    assert not desk.case.clocks
    desk.check()
    desk.migrate(old)
    assert desk.case.clocks == {"service": before}
    assert not desk.case.aside
    desk.check()


def test_a_renamed_clock_goes_on_by_the_plan(tmp_path: Path) -> None:
    """The plan says which clock is which."""
    other = variant(tmp_path, ("  service:\n    title", "  promise:\n    title"))
    desk = verifying()
    before = desk.case.clocks["service"]
    desk.migrate(other, clocks={"service": "promise"})
    assert desk.case.clocks == {"promise": before}
    assert not desk.case.aside


def test_a_clock_pauses_from_now_where_the_new_definition_says_so(tmp_path: Path) -> None:
    """What was counted stays counted: the new rules hold from the move on."""
    other = variant(tmp_path, ("pause: [correction]", "pause: [verifying]"))
    desk = verifying()
    desk.wait(hours=3)
    desk.migrate(other)
    assert desk.case.clocks["service"].paused_at == desk.now


def test_state_timers_are_armed_from_the_entry_and_told_ones_are_not_told_again(tmp_path: Path) -> None:
    """A reminder that was sent is not sent again by another length; the rest counts from the entry of the state."""
    other = variant(tmp_path, ("after: P7D", "after: P10D"), ("after: P14D", "after: P21D"))
    desk = corrected()
    entered = desk.case.entered_at
    assert entered is not None
    desk.wait(days=8)
    desk.fire("state/correction/0")
    desk.migrate(other)
    assert dict(desk.timers()) == {"state/correction/1": entered + timedelta(days=21)}
    assert desk.case.entered_at == entered
    desk.check()


def test_a_timer_at_another_place_of_the_list_keeps_its_count(tmp_path: Path) -> None:
    """A timer is known by what it does, not by its position."""
    first, second = (
        "      - {after: P7D, notify: [applicant], notice: reminder}\n",
        "      - {after: P14D, fire: lapse}\n",
    )
    other = variant(tmp_path, (first + second, second + first))
    desk = corrected()
    desk.wait(days=8)
    desk.fire("state/correction/0")
    desk.migrate(other)
    assert desk.case.fired == {"1": 1}
    assert set(desk.timers()) == {"state/correction/0"}


def test_a_faster_pace_does_not_repeat_what_was_told(tmp_path: Path) -> None:
    """Twice in twelve months counts as four times a quarter: the fifth is next."""
    other = variant(tmp_path, ("every: P6M", "every: P3M"))
    desk = issued()
    for _ in range(2):
        desk.now = desk.timers()["state/issued/0"]
        assert desk.fire("state/issued/0").refusal is None
    desk.migrate(other)
    assert desk.case.fired["0"] == 4
    assert desk.timers()["state/issued/0"] > desk.now


def test_four_eyes_outlive_the_change(renamed: Rulebook) -> None:
    """Rule 15: who verified before the move does not sign after it."""
    desk = approved(by=EKA)
    desk.migrate(renamed, states=TO_CHECKING)
    assert desk.refusal("sign", EKA) == "four_eyes"
    assert desk.ask("sign", CITRA).refusal is None


def test_four_eyes_follow_a_renamed_role(tmp_path: Path) -> None:
    """A role with another name keeps who acted in it, where the plan names it; else the case is not moved."""
    book = moved(renamed_word(tmp_path, "operator", "checker"))
    desk = approved(by=EKA)
    assert refused(desk, book) == ("role_gone", {"roles": ["operator"]})
    desk.migrate(book, roles={"operator": ["checker"]})
    assert desk.case.performed["checker"] == ("15",)
    signer = Actor("15", frozenset({"checker", "signer"}))
    assert desk.refusal("sign", signer) == "four_eyes"
    desk.check()


def test_a_state_without_a_mapping_is_told(renamed: Rulebook) -> None:
    """Nothing is guessed: the plan says where each state leads."""
    assert refused(verifying(), renamed) == ("no_mapping", {"state": "verifying"})


def test_a_state_that_the_plan_holds_back_stays(renamed: Rulebook) -> None:
    """`block` is a decision of the person who wrote the plan."""
    assert refused(verifying(), renamed, states={"verifying": "block"}) == ("held_back", {"state": "verifying"})


def test_a_case_of_another_definition_is_not_touched(renamed: Rulebook) -> None:
    """The plan names the versions from which it moves."""
    assert refused(verifying(), renamed, **{"from": ["0" * 64]})[0] == "other_definition"


def test_a_case_is_moved_once(renamed: Rulebook) -> None:
    """A command that comes again finds nothing to do."""
    desk = verifying()
    desk.migrate(renamed, states=TO_CHECKING)
    assert refused(desk, renamed, states=TO_CHECKING)[0] == "already_there"


def test_a_pending_step_ends_first(renamed: Rulebook) -> None:
    """A move that is under way commits in the definition in which it was asked."""
    desk = Desk()
    desk.give()
    assert refused(desk, renamed, states={"submitted": "submitted"})[0] == "step_pending"
    desk.finish()
    assert desk.migrate(renamed, states=TO_CHECKING).refusal is None


def test_an_incident_moves_along_where_the_step_exists_there(renamed: Rulebook) -> None:
    """A failed step may be asked for again in the new definition."""
    desk = approved()
    desk.do("sign", CITRA)
    desk.finish(ok=False)
    desk.migrate(renamed, states=TO_CHECKING)
    assert desk.case.step is not None
    assert desk.case.step.failed == "tsa_unavailable"
    desk.do("incident.retry", ANI)
    desk.finish()
    assert desk.case.state == "signed"
    desk.check()


def test_an_incident_without_a_place_there_is_decided_first(tmp_path: Path) -> None:
    """A failed step whose transition is gone could never be decided."""
    other = variant(tmp_path, ("  sign:\n    title", "  seal:\n    title"))
    desk = approved()
    desk.do("sign", CITRA)
    desk.finish(ok=False)
    assert refused(desk, other) == ("incident_open", {"run": "sign_card"})


def test_work_in_hand_is_not_taken_away(renamed: Rulebook) -> None:
    """A held task that the new state does not have waits for the end of its lease."""
    desk = verifying()
    claim(desk)
    assert refused(desk, renamed, states={"verifying": "signed"})[0] == "task_lost"
    desk.wait(minutes=31)
    assert desk.migrate(renamed, states={"verifying": "signed"}).refusal is None


def test_data_that_does_not_fit_is_told_by_field(tmp_path: Path) -> None:
    """The new form must accept what the old one accepted; a field that was wrong before is no reason."""
    code, details = refused(verifying(), moved(with_field(tmp_path, "blood_type")))
    assert code == "data_incomplete"
    assert [f["field"] for f in details["fields"]] == ["blood_type"]  # type: ignore[index, attr-defined]


def test_documents_that_are_missing_are_told_by_kind(tmp_path: Path) -> None:
    """A document that becomes required is missing; one that was let pass before is let pass."""
    other = variant(tmp_path, ("    required_when: \"data.kind == 'renewal'\"\n", ""))
    assert refused(verifying(), other) == ("document_missing", {"kinds": ["old_card"]})


def test_erased_data_is_not_guessed_about(tmp_path: Path) -> None:
    """Rule 13: whether it would fit cannot be told."""
    other = variant(tmp_path, ("    required_when: \"data.kind == 'renewal'\"\n", ""))
    assert refused(verifying(), other, data=None)[0] == "data_erased"


HOLD = "  holder: {scope: ak1-holder"
SECOND = (
    "  phone: {scope: phone, key: data.phone, limit: 1, until: [expired, rejected, withdrawn, replaced, revoked]}\n"
)


def test_a_hold_that_the_definition_adds_is_taken_or_full(tmp_path: Path) -> None:
    """The rule across cases holds for cases that move, too."""
    other = variant(tmp_path, (HOLD, SECOND + HOLD))
    full = {"phone": ("p" * 64, (Standing(9, "verifying"),))}
    desk = verifying()
    assert refused(desk, other, standings=full)[0] == "hold_full"
    desk.migrate(other, standings={"phone": ("p" * 64, ())})
    assert desk.case.holds["phone"] == "p" * 64
    desk.check()
    desk.migrate(ak1())
    assert "phone" not in desk.case.holds
    desk.check()


def test_system_moves_of_the_new_state_are_made(renamed: Rulebook) -> None:
    """A case does not stand still where the new definition moves it by itself."""
    desk = approved()
    decision = desk.migrate(renamed, states={"approved": "signed"})
    assert [e.type for e in decision.events] == ["migrated", "step_requested"]


def test_only_the_engine_may_ask_for_it(renamed: Rulebook) -> None:
    """Whoever writes such a command into the queue is refused."""
    desk = verifying()
    payload = {"migration": 1, "from": [desk.case.definition], "to": renamed.process.hash, "states": TO_CHECKING}
    asked = Command(MIGRATE, SITI, payload=payload, into=renamed, data=good_data())
    refusal = decide(desk.book, desk.case, asked, desk.now).refusal
    assert refusal is not None
    assert refusal.code == "unknown_transition"


def test_going_back_restores_what_was(renamed: Rulebook) -> None:
    """A case that has not moved since gets back state, timers and clocks."""
    desk = corrected()
    desk.wait(days=8)
    desk.fire("state/correction/0")
    before, old = desk.case, desk.book
    desk.migrate(renamed, states={"correction": "checking"})
    assert desk.case.fired == {}
    back = {"revision": desk.case.revision, "state": "correction", "fired": {"0": 1}}
    desk.migrate(old, states={}, back=back)
    assert (desk.case.state, desk.case.fired, desk.case.definition) == ("correction", {"0": 1}, before.definition)
    assert (desk.case.performed, desk.case.entered_at) == (before.performed, before.entered_at)
    assert desk.case.clocks["service"].fired == before.clocks["service"].fired
    desk.check()


def test_a_case_that_moved_on_is_left_or_mapped_back(renamed: Rulebook) -> None:
    """What people did since is not undone unless the plan says where it belongs."""
    desk = verifying()
    old = desk.book
    desk.migrate(renamed, states=TO_CHECKING)
    back = {"revision": desk.case.revision, "state": "verifying", "fired": {}}
    desk.do("approve", ANI, checklist=CHECKLIST)
    assert refused(desk, old, states={"approved": "approved"}, back=back)[0] == "moved_on"
    desk.migrate(old, states={"approved": "approved"}, back=back, map=True)
    assert desk.case.state == "approved"
    desk.check()
