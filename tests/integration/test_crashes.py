"""Never twice: wherever a process dies on the path that signs, there is one signature and one number in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alur.wiring import House
from tests.crash_kit import Gap, crash, cut, gaps_of
from tests.crash_stages import STAGES, Scene, Stage, scene_of

#: Crashes that one case of the long run suffers, one after the other; after six attempts a step is given up.
IN_A_ROW = 4
#: One in so many gaps is also a cut connection.
CUT = 10
#: The quick suite takes the first signature and the lifting; the long one all parts.
QUICK = ("sign", "lift")
PARTS = [pytest.param(s, id=s.name, marks=() if s.name in QUICK else pytest.mark.long) for s in STAGES]


@dataclass
class Part:
    """A part of the path with all its gaps, in the order in which it comes by them."""

    stage: Stage
    gaps: list[Gap]
    #: Gaps at which a process has ended: the parts share them.
    hit: set[Gap] = field(default_factory=set)


@pytest.fixture(scope="module")
def hit() -> set[Gap]:
    """The gaps of the parts before."""
    return set()


@pytest.fixture(scope="module")
def scene(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Made once."""
    with scene_of(house, tmp_path_factory.mktemp("crash")) as made:
        yield made


@pytest.fixture(scope="module", params=PARTS)
def part(request: pytest.FixtureRequest, scene: Scene, hit: set[Gap], tmp_path_factory: pytest.TempPathFactory) -> Part:
    """A part of the path, traced."""
    stage: Stage = request.param
    case, before, work = scene.begin(stage)
    gaps = gaps_of(work, tmp_path_factory.mktemp("gaps"))
    scene.settled(stage, case, before)
    return Part(stage, gaps, hit)


def test_the_path_is_traced(part: Part) -> None:
    """The gaps are those of the modules that sign, store and number."""
    files = {Path(gap.file).name for gap in part.gaps}
    demanded = {
        "sign": {"sign_card.py", "signatures.py", "register.py", "phases.py", "cms.py", "blobs.py", "outbox.py"},
        "countersign": {"countersign_card.py", "signatures.py", "register.py", "archive.py", "levels.py"},
        "publish": {"publish_card.py", "register.py", "performing.py"},
        "lift": {"lifting.py", "card_files.py", "appending.py", "cms.py"},
        "anew": {"sign_card.py", "signatures.py", "register.py"},
    }
    assert demanded[part.stage.name] <= files
    assert len(part.gaps) > 40


def test_a_crash_on_the_way_never_signs_or_numbers_twice(scene: Scene, part: Part) -> None:
    """A gap late on the way; the long run takes each of them."""
    _one(scene, part.stage, part.gaps[len(part.gaps) * 2 // 3])


def test_a_cut_connection_never_signs_or_numbers_twice(scene: Scene, part: Part) -> None:
    """One from the middle; the long run takes one in ten."""
    _severed(scene, part.stage, part.gaps[len(part.gaps) // 2])


@pytest.mark.long
def test_every_gap_of_the_path_may_be_a_crash(scene: Scene, part: Part) -> None:
    """Each gap by an end without warning, and one in ten by a cut connection besides."""
    new = [gap for gap in part.gaps if gap not in part.hit]
    for start in range(0, len(new), IN_A_ROW):
        _in_a_row(scene, part.stage, new[start : start + IN_A_ROW])
    for gap in new[::CUT]:
        _severed(scene, part.stage, gap)
    part.hit.update(new)


def _in_a_row(scene: Scene, stage: Stage, gaps: Sequence[Gap]) -> None:
    """All on the way of one case, every attempt a little further than the one before."""
    case, before, work = scene.begin(stage)
    missed = [gap for gap in gaps if not scene.crashed(work, gap)]
    scene.settled(stage, case, before)
    # What an attempt has behind it, the next one does not come by: it is tried on a case of its own.
    for gap in missed:
        _one(scene, stage, gap)


def _one(scene: Scene, stage: Stage, gap: Gap) -> None:
    case, before, work = scene.begin(stage)
    assert crash(work, gap), gap
    scene.settled(stage, case, before)


def _severed(scene: Scene, stage: Stage, gap: Gap) -> None:
    case, before, work = scene.begin(stage)
    assert cut(work, gap), gap
    scene.settled(stage, case, before)
