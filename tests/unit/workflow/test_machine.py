"""The state machine under `decide`."""

from __future__ import annotations

from pathlib import Path

import pytest
from transitions import MachineError

from tests.kernel_kit import ak1, variant


def values(**known: object) -> object:
    """A look-up of a guard's variables."""
    return lambda name: known[name.replace(".", "_")]


def test_a_transition_reaches_its_state_with_its_verdicts() -> None:
    """What the guards answered is told in their order."""
    known = values(documents_complete=True, checklist_complete=True)
    assert ak1().machine.move("verifying", "approve", known) == ("approved", [True, True])  # type: ignore[arg-type]


def test_the_first_guard_that_does_not_hold_ends_it() -> None:
    """The state is kept, later guards are not asked."""
    known = values(documents_complete=False)
    assert ak1().machine.move("verifying", "approve", known) == (None, [False])  # type: ignore[arg-type]


def test_it_remembers_nothing_between_calls() -> None:
    """One machine serves all cases of a definition."""
    machine = ak1().machine
    known = values(documents_complete=True, checklist_complete=True)
    for _ in range(2):
        assert machine.move("verifying", "approve", known)[0] == "approved"  # type: ignore[arg-type]
    with pytest.raises(MachineError):
        machine.move("issued", "approve", known)  # type: ignore[arg-type]


def test_every_transition_of_the_definition_is_there_and_no_other() -> None:
    """No automatic `to_<state>` way around the definition."""
    machine = ak1().machine._machine
    assert set(machine.events) == set(ak1().process.transitions)
    assert set(machine.states) == set(ak1().process.states)


def test_a_dotted_path_in_a_name_is_never_imported(tmp_path: Path) -> None:
    """The library imports strings given as conditions; ours only ever gets functions."""
    book = variant(tmp_path)
    for event in book.machine._machine.events.values():
        for found in event.transitions.values():
            assert all(callable(c.func) for t in found for c in t.conditions)
            assert not any(t.before or t.after or t.prepare for t in found)
