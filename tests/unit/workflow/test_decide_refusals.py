"""What is refused, and which refusal is told first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kernel_kit import (
    ANI,
    BUDI,
    CHECKLIST,
    CITRA,
    EKA,
    FAR,
    SITI,
    SYSTEM,
    TIMER,
    Actor,
    Desk,
    approved,
    copy_of,
    corrected,
    good_data,
    issued,
    standing,
    variant,
    verifying,
)
from workflow.case import Task
from workflow.commands import Command

#: `resubmit` with everything wrong at once, and what mends each fault, in the order in which they are told (rule 7).
GUARDED = (
    "    from: correction\n    to: verifying\n    by: applicant\n    assisted: true\n",
    "    from: correction\n    to: verifying\n    by: applicant\n    assisted: true\n    input: {note: text}\n"
    '    when:\n      - {if: "data.employed", else: {id: "Belum bekerja", en: "Not employed"}}\n',
)


def test_refusals_are_told_in_the_order_of_rule_7(tmp_path: Path) -> None:
    """Rule 7: exists, state, revision, pending step, role, office, four eyes, holder, input, guards, holds."""
    book = variant(tmp_path, GUARDED)
    desk = corrected(book)
    fields: dict[str, Any] = {
        "do": "nonsense",
        "actor": CITRA._replace(id="99", roles=frozenset()),
        "revision": 1,
        "submission": copy_of(2, kinds=("photo",), data=good_data(employed=False)),
        "standings": standing(99, "verifying"),
    }

    def told() -> str:
        refused = desk.ask(**fields).refusal
        return refused.code if refused else "done"

    seen = [told()]
    fields["do"] = "approve"
    seen.append(told())
    fields["do"] = "resubmit"
    seen.append(told())
    fields["revision"] = None
    pending = desk.case
    desk.case = pending._replace(step=verifying_step())
    seen.append(told())
    desk.case = pending
    seen.append(told())
    fields["actor"] = FAR
    seen.append(told())
    fields["actor"] = SITI
    desk.case = pending._replace(task=Task(pending.seq, "applicant", "palembang", "77"))
    seen.append(told())
    desk.case = pending
    seen.append(told())
    fields["input"], fields["input_digest"] = {"note": "sudah"}, "f" * 64
    seen.append(told())
    fields["submission"] = copy_of(2, data=good_data(employed=False))
    seen.append(told())
    fields["submission"] = copy_of(2, data=good_data(employed=True))
    seen.append(told())
    fields["standings"] = {}
    seen.append(told())
    assert seen == [
        "unknown_transition",
        "wrong_state",
        "stale_revision",
        "step_pending",
        "wrong_role",
        "wrong_office",
        "not_holder",
        "invalid_input",
        "document_missing",
        "guard",
        "hold_full",
        "done",
    ]


def verifying_step() -> Any:
    """A step that is pending."""
    desk = Desk()
    desk.give()
    return desk.case.step


def test_four_eyes_are_told_after_the_office_and_before_the_holder() -> None:
    """Rule 7: who lacks the role is told that; who acted is told four eyes, even while another holds the task."""
    desk = approved(by=EKA)
    assert desk.case.task is not None
    desk.case = desk.case._replace(task=desk.case.task._replace(holder="77"))
    assert desk.refusal("sign", FAR) == "wrong_role"
    assert desk.refusal("sign", Actor("50", frozenset(), frozenset({"signer"}))) == "wrong_office"
    assert desk.refusal("sign", EKA) == "four_eyes"
    assert desk.refusal("sign", CITRA) == "not_holder"


def test_submit_is_refused_in_the_order_of_rule_7() -> None:
    """Rule 7: state, revision, role, content, holds, also for the built-in `submit`."""
    desk = Desk()
    bad = {"revision": 9, "copy": copy_of(data={}), "standings": standing(99, "verifying")}

    def told(actor: Actor, **fields: Any) -> str:
        refused = desk.give(actor=actor, **fields).refusal
        return refused.code if refused else "done"

    stranger = Actor("99")
    assert told(stranger, **bad) == "stale_revision"
    bad["revision"] = 0
    assert told(stranger, **bad) == "wrong_role"
    assert told(SITI, **bad) == "data_incomplete"
    bad["copy"] = copy_of(kinds=("ktp",))
    assert told(SITI, **bad) == "document_missing"
    bad["copy"] = copy_of()
    assert told(SITI, **bad) == "hold_full"
    bad["standings"] = {}
    assert told(SITI, **bad) == "done"
    assert told(stranger, **bad) == "wrong_state"


def test_a_refusal_changes_nothing() -> None:
    """A refused command leaves no event, no effect and the case as it was."""
    desk = verifying()
    before, events = desk.case, list(desk.events)
    desk.refusal("approve", SITI)
    desk.refusal("approve", ANI)
    assert desk.case == before
    assert desk.events == events


def test_the_definitions_own_sentence_is_told_for_the_first_guard_that_does_not_hold() -> None:
    """Explain every refusal: the sentence of the unmet condition, in the person's language."""
    desk = verifying()
    refused = desk.ask("approve", ANI, checklist=("identity", "photo")).refusal
    assert refused is not None
    assert refused.sentence("en") == "The checklist is not finished"
    assert refused.sentence("id") == "Daftar periksa belum selesai"


