"""Never twice: a kill -9 at any moment, also within a library or the kernel, leaves one signature and one number."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from alur.wiring import House
from tests.crash_kit import kill
from tests.crash_stages import STAGES, Scene, Stage, scene_of

#: Kills of each of the five parts.
KILLS = 10


@pytest.fixture(scope="module")
def scene(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Made once."""
    with scene_of(house, tmp_path_factory.mktemp("kill")) as made:
        yield made


@pytest.mark.long
@pytest.mark.parametrize("stage", [pytest.param(stage, id=stage.name) for stage in STAGES])
def test_kill_9_at_any_moment_never_signs_or_numbers_twice(scene: Scene, stage: Stage) -> None:
    """Ten moments of each part, 50 in all, from the beginning of its process to the end."""
    took = _took(scene, stage)
    for n in range(KILLS):
        case, before, work = scene.begin(stage)
        kill(work, took * n / KILLS)
        scene.settled(stage, case, before)


def _took(scene: Scene, stage: Stage) -> float:
    """How long the part takes when nothing disturbs it, seconds."""
    case, before, work = scene.begin(stage)
    began = time.monotonic()
    kill(work, 60)
    took = time.monotonic() - began
    scene.settled(stage, case, before)
    return took
