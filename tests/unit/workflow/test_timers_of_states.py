"""Timers of states and leases: armed, fired, merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kernel_kit import ANI, CITRA, SITI, approved, corrected, issued, variant, verifying
from workflow.timers import armed


def test_entering_a_state_arms_its_timers_and_leaving_disarms_them() -> None:
    """Rule 8: seven and fourteen days of a correction, in wall-clock days of the office."""
    desk = corrected()
    assert {n: m - desk.now for n, m in desk.timers().items() if n.startswith("state/")} == {
        "state/correction/0": timedelta(days=7),
        "state/correction/1": timedelta(days=14),
    }
    desk.give("resubmit")
    assert not any(n.startswith("state/") for n in desk.timers())


def test_an_internal_self_transition_leaves_the_timers_running() -> None:
    """Rule 8: a report does not put off the card's end, nor the next reminder."""
    desk = issued()
    before = desk.timers()
    desk.wait(days=40)
    desk.do("report", SITI)
    assert desk.timers() == before
    desk.check()


def test_a_plain_self_transition_arms_the_timers_anew(tmp_path: Path) -> None:
    """Rule 8: without `internal: true` the state is entered again, so its timers start over."""
    desk = issued(variant(tmp_path, ("    internal: true                          # timers run on\n", "")))
    assert desk.timers()["state/issued/0"] == datetime(2027, 5, 20, 3, tzinfo=UTC)
    desk.wait(days=30)
    desk.do("report", SITI)
    assert desk.timers() == {
        "state/issued/0": datetime(2027, 6, 20, 3, tzinfo=UTC),
        "state/issued/1": datetime(2028, 12, 20, 3, tzinfo=UTC),
        "state/issued/2": datetime(2028, 11, 20, 3, tzinfo=UTC),
    }


def test_every_counts_from_entry_and_is_clamped_to_the_end_of_the_month() -> None:
    """Rule 9: P6M from 31 August is 28 February, then 31 August again, in the office's zone."""
    desk = issued()
    entered = datetime(2026, 8, 31, 1, tzinfo=UTC)
    dues = []
    for fired in range(3):
        case = desk.case._replace(entered_at=entered, fired={"0": fired})
        dues.append(armed(desk.book, case)["state/issued/0"])
    assert dues == [
        datetime(2027, 2, 28, 1, tzinfo=UTC),
        datetime(2027, 8, 31, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 1, tzinfo=UTC),
    ]


def test_missed_notices_merge_into_one() -> None:
    """Rule 9: after 13 months without a clock process one reminder is sent, and the next is due at 18 months."""
    desk = issued()
    desk.wait(days=400)
    fired = desk.fire("state/issued/0")
    assert [e.body["n"] for e in fired.events] == [2]
    assert [e.kind for e in fired.effects] == ["notify"]
    assert desk.timers()["state/issued/0"] > desk.now
    again = desk.fire("state/issued/0").refusal
    assert again is not None
    assert again.code == "not_due"
    desk.check()


def test_missed_fires_run_in_order(tmp_path: Path) -> None:
    """Rule 9: a repeating timer that moves the case makes each of its moves, one after the other."""
    book = variant(
        tmp_path,
        ("notify: [applicant], notice: report_due}     # the", "fire: tick}     # the"),
        (
            "  replace:\n    title",
            "  tick:\n    title: {id: T, en: T}\n"
            "    from: issued\n    to: issued\n    by: timer\n    internal: true\n  replace:\n    title",
        ),
    )
    desk = issued(book)
    desk.wait(days=400)
    numbers = [desk.fire("state/issued/0").events[0].body["n"] for _ in range(2)]
    assert numbers == [1, 2]
    assert desk.timers()["state/issued/0"] > desk.now
    desk.check()


def test_a_timer_fires_its_move_with_the_clock_as_its_actor() -> None:
    """A correction that nobody makes lapses after fourteen days."""
    desk = corrected()
    desk.wait(days=14)
    moved = desk.fire("state/correction/1")
    assert [(e.type, e.actor) for e in moved.events] == [("timer_fired", "timer"), ("moved", "timer")]
    assert desk.case.state == "expired"
    desk.check()


@pytest.mark.parametrize(
    "name", ["state/correction/1", "state/issued/0", "lease/3", "clock/service/75", "state/gone/9", "x"]
)
def test_a_timer_that_is_not_due_or_not_armed_does_nothing(name: str) -> None:
    """What was armed before is asked again under the case's lock: too early, left or unknown are all refused."""
    desk = corrected()
    desk.wait(days=13)
    refused = desk.fire(name).refusal
    assert refused is not None
    assert refused.code == "not_due"


def test_a_timer_fires_once(tmp_path: Path) -> None:
    """`after` is over once it fired, also when its guard kept the case where it was."""
    timed = "    from: correction\n    to: expired\n    by: timer\n"
    desk = corrected(variant(tmp_path, (timed, timed + "    when: \"case.office == 'lamongan'\"\n")))
    desk.wait(days=14)
    assert [e.type for e in desk.fire("state/correction/1").events] == ["timer_fired"]
    assert desk.case.state == "correction"
    assert "state/correction/1" not in desk.timers()
    desk.check()


def test_a_firing_timer_waits_while_a_step_is_pending(tmp_path: Path) -> None:
    """Rule 4: a pending step is not torn up by a clock; the timer is refused and stays armed."""
    book = variant(
        tmp_path,
        (
            '  approved:\n    title: {id: "Disetujui", en: "Approved"}\n',
            "  approved:\n    title: {id: D, en: A}\n    timers: [{after: P1D, fire: tired}]\n",
        ),
        (
            "  replace:\n    title",
            "  tired:\n    title: {id: T, en: T}\n"
            "    from: approved\n    to: verifying\n    by: timer\n  replace:\n    title",
        ),
    )
    desk = approved(book)
    desk.do("sign", CITRA)
    desk.wait(days=1)
    refused = desk.fire("state/approved/0").refusal
    assert refused is not None
    assert refused.code == "step_pending"
    assert "state/approved/0" in desk.timers()
    desk.finish(ok=False)
    desk.fire("state/approved/0")
    assert desk.case.state == "verifying"
    desk.check()


def test_an_expired_lease_gives_the_task_back() -> None:
    """A claim holds for the lease and not longer; the task is open again and nothing else changed."""
    desk = verifying()
    assert desk.case.task is not None
    desk.case = desk.case._replace(task=desk.case.task._replace(holder=ANI.id, until=desk.now + timedelta(minutes=30)))
    name = f"lease/{desk.case.task.seq}"
    assert desk.timers()[name] == desk.now + timedelta(minutes=30)
    desk.wait(minutes=30)
    revision = desk.case.revision
    assert [e.body["holder"] for e in desk.fire(name).events] == [ANI.id]
    assert desk.case.task is not None
    assert (desk.case.task.holder, desk.case.revision) == (None, revision)
    assert name not in desk.timers()


def test_nothing_is_armed_in_the_past_of_what_fired() -> None:
    """After a late sweep each armed timer lies ahead of the occurrence that fired."""
    desk = issued()
    for _ in range(3):
        desk.wait(days=200)
        fired = desk.fire("state/issued/0").events[0]
        assert desk.timers()["state/issued/0"] > datetime.fromisoformat(fired.body["due"])