def test_verdicts_of_the_guards_stand_in_the_event() -> None:
    """Rule 11: an event says what the guards answered, not on what."""
    desk = verifying()
    moved = desk.do("approve", ANI, checklist=CHECKLIST).events[0]
    assert moved.body["guards"] == [True, True]


def test_a_stale_form_is_refused_and_a_fresh_one_taken() -> None:
    """Rule 3: saves of the working copy count towards the revision that people see."""
    desk = verifying()
    assert desk.refusal("approve", ANI, checklist=CHECKLIST, revision=desk.case.revision - 1) == "stale_revision"
    assert desk.refusal("approve", ANI, checklist=CHECKLIST, revision=desk.case.revision, saves=1) == "stale_revision"
    desk.do("approve", ANI, checklist=CHECKLIST, revision=desk.case.revision + 1, saves=1)


@pytest.mark.parametrize("do", ["@step", "@timer"])
def test_no_person_speaks_as_a_worker_or_a_clock(do: str) -> None:
    """A command that only Alur's own processes write is refused from anybody else, whatever it says."""
    desk = approved()
    desk.do("sign", CITRA)
    step = desk.case.step
    assert step is not None
    payload = {"step": step.seq, "run": step.run, "ok": True, "result": {"card": 1}, "timer": "clock/service/75"}
    refused = desk.perform(Command(do, CITRA, payload=payload)).refusal
    assert refused is not None
    assert refused.code == "unknown_transition"


@pytest.mark.parametrize(("do", "mover"), [("begin", SYSTEM), ("lapse", TIMER), ("replace", Actor("hold"))])
def test_moves_of_the_house_are_for_nobody_else(do: str, mover: Actor) -> None:
    """`by: system`, `by: timer` and `by: hold` are no roles that a person could have."""
    desk = {"begin": _submitted, "lapse": corrected, "replace": issued}[do]()
    for actor in (SITI, ANI, BUDI, CITRA, Actor("9", frozenset({"system", "timer", "hold", mover.id}))):
        assert desk.refusal(do, actor) in ("wrong_role", "step_pending")


def _submitted() -> Desk:
    desk = Desk()
    desk.give()
    desk.finish(ok=False)
    return desk


def test_a_condition_that_cannot_be_evaluated_is_a_refusal(tmp_path: Path) -> None:
    """A guard that divides by what is not there refuses with its own code instead of failing the engine."""
    book = variant(
        tmp_path,
        (
            "    from: verifying\n    to: rejected\n    by: operator\n",
            "    from: verifying\n    to: rejected\n    by: operator\n"
            '    when:\n      - {if: "10 / data.graduation_year > 0", else: {id: "Lama", en: "Old"}}\n',
        ),
    )
    desk = verifying(book)
    told = desk.refusal("reject", ANI, input={"reason": "x"}, input_digest="f" * 64, data={})
    assert told == "guard_error"
    desk.do("reject", ANI, input={"reason": "x"}, input_digest="f" * 64, data=good_data(graduation_year=1))
