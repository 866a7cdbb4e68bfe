"""Where an application is on its way, and what its state means to the person who waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.pages.journey import main_path, stages
from web.pages.tones import tone
from workflow.definition.process import Process
from workflow.definition.reader import read_process

AK1 = Path(__file__).parents[3] / "definitions" / "ak1-online"


@pytest.fixture(scope="module")
def process() -> Process:
    """The shipped process."""
    return read_process(AK1)


def test_the_main_path_is_the_shortest_way_to_the_aim(process: Process) -> None:
    """From submission to the issued card, without corrections."""
    assert main_path(process) == ("submitted", "verifying", "approved", "signed", "issued")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("draft", ["next"] * 5),
        ("submitted", ["now", "next", "next", "next", "next"]),
        ("approved", ["done", "done", "now", "next", "next"]),
        ("issued", ["done", "done", "done", "done", "now"]),
        ("correction", ["done", "now", "next", "next", "next", "next"]),
        ("rejected", []),
    ],
)
def test_stages_tell_what_is_done_and_what_follows(process: Process, state: str, told: list[str]) -> None:
    """A state beside the path stands where the path is met again; an end has no way on."""
    assert [s.when for s in stages(process, state)] == told


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("draft", "draft"),
        ("submitted", "work"),
        ("verifying", "work"),
        ("correction", "act"),
        ("approved", "work"),
        ("signed", "work"),
        ("issued", "ok"),
        ("rejected", "bad"),
        ("revoked", "bad"),
        ("withdrawn", "end"),
        ("expired", "end"),
        ("replaced", "end"),
    ],
)
def test_a_state_has_the_tone_of_what_it_asks(process: Process, state: str, meaning: str) -> None:
    """Derived from who must act next, so that it holds for every process."""
    assert tone(process, state) == meaning
