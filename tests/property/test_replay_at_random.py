"""A replay to any event gives the case as a recorder kept it when that event happened; a changed event is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import workflow.decision
from tests.kernel_kit import Desk
from tests.property.test_commands_at_random import play
from workflow.case import Case
from workflow.events import Event, event_hash
from workflow.evolve import evolve
from workflow.replay import Until, check, replay
from workflow.rulebook import Rulebook


class Recorder:
    """Keeps what each event made of the case, at the time."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Case] = {}

    def __call__(self, book: Rulebook, case: Case, event: Event) -> Case:
        after = evolve(book, case, event)
        self.kept[event.hash] = after
        return after


def lived(monkeypatch: pytest.MonkeyPatch, draw: Any, length: int) -> tuple[Desk, Recorder]:
    """A desk with a case that had a random life, and what was recorded of it."""
    recorder = Recorder()
    with monkeypatch.context() as patched:
        patched.setattr(workflow.decision, "evolve", recorder)
        desk = Desk()
        play(desk, draw, length)
    assume(desk.events)
    return desk, recorder


def books(desk: Desk) -> Any:
    """The one book of the desk, whatever is asked for."""
    return lambda _: desk.book


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_replay_to_every_event_equals_what_was_recorded_then(data: st.DataObject) -> None:
    """By number and by moment, for every event of a random life."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        desk, recorder = lived(monkeypatch, data.draw, 25)
    for event in desk.events:
        then = replay(books(desk), desk.case, desk.events, Until(seq=event.seq))
        assert then.case == recorder.kept[event.hash]
        assert then.complete == (event.seq == desk.case.seq)
        assert then.finding is None
        last = [e for e in desk.events if e.at <= event.at][-1]
        assert replay(books(desk), desk.case, desk.events, Until(at=event.at)).case == recorder.kept[last.hash]
    assert replay(books(desk), desk.case, desk.events, Until(seq=0)).case.seq == 0


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_change_of_an_event_is_found_at_its_number(data: st.DataObject) -> None:
    """A value of the event, its removal, or its place: the finding names the first event that does not fit."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        desk, _ = lived(monkeypatch, data.draw, 15)
    events = list(desk.events)
    i = data.draw(st.integers(0, len(events) - 1))
    how = data.draw(st.sampled_from(["actor", "body", "type", "hash", "gone", "swapped"]))
    e = events[i]
    if how == "gone":
        del events[i]
    elif how == "swapped":
        assume(i + 1 < len(events))
        events[i], events[i + 1] = events[i + 1]._replace(seq=e.seq), e._replace(seq=e.seq + 1)
    else:
        other = {"actor": "999", "body": {**e.body, "to": "elsewhere"}, "type": "task_claimed", "hash": b"\0" * 32}
        events[i] = e._replace(**{how: other[how]})
        assume(events[i] != e)
    found = check(books(desk), desk.case, events)
    assert found is not None
    assert found.seq == e.seq
    assert found.code == ("event_missing" if how == "gone" else "event_changed")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_history_hashed_anew_is_refused_by_the_rules_or_differs_from_what_is_stored(data: st.DataObject) -> None:
    """Who removes an event and hashes the rest anew is still found, as long as the stored case stays as it was."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        desk, _ = lived(monkeypatch, data.draw, 15)
    events = list(desk.events)
    del events[data.draw(st.integers(0, len(events) - 1))]
    previous, rehashed = b"", []
    for seq, e in enumerate(events, start=1):
        previous = event_hash(previous, e.case, seq, e.type, e.actor, e.at, e.body)
        rehashed.append(e._replace(seq=seq, hash=previous))
    assert check(books(desk), desk.case, rehashed) is not None
