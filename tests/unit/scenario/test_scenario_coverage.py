"""What scenarios have shown of a process."""

from __future__ import annotations

from tests.kernel_kit import CITRA, DEDI, Desk, ak1, approved, corrected, issued
from workflow.scenario.coverage import coverage


def test_nothing_is_shown_by_no_scenario() -> None:
    """Every state and transition is missing, by name."""
    told = coverage(ak1().process, ())
    assert told.unvisited == told.states == tuple(ak1().process.states)
    assert told.unmade == told.transitions
    assert (told.percent, told.complete) == (0, False)


def test_states_and_transitions_that_happened_are_shown() -> None:
    """By the histories: what was entered and which moves were made, system moves included."""
    told = coverage(ak1().process, issued().events)
    assert set(told.states) - set(told.unvisited) == {"submitted", "verifying", "approved", "signed", "issued"}
    assert set(told.transitions) - set(told.unmade) == {"begin", "approve", "sign", "issue"}
    assert told.percent == (5 + 4) * 100 // (13 + 15)


def test_several_histories_add_up() -> None:
    """A state that one scenario entered is shown, whichever it was."""
    told = coverage(ak1().process, [*issued().events, *corrected().events])
    assert "correction" not in told.unvisited
    assert "return" not in told.unmade


def test_a_state_entered_by_diversion_is_visited_without_a_transition() -> None:
    """An incident leads elsewhere by no transition of the process."""
    desk: Desk = approved()
    desk.do("sign", CITRA)
    desk.finish(ok=False)
    desk.do("incident.divert", DEDI, input={"to": "rejected", "reason": "x"}, input_digest="e" * 64)
    told = coverage(ak1().process, desk.events)
    assert "rejected" not in told.unvisited
    assert "reject" in told.unmade
