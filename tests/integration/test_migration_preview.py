"""The dry run tells what a migration would do, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, quiet_house, submitted
from tests.migration_kit import TO_CHECKING, Mover, changed, renamed_word, with_field
from tests.support import open_filled, settle
from workflow.db import migration_preview
from workflow.db.migration_preview import Report
from workflow.definition.process import Process


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house in which nobody else's cases are looked at."""
    with quiet_house(house) as quiet:
        yield quiet


def preview(own: House, new: Process, wait: timedelta = timedelta(0), **parts: object) -> Report:
    """The dry run of a plan into `new`."""
    with by_hand(own) as hand:
        plan = Mover(own, hand, new).plan(**parts)
        before = one(own, "SELECT count(*) FROM command"), one(own, "SELECT count(*) FROM event")
        told: list[int] = []
        with own.engine.connect() as db:
            report = migration_preview.preview(db, own.library, own.vault, plan, hand.now + wait, told.append)
        assert (one(own, "SELECT count(*) FROM command"), one(own, "SELECT count(*) FROM event")) == before
        assert told[-1] == report.cases
    return report


def test_it_tells_how_many_move_and_why_the_rest_stays(own: House, tmp_path: Path) -> None:
    """Drafts move at once, a pending step waits, a state that is held back blocks."""
    first, _ = in_verification(own)
    pending, _ = submitted(own)
    open_filled(own, None, by="operator")
    with by_hand(own) as hand:
        hand.drain()
    new = renamed_word(tmp_path, "verifying", "checking")
    report = preview(own, new)
    assert (report.cases, report.moves, report.drafts) == (3, 2, 1)
    assert report.ways == {"verifying → checking": 1}
    assert report.waiting == {"step_pending": 1}
    assert report.tasks == {"kept": 1}
    assert (report.newly_broken, sum(report.timers.values()), report.dues) == (0, 0, [])
    blocked = preview(own, new, states={**TO_CHECKING, "verifying": "block"})
    assert blocked.blocked == {"held_back": 1}
    assert {"case": first, "code": "held_back", "details": {"state": "verifying"}} in blocked.stay
    assert {s["case"] for s in blocked.stay} == {first, pending}
    assert preview(own, new, offices=["lamongan"]).left_out == 3
    settle(own)


def test_a_shorter_promise_tells_who_would_newly_break_it(own: House, tmp_path: Path) -> None:
    """A case of three hours is late under a promise of two; under a longer one a late case is in time again."""
    case, _ = in_verification(own)
    shorter = changed(tmp_path, lambda text: text.replace("target: PT24H", "target: PT2H"))
    states = {name: name for name in TO_CHECKING}
    report = preview(own, shorter, timedelta(hours=3), states=states)
    assert (report.newly_broken, report.no_longer_broken) == (1, 0)
    assert report.timers["moved"] == report.timers["at_once"] == 2
    assert [due["case"] for due in report.dues] == [case]
    longer = changed(tmp_path, lambda text: text.replace("target: PT24H", "target: PT48H"))
    report = preview(own, longer, timedelta(hours=30), states=states)
    assert (report.newly_broken, report.no_longer_broken) == (0, 1)


def test_a_form_that_asks_for_more_names_its_fields(own: House, tmp_path: Path) -> None:
    """Named fields, so that somebody can ask for them first."""
    in_verification(own)
    report = preview(own, with_field(tmp_path, "blood_type"), states={name: name for name in TO_CHECKING})
    assert report.blocked == {"data_incomplete": 1}
    assert report.fields == {"blood_type": 1}


def test_a_hold_that_is_added_counts_the_cases_that_move_with_it(own: House, tmp_path: Path) -> None:
    """Two cases of one phone number: the first takes the place, the second finds it full."""
    for _ in range(2):
        in_verification(own, phone="+6281234567890")
    hold = "  holder: {scope: ak1-holder"
    phone = (
        "  phone: {scope: phone, key: data.phone, limit: 1, until: [expired, rejected, withdrawn, replaced, revoked]}\n"
    )
    new = changed(tmp_path, lambda text: text.replace(hold, phone + hold))
    report = preview(own, new, states={name: name for name in TO_CHECKING})
    assert (report.moves, dict(report.blocked)) == (1, {"hold_full": 1})


def test_the_migration_finds_what_the_dry_run_told(own: House, tmp_path: Path) -> None:
    """The same decision: a hold that is added is taken by the first case only."""
    cases = [in_verification(own, phone="+6281234567890")[0] for _ in range(2)]
    hold = "  holder: {scope: ak1-holder"
    phone = (
        "  phone: {scope: phone, key: data.phone, limit: 1, until: [expired, rejected, withdrawn, replaced, revoked]}\n"
    )
    new = changed(tmp_path, lambda text: text.replace(hold, phone + hold))
    with by_hand(own) as hand:
        moving = Mover(own, hand, new)
        id_ = moving.begin(canary={"cases": 0}, states={name: name for name in TO_CHECKING})
        moving.run()
        assert moving.progress(id_) == {"moved": 1, "blocked": 1}
        with own.engine.begin() as db:
            from workflow.db import case_migrations

            case_migrations.revert(db, id_, moving.account("supervisor2"), moving.now)
        assert one(own, "SELECT count(*) FROM hold WHERE scope = 'phone'") == 1
        moving.run()
        assert one(own, "SELECT count(*) FROM hold WHERE scope = 'phone'") == 0
    assert len(cases) == 2
