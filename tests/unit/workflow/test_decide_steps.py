"""Steps: asked for before the move, finished by a command, cancelled, failed, late."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel_kit import (
    ANI,
    CHECKLIST,
    CITRA,
    DEDI,
    SITI,
    SYSTEM,
    Desk,
    approved,
    good_data,
    issued,
    variant,
    verifying,
)
from workflow.commands import FINISH_STEP, Command

WITHDRAW = (
    "    from: [submitted, verifying, correction]\n",
    "    from: [submitted, verifying, correction, approved]\n",
)
BEGIN = "    from: submitted\n    to: verifying\n    by: system\n    run: intake_checks\n"
SHARED = BEGIN + (
    '    when: "result.ok"\n'
    "  doubt:\n"
    '    title: {id: "Ragu", en: "Doubt"}\n'
    "    from: submitted\n    to: correction\n    by: system\n    run: intake_checks\n"
)


def test_a_run_transition_asks_for_its_step_and_moves_when_it_succeeded() -> None:
    """Rule 4: `step_requested` first, the state changes only on `step_succeeded`, in the name of who asked."""
    desk = approved()
    asked = desk.do("sign", CITRA)
    assert [e.type for e in asked.events] == ["step_requested"]
    assert desk.case.state == "approved"
    effect = asked.effects[0]
    assert (effect.seq, effect.kind) == (asked.events[0].seq, "sign_card")
    assert effect.input["with"] == {"level": "B-LT"}
    assert effect.input["retry"] == {"times": 6, "backoff": 10}
    assert effect.input["data"] == desk.case.data
    done = desk.finish()
    assert [e.type for e in done.events] == ["step_succeeded", "moved", "step_requested"]
    moved = done.events[1]
    assert (moved.actor, moved.body["do"], moved.body["step"]) == (CITRA.id, "sign", effect.seq)
    desk.check()


def test_at_most_one_step_is_pending() -> None:
    """Rule 4: while a step is pending other transitions are refused `step_pending`, the same one as well."""
    desk = Desk()
    desk.give()
    desk.case = desk.case._replace(state="verifying")
    assert desk.refusal("approve", ANI, checklist=CHECKLIST) == "step_pending"
    desk = approved()
    desk.do("sign", CITRA)
    assert desk.refusal("sign", CITRA) == "step_pending"


def test_withdrawing_cancels_the_pending_step_and_its_late_result_is_ignored() -> None:
    """Rule 4: `cancels: true` ends the step; what comes late is recorded and ignored."""
    desk = Desk()
    desk.give()
    step = desk.case.step
    assert step is not None
    gone = desk.do("withdraw", SITI)
    assert [e.type for e in gone.events] == ["step_cancelled", "moved"]
    assert gone.events[0].body == {"step": step.seq, "run": "intake_checks"}
    assert desk.case.state == "withdrawn"
    assert desk.case.step is None
    payload = {"step": step.seq, "run": step.run, "ok": True, "result": {"ok": True, "warnings": []}}
    late = desk.perform(Command(FINISH_STEP, SYSTEM, payload=payload))
    assert [e.type for e in late.events] == ["step_ignored"]
    assert late.effects == ()
    assert desk.case.state == "withdrawn"
    desk.check()


def test_a_card_signed_after_the_step_was_cancelled_is_voided(tmp_path: Path) -> None:
    """Rule 4: a signature made by a cancelled step is voided, once, by an effect of the event that ignores it."""
    desk = approved(variant(tmp_path, WITHDRAW))
    desk.do("sign", CITRA)
    step = desk.case.step
    assert step is not None
    desk.do("withdraw", SITI)
    payload = {"step": step.seq, "run": step.run, "ok": True, "result": {"card": 7}}
    late = desk.perform(Command(FINISH_STEP, SYSTEM, payload=payload))
    assert [(e.kind, e.seq, e.input) for e in late.effects] == [("void_card", late.events[0].seq, {"card": 7})]
    failed = desk.perform(Command(FINISH_STEP, SYSTEM, payload=payload | {"ok": False, "code": "x", "result": None}))
    assert failed.effects == ()


def test_a_step_told_twice_counts_once() -> None:
    """A redelivered result of a step that is over changes nothing but leaves its trace."""
    desk = approved()
    desk.do("sign", CITRA)
    step = desk.case.step
    assert step is not None
    desk.finish()
    state = desk.case.state
    again = desk.perform(
        Command(FINISH_STEP, SYSTEM, payload={"step": step.seq, "run": "sign_card", "ok": True, "result": {}})
    )
    assert [e.type for e in again.events] == ["step_ignored"]
    assert desk.case.state == state
    desk.check()


def test_a_step_that_failed_for_good_leaves_the_case_to_people() -> None:
    """An incident: the state stays, the code is told, and the transition may be asked for again."""
    desk = approved()
    desk.do("sign", CITRA)
    failed = desk.finish(ok=False, code="tsa_unavailable", attempts=6)
    assert failed.events[0].body == {
        "step": failed.events[0].seq - 1,
        "run": "sign_card",
        "code": "tsa_unavailable",
        "attempts": 6,
    }
    assert desk.case.state == "approved"
    assert desk.case.step is not None
    assert desk.case.step.failed == "tsa_unavailable"
    desk.do("sign", CITRA)
    desk.finish()
    assert desk.case.state == "signed"
    desk.check()


@pytest.mark.parametrize(("ok", "state"), [(True, "verifying"), (False, "correction")])
def test_system_moves_that_share_a_run_take_it_once_and_the_first_that_holds_wins(
    tmp_path: Path, ok: bool, state: str
) -> None:
    """Rule 6: the step happens once for all moves that name it; its result chooses, the last is unguarded."""
    desk = Desk(variant(tmp_path, (BEGIN, SHARED)))
    asked = desk.give()
    assert [e.kind for e in asked.effects] == ["intake_checks"]
    assert asked.events[-1].body["moves"] == ["begin", "doubt"]
    desk.finish(result={"ok": ok, "warnings": []})
    assert desk.case.state == state
    assert desk.types().count("step_requested") == 1
    desk.check()


def test_guards_over_a_result_are_asked_at_the_end_and_the_others_at_the_request(tmp_path: Path) -> None:
    """Rule 4: what a person can be asked about is checked when the step is requested, ticks included."""
    guarded = (
        "    from: verifying\n    to: approved\n    by: operator\n    when:\n",
        "    from: verifying\n    to: approved\n    by: operator\n    run: intake_checks\n    when:\n"
        '      - {if: "result.ok", else: {id: "Ada keraguan", en: "There are doubts"}}\n',
    )
    desk = verifying(variant(tmp_path, guarded))
    assert desk.refusal("approve", ANI, checklist=("photo",)) == "guard"
    desk.do("approve", ANI, checklist=CHECKLIST)
    desk.finish(result={"ok": True, "warnings": []})
    assert desk.case.state == "approved"
    desk.check()


def test_no_move_that_holds_is_an_incident_and_not_a_dead_case(tmp_path: Path) -> None:
    """A result on which the only move does not hold leaves the state, with the reason in the history."""
    guarded = (
        "    by: signer\n    run: sign_card\n",
        "    by: signer\n    run: sign_card\n    when:\n"
        '      - {if: "result.level == \'B-LTA\'", else: {id: "B", en: "B"}}\n',
    )
    desk = approved(variant(tmp_path, guarded))
    desk.do("sign", CITRA)
    ended = desk.finish()
    assert ended.events[-1].body["code"] == "no_move_holds"
    assert desk.case.state == "approved"
    desk.do("sign", CITRA)
    desk.check()


def test_a_result_on_which_a_guard_cannot_be_told_ends_the_step(tmp_path: Path) -> None:
    """A guard that breaks on a result is told in the history; the step never hangs for ever."""
    guarded = (
        "    by: signer\n    run: sign_card\n",
        "    by: signer\n    run: sign_card\n    when:\n"
        '      - {if: "1 / result.card > 0", else: {id: "B", en: "B"}}\n',
    )
    desk = approved(variant(tmp_path, guarded))
    desk.do("sign", CITRA)
    ended = desk.finish(result={"card": 0})
    assert [e.type for e in ended.events] == ["step_failed"]
    assert desk.case.step is not None
    assert desk.case.step.failed == "guard_error"
    desk.check()


def test_the_way_of_a_case_is_written_down_whole() -> None:
    """One application from submission to card: each event in its order."""
    desk = issued()
    assert desk.types() == [
        "submitted", "step_requested", "step_succeeded", "moved", "moved", "step_requested", "step_succeeded", "moved",
        "step_requested", "step_succeeded", "moved",
    ]  # fmt: skip
    assert desk.effects[-1].kind == "notify"
    assert desk.effects[-1].input == {"roles": ["applicant"], "notice": "card_ready"}


def test_a_new_card_calls_for_replacing_the_old_one() -> None:
    """A renewal that is issued fires `replace` on the other cases of its key."""
    desk = approved()
    desk.case = desk.case._replace(holds={"holder": "k" * 64})
    desk.do("sign", CITRA)
    assert desk.finish().followups == ()
    follow = desk.finish().followups
    assert [(f.scope, f.key, f.do) for f in follow] == [("ak1-holder", "k" * 64, "replace")]


def test_a_report_does_not_replace_anything() -> None:
    """An internal move enters no state, so it fires nothing on others."""
    desk = issued()
    desk.case = desk.case._replace(holds={"holder": "k" * 64})
    assert desk.do("report", SITI).followups == ()


def test_guards_read_the_person_and_the_role_that_acts(tmp_path: Path) -> None:
    """`actor.role` is the role in which somebody acts; it is empty where a move fires by itself."""
    guarded = (
        "    by: head\n    input: {reason: text}\n",
        "    by: head\n    input: {reason: text}\n"
        '    when:\n      - {if: "actor.role == \'head\' && actor.name == \'14\'", else: {id: "Kepala", en: "Head"}}\n',
    )
    desk = issued(variant(tmp_path, guarded))
    said = {"input": {"reason": "dobel"}, "input_digest": "f" * 64}
    assert desk.refusal("revoke", DEDI._replace(id="15"), **said) == "guard"
    desk.do("revoke", DEDI, **said)
    timed = ("    from: correction\n    to: expired\n    by: timer\n",)
    book = variant(tmp_path, (timed[0], timed[0] + "    when: \"actor.role == '' && data.kind == 'new'\"\n"))
    desk = verifying(book)
    desk.do("return", ANI, input={"reason": "x", "fields": ["y"]}, input_digest="f" * 64)
    desk.wait(days=14)
    desk.perform(
        Command("@timer", SYSTEM._replace(id="timer"), payload={"timer": "state/correction/1"}, data=good_data())
    )
    assert desk.case.state == "expired"
