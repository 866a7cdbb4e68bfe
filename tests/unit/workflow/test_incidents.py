"""Incidents: a step that failed for good is people's to decide, and all of it is in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel_kit import ANI, CITRA, DEDI, FAR, SITI, Desk, approved, variant
from workflow.incidents import DIVERT, RETRY, SKIP
from workflow.rulebook import Rulebook

REASON = {"input": {"reason": "TSA pulih kembali."}, "input_digest": "ab" * 32}
#: A process that would do without the signature.
NOTHING_REQUIRED = ("  - {step: sign_card, before: issued}\n", "")


def failed(book: Rulebook | None = None) -> Desk:
    """An approved case whose signing failed for good."""
    desk = approved(book)
    desk.do("sign", CITRA)
    desk.finish(ok=False)
    return desk


def test_a_failed_step_stays_to_be_seen() -> None:
    """The case keeps its state, and tells which step failed and with which code."""
    desk = failed()
    assert desk.case.step is not None
    assert (desk.case.state, desk.case.step.run, desk.case.step.failed) == ("approved", "sign_card", "tsa_unavailable")


def test_retrying_asks_again_in_the_name_of_who_asked_first() -> None:
    """Whoever presses retry, the signer signs: four eyes and the officer's name on the card depend on it."""
    desk = failed()
    first = desk.case.step
    assert first is not None
    again = desk.do(RETRY, DEDI)
    assert [e.type for e in again.events] == ["step_requested"]
    assert (again.events[0].actor, again.events[0].body["for"], again.events[0].body["again"]) == (
        DEDI.id,
        CITRA.id,
        first.seq,
    )
    assert again.effects[0].input["actor"] == CITRA.id
    assert again.effects[0].seq != first.seq
    moved = desk.finish().events[1]
    assert (moved.type, moved.actor, moved.body["do"]) == ("moved", CITRA.id, "sign")
    desk.check()


def test_a_step_is_skipped_with_a_reason_only(tmp_path: Path) -> None:
    """The move follows without the step; the reason is known to the history by its digest."""
    desk = failed(variant(tmp_path, NOTHING_REQUIRED))
    assert desk.refusal(SKIP, DEDI) == "invalid_input"
    skipped = desk.do(SKIP, DEDI, **REASON)
    assert [e.type for e in skipped.events] == ["step_skipped", "moved", "step_requested"]
    assert skipped.events[0].body["input"] == REASON["input_digest"]
    assert desk.case.state == "signed"
    desk.check()


def test_a_required_step_is_neither_skipped_nor_diverted_past() -> None:
    """What `requires:` proves of a definition holds for its incidents: nobody is told of a card that is not there."""
    desk = failed()
    assert desk.refusal(SKIP, DEDI, **REASON) == "step_required"
    past = {**REASON, "input": {"reason": "Kartunya menyusul", "to": "issued"}}
    assert desk.refusal(DIVERT, DEDI, **past) == "step_required"
    assert desk.case.state == "approved"


def test_a_case_is_diverted_to_a_state_of_its_process() -> None:
    """Diverting enters the state like any move: its task opens, its timers are armed."""
    desk = failed()
    wrong = {**REASON, "input": {"reason": "Ulangi", "to": "moon"}}
    assert desk.refusal(DIVERT, DEDI, **wrong) == "invalid_input"
    desk.do(DIVERT, DEDI, **{**REASON, "input": {"reason": "Data salah", "to": "correction"}})
    assert desk.case.state == "correction"
    assert desk.case.step is None
    assert desk.case.task is not None
    assert desk.case.task.role == "applicant"
    desk.check()


@pytest.mark.parametrize("do", [RETRY, SKIP, DIVERT])
def test_incidents_are_for_the_staff_of_the_office(do: str) -> None:
    """Not for the applicant, not for another office, and not where nothing failed."""
    desk = failed()
    assert desk.refusal(do, SITI, **REASON) == "wrong_role"
    assert desk.refusal(do, FAR, **REASON) == "wrong_office"
    assert approved().refusal(do, ANI, **REASON) == "no_incident"
