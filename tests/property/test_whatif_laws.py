"""What must hold of every what-if: by its own rules a case fares as it did; a promise counts as it can be added up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel_kit import Desk, ak1, variant
from tests.whatif_kit import counted_hours, lead
from workflow.replay import unseen
from workflow.rulebook import Rulebook
from workflow.whatif.acts import acts_of
from workflow.whatif.compare import Outcome, compare, lived
from workflow.whatif.walk import Content, Unknown, walk

NOTHING = Content(data={}, as_accepted=True)
SEEDS = st.integers(0, 2**32)


def outcome(desk: Desk, new: Rulebook, content: Content = NOTHING) -> Outcome:
    """What `new` makes of the life of `desk`, looked at a day after its end."""
    now = desk.now + timedelta(days=1)
    book, was = lived(lambda _: desk.book, desk.new, desk.events)
    would = walk(new, unseen(desk.case)._replace(definition=new.process.hash), acts_of(desk.events), content, now)
    assert book is not None
    return compare(book, was, new, would, now)


def life(seed: int) -> Desk:
    """A random life of an AK-1 case."""
    desk = Desk()
    lead(desk, Random(seed))
    return desk


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_by_its_own_rules_a_case_fares_as_it_did(seed: int) -> None:
    """Same states, same tasks, same promises."""
    told = outcome(life(seed), ak1())
    assert told.verdict == "same", told
    assert all(before == after for before, after in told.broken.values())
    assert all(before == after for before, after in told.tasks.values())


@pytest.fixture(scope="module")
def four_hours(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """AK-1 with a promise of four hours."""
    return variant(tmp_path_factory.mktemp("four"), ("target: PT24H", "target: PT4H"))


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_a_shorter_promise_breaks_where_adding_up_says_so(four_hours: Rulebook, seed: int) -> None:
    """24 hours as it was, 4 as it would have been; the path stays."""
    desk = life(seed)
    told, hours = outcome(desk, four_hours), counted_hours(desk, desk.now + timedelta(days=1))
    assert told.verdict == "same"
    assert told.broken["service"] == (hours > 24, hours > 4)


def test_a_task_that_goes_to_the_head_is_gained_and_lost(tmp_path: Path) -> None:
    """The head approves instead of the operator: nobody is stuck, the tasks are counted by role."""
    looked_at = """  looked_at:
    title: {id: "Dilihat", en: "Looked at"}
    task: {role: head}
"""
    agree = """  agree:
    title: {id: "Setuju", en: "Agree"}
    from: looked_at
    to: approved
    by: head
"""
    approved = '  approved:\n    title: {id: "Disetujui", en: "Approved"}\n'
    new = variant(
        tmp_path,
        ("    to: approved\n", "    to: looked_at\n"),
        (approved, looked_at + approved),
        ("  reject:\n", agree + "  reject:\n"),
    )
    desk = next(d for d in map(life, range(50)) if d.case.state == "issued")
    told = outcome(desk, new)
    assert (told.verdict, told.ended, told.would_end) == ("stuck", "issued", "looked_at")
    assert told.code == "wrong_state"
    assert told.parts_in == "verifying"
    assert told.tasks["head"] == (0, 1)
    assert told.tasks["signer"] == (1, 0)
    seq = next(e.seq for e in desk.events if e.body.get("carry", {}).get("do") == "sign")
    assert told.seq == seq


def test_another_role_performs_what_is_its_own_there(tmp_path: Path) -> None:
    """Rejecting is the head's in the draft: the case goes the same way."""
    new = variant(tmp_path, ("    to: rejected\n    by: operator\n", "    to: rejected\n    by: head\n"))
    desk = next(d for d in map(life, range(200)) if d.case.state == "rejected")
    assert outcome(desk, new).verdict == "same"


def test_a_shorter_time_for_correction_lapses_the_case(tmp_path: Path) -> None:
    """Two hours instead of fourteen days: what was corrected later has lapsed, and the rest is refused."""
    sooner = ("{after: P14D, fire: lapse}", "{after: PT2H, fire: lapse}")
    new = variant(tmp_path, sooner, ("{after: P7D, notify", "{after: PT1H, notify"))
    lives = [d for d in map(life, range(60)) if any(e.body.get("do") == "return" for e in d.events)]
    ends = {outcome(d, new).would_end for d in lives}
    assert "withdrawn" in ends or "expired" in ends
    late = next(d for d in lives if outcome(d, new).verdict == "path")
    assert outcome(late, new).parts_in == "correction"


def test_what_a_guard_reads_of_erased_data_is_not_guessed(tmp_path: Path) -> None:
    """A new guard over data: with the data it is told, without it cannot be."""
    guard = '      - {if: "data.education != \'\'", else: {id: "Isi", en: "Fill"}}\n'
    old = '      - {if: "documents.complete", else'
    new = variant(tmp_path, (old, guard + old))
    desk = next(d for d in map(life, range(50)) if d.case.state == "issued")
    with pytest.raises(Unknown, match="data_erased"):
        outcome(desk, new)
    data = {v: {"education": "s1"} for v in range(1, 9)}
    assert outcome(desk, new, Content(data=data, as_accepted=True)).verdict == "same"
    empty = {v: {"education": ""} for v in range(1, 9)}
    told = outcome(desk, new, Content(data=empty, as_accepted=True))
    assert (told.verdict, told.code) == ("stuck", "guard")


def test_a_form_that_asks_for_more_cannot_be_told() -> None:
    """What the person would have answered is not known."""
    desk = next(d for d in map(life, range(50)) if d.case.state == "issued")
    with pytest.raises(Unknown, match="data_incomplete"):
        outcome(desk, ak1(), Content(data={v: {} for v in range(1, 9)}, as_accepted=False))
    with pytest.raises(Unknown, match="data_erased"):
        outcome(desk, ak1(), Content(data={}, as_accepted=False))
