"""How long personal data are kept, and when they may be erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kernel_kit import DEDI, DEFINITIONS, SITI, START, ZONE, Desk, ak1, issued, verifying
from workflow.case import DRAFT, Erased
from workflow.definition.process import Process
from workflow.definition.reader import read_process
from workflow.erasing import DRAFTS, HOUSE, RETENTION, RIGHT, Surroundings, due, erased_body, refuse_erasing
from workflow.events import seal
from workflow.evolve import evolve
from workflow.reckoning import Reckoning
from workflow.timers import armed

TIME = Reckoning(ZONE)
IDLE = Surroundings(busy=False, valid_card=None)
SHIPPED = sorted(path.parent for path in DEFINITIONS.glob("*/process.yaml"))


def withdrawn() -> Desk:
    """A case that ended."""
    desk = verifying()
    desk.do("withdraw", SITI)
    return desk


def rules(process: Process, hash_: str = "h"):  # type: ignore[no-untyped-def]
    """The rule of one definition."""
    return {hash_: process.retention}


def erase(desk: Desk, under: str = RIGHT, first_at: datetime | None = None) -> None:
    """Append `data_erased`."""
    body = erased_body(under, "request", {"versions": 2, "documents": 3}, first_at)
    event = seal(desk.case.head, desk.case.id, desk.case.seq + 1, "data_erased", "9", desk.now, body)
    desk.events.append(event)
    desk.case = evolve(desk.book, desk.case, event)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda p: p.name)
def test_every_shipped_process_ends_the_life_of_its_data(folder: Path) -> None:
    """Each final state has a length of time, and a rule that people can read in both languages."""
    process = read_process(folder)
    assert process.retention is not None
    final = [name for name, state in process.states.items() if state.final]
    assert final
    assert all(process.retention.of(name) is not None for name in final)
    assert set(process.retention.basis) == {"id", "en"}


def test_time_counts_from_the_end_of_the_case_in_the_offices_zone() -> None:
    """A withdrawn application is kept for one year, to the minute."""
    desk = withdrawn()
    found = due(desk.case, rules(desk.book.process), START, TIME)
    assert found is not None
    assert (found.at, found.basis) == (datetime(2027, 11, 20, 3, tzinfo=UTC), "h")


def test_a_state_of_its_own_outranks_the_rest() -> None:
    """`by_state` for the one, `keep` for the others."""
    desk = issued()
    desk.do("revoke", DEDI, input={"reason": "Palsu"})
    found = due(desk.case, rules(desk.book.process), START, TIME)
    assert found is not None
    assert found.at == datetime(2031, 11, 20, 3, tzinfo=UTC)


def test_where_the_pinned_definition_is_silent_the_newest_speaks() -> None:
    """Definitions of before `retention` was written leave no data for ever."""
    desk = withdrawn()
    found = due(desk.case, {"old": None, "new": desk.book.process.retention}, START, TIME)
    assert found is not None
    assert found.basis == "new"
    assert due(desk.case, {"old": None}, START, TIME) is None


def test_a_case_that_lives_is_never_due() -> None:
    """Whatever its age."""
    desk = verifying()
    assert due(desk.case, rules(desk.book.process), START, TIME) is None


def test_drafts_follow_their_process_and_else_the_house() -> None:
    """Counted from the last save."""
    desk = Desk()
    assert desk.case.state == DRAFT
    found = due(desk.case, rules(desk.book.process), START, TIME)
    assert found is not None
    assert (found.at - START, found.basis) == (timedelta(days=90), "h")
    silent = due(desk.case, {"h": None}, START, TIME)
    assert silent is not None
    assert (silent.at - START, silent.basis) == (DRAFTS, HOUSE)


def test_erasing_waits_for_the_end_for_a_valid_card_and_for_work() -> None:
    """In this order, each with its reason."""
    book, live, ended = ak1(), verifying().case, withdrawn().case
    refused = refuse_erasing(book, live, IDLE)
    assert refused is not None
    assert refused.code == "erase_live"
    assert refused.details["ways"] == ["reject", "withdraw"]
    valid = refuse_erasing(book, ended, Surroundings(busy=True, valid_card="N-1"))
    assert valid is not None
    assert valid.code == "erase_card_valid"
    busy = refuse_erasing(book, ended, Surroundings(busy=True, valid_card=None))
    assert busy is not None
    assert busy.code == "erase_busy"
    assert refuse_erasing(book, ended, IDLE) is None
    assert refuse_erasing(book, Desk().case, IDLE) is None


@pytest.mark.parametrize("under", [RIGHT, RETENTION])
def test_an_erased_case_keeps_its_history_and_nothing_more_happens_to_it(under: str) -> None:
    """The chain is whole, the fold equals the case, and every command is refused."""
    desk = withdrawn()
    erase(desk, under)
    desk.check()
    assert desk.case.erased == Erased(desk.now, under)
    assert desk.case.state == "withdrawn"
    assert desk.refusal("revoke", DEDI) == "data_erased"
    assert desk.give().refusal is not None
    assert refuse_erasing(desk.book, desk.case, IDLE) is not None
    assert due(desk.case, rules(desk.book.process), START, TIME) is None


def test_a_draft_can_be_erased_as_its_only_event() -> None:
    """It never had a history; what it has now says that it is gone."""
    desk = Desk()
    erase(desk)
    desk.check()
    assert desk.case.state == DRAFT
    assert desk.give().refusal is not None


def test_a_case_that_a_backup_shows_alive_is_put_aside() -> None:
    """Task, step, clocks and places end, no timer stays armed, and the first moment is the one that is told."""
    desk = verifying(standings={"holder": ("k", ())})
    assert desk.case.task is not None
    assert desk.case.holds
    first = START - timedelta(days=3)
    desk.wait(hours=2)
    erase(desk, first_at=first)
    desk.check()
    case = desk.case
    assert case.erased == Erased(first, RIGHT)
    assert (case.task, case.step, dict(case.holds), dict(case.line)) == (None, None, {}, {})
    assert all(reading.stopped is not None for reading in case.clocks.values())
    assert armed(desk.book, case) == {}
