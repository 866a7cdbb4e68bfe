"""What an evidence bundle tells of the guards of a move: which were asked, by which definition, with which answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.kernel_kit import ANI, CHECKLIST, Desk, good_data, variant, verifying
from workflow.bundle.verdicts import definitions, verdicts

_BEGIN = "    from: submitted\n    to: verifying\n    by: system\n    run: intake_checks\n"
_ASKED = _BEGIN + '    when: "result.ok"\n'


def told(desk: Desk) -> dict[str, dict[str, Any]]:
    """The last move of each name."""
    processes = {hash_: book.process for hash_, book in desk.books.items()}
    return {move["do"]: move for move in verdicts(desk.events, processes)}


def test_the_verdicts_of_an_event_stand_with_their_conditions() -> None:
    """A person's move: the guards of the definition in their order, the answers of the event, the ticked checklist."""
    desk = verifying()
    desk.do("approve", ANI, data=good_data(), checklist=CHECKLIST)
    approve = told(desk)["approve"]
    assert [(g["if"], g["from"], g["verdict"], g["definition"]) for g in approve["guards"]] == [
        ("documents.complete", "event", True, desk.book.process.hash),
        ("checklist.complete", "event", True, desk.book.process.hash),
    ]
    assert approve["checklist"] == list(CHECKLIST)
    assert approve["guards"][0]["else"]["en"]


def test_guards_that_no_event_tells_hold_by_the_rules(tmp_path: Path) -> None:
    """A move that waited for a result is made only where the guards over it hold."""
    desk = Desk(variant(tmp_path, (_BEGIN, _ASKED)))
    desk.give()
    desk.finish()
    begin = next(m for m in told(desk).values() if m["guards"])
    assert [(g["if"], g["from"], g["verdict"]) for g in begin["guards"]] == [("result.ok", "rule", True)]


def test_each_move_is_told_by_the_definition_of_its_time(tmp_path: Path) -> None:
    """Before a migration by the old one, afterwards by the new one."""
    new = variant(tmp_path, ('- {if: "documents.complete"', '- {if: "documents.complete && true"'))
    desk = verifying()
    old = desk.book.process.hash
    before = len(desk.events)
    desk.migrate(new)
    desk.do("approve", ANI, data=good_data(), checklist=CHECKLIST)
    pinned = definitions(desk.events)
    assert (pinned[before - 1], pinned[before]) == (old, new.process.hash)
    guards = told(desk)["approve"]["guards"]
    assert [g["if"] for g in guards] == ["documents.complete && true", "checklist.complete"]
    assert {g["definition"] for g in guards} == {new.process.hash}
