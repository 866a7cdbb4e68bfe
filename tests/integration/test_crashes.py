"""Never twice: wherever a process dies on the path that signs, there is one signature and one number in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from alur.wiring import House
from signing.verify import verify
from tests.away_kit import away, card_row, file_of, publish_level, signature_rows, signer_with, workshop_of
from tests.counter_kit import two_to_sign
from tests.crash_kit import Asked, Gap, Work, crash, cut, gaps_of, kill, some, spread
from tests.drain_kit import pass_time, quiet_house, ready_to_sign, rows, whole
from tests.support import drain, send, settle, state
from workers import lifting
from workers.jobs.performing import perform
from workers.signatures import signer_of
from workflow.db.outbox import Work as Step
from workflow.db.outbox import dispatchable

#: Crashes that one case of the long run suffers, one after the other; after six attempts a step is given up.
IN_A_ROW = 4
BOTH = [("Officer", "finished"), ("Second", "finished")]


@dataclass(frozen=True)
class Stage:
    """A part of the path: a case that stands before it, and whether steps are due then or the periodic job."""

    name: str
    ready: Callable[[House], int]
    steps: bool = True


def due(house: House) -> tuple[Step, ...]:
    """The steps that are due, leased by this process and done by another."""
    with house.engine.begin() as db:
        return tuple(dispatchable(db))


def _asked(house: House, do: str, by: str, ready: Callable[[House], int]) -> int:
    case = ready(house)
    send(house, case, do, by)
    drain(house)
    return case


def _signed(house: House) -> int:
    """Both signatures are made, and the publishing is asked for."""
    case = _asked(house, "countersign", "head", two_to_sign)
    for step in due(house):
        perform(step.id.case, step.id.seq, step.id.kind, step.attempt)
    drain(house)
    return case


def _pending(house: House) -> int:
    with away(house, "tsa"):
        return two_to_sign(house)


STAGES = [
    Stage("sign", lambda h: _asked(h, "sign", "signer", lambda h: ready_to_sign(h)[0])),
    Stage("countersign", lambda h: _asked(h, "countersign", "head", two_to_sign)),
    Stage("publish", _signed),
    Stage("lift", _pending, steps=False),
]


@dataclass
class Scene:
    """A house whose cards bear two signatures and are archived, and word of what its key signed."""

    house: House
    holder: Asked
    #: Gaps at which a process has ended: parts of the path share them.
    hit: set[Gap] = field(default_factory=set)

    def settled(self, case: int, before: int) -> None:
        """Let everything go on, and demand one number, one signature a field, one set of attributes signed a field."""
        house = self.house
        pass_time(house)
        settle(house)
        lifting.look(workshop_of(house))
        settle(house)
        if state(house, case) == "signed":
            send(house, case, "countersign", "head")
            settle(house)
        assert state(house, case) == "issued", rows(house, "SELECT * FROM outbox WHERE case_id = :c", c=case)
        assert signature_rows(house, case) == BOTH
        assert len(set(self.holder.signed()[before:])) == len(BOTH)
        row = card_row(house, case)
        assert (row.state, row.level, row.pending) == ("valid", "B-LTA", None)
        verdict = verify(file_of(house, case), house.ports().trust(), len(BOTH))
        assert verdict.ok, verdict.codes
        series = "SELECT last = (SELECT count(*) FROM card k WHERE k.series = s.series) FROM card_series s"
        assert all(found[0] for found in rows(house, series))
        whole(house, case)

    def crashed(self, work: Work, gap: Gap) -> bool:
        """The work that is due by now ends at the gap; False when it never comes there."""
        pass_time(self.house)
        return crash(replace(work, steps=due(self.house)) if work.steps else work, gap)

    def begin(self, stage: Stage) -> tuple[int, int, Work]:
        """A case that stands before the stage, how much the key had signed before, and what is to be done now."""
        house, before = self.house, len(self.holder.signed())
        case = stage.ready(house)
        return case, before, Work(house.settings, house.urls, self.holder.notes, due(house) if stage.steps else ())


@pytest.fixture(scope="module")
def scene(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Made once: what dies leaves nothing behind that the next one would notice."""
    with quiet_house(house) as own:
        publish_level(own, tmp_path_factory.mktemp("crash"), "B-LTA", two=True)
        key = signer_of(workshop_of(own)).holder
        assert key is not None
        holder = Asked(key, tmp_path_factory.mktemp("key") / "signed")
        with signer_with(own, holder=holder):
            yield Scene(own, holder)


#: The quick suite takes the first signature and the lifting; the long ones all parts.
QUICK = ("sign", "lift")
LATER = pytest.mark.long
PARTS = [pytest.param(s, id=s.name, marks=() if s.name in QUICK else LATER) for s in STAGES]


@pytest.fixture(scope="module", params=PARTS)
def stage(
    request: pytest.FixtureRequest, scene: Scene, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Stage, list[Gap], float]:
    """A part of the path with its gaps, and how long it takes."""
    found: Stage = request.param
    case, before, work = scene.begin(found)
    began = time.monotonic()
    gaps = gaps_of(work, tmp_path_factory.mktemp("gaps"))
    took = time.monotonic() - began
    scene.settled(case, before)
    return found, gaps, took


def test_the_path_is_traced(stage: tuple[Stage, list[Gap], float]) -> None:
    """The gaps are those of the modules that sign, store and number."""
    found, gaps, _ = stage
    files = {Path(gap.file).name for gap in gaps}
    demanded = {
        "sign": {"sign_card.py", "signatures.py", "register.py", "phases.py", "cms.py", "blobs.py", "outbox.py"},
        "countersign": {"countersign_card.py", "signatures.py", "register.py", "archive.py", "levels.py"},
        "publish": {"publish_card.py", "register.py", "performing.py"},
        "lift": {"lifting.py", "card_files.py", "appending.py", "cms.py"},
    }
    assert demanded[found.name] <= files
    assert len(gaps) > 40


def test_a_crash_on_the_way_never_signs_or_numbers_twice(scene: Scene, stage: tuple[Stage, list[Gap], float]) -> None:
    """A few of the gaps; the long run takes each of them."""
    found, gaps, _ = stage
    for gap in spread(gaps, 2):
        case, before, work = scene.begin(found)
        assert crash(work, gap), gap
        scene.settled(case, before)


def test_a_cut_connection_never_signs_or_numbers_twice(scene: Scene, stage: tuple[Stage, list[Gap], float]) -> None:
    """The process lives on and tells the step's failure over another connection."""
    found, gaps, _ = stage
    case, before, work = scene.begin(found)
    cut(work, some(gaps, 1, seed=len(found.name))[0])
    scene.settled(case, before)


@pytest.mark.long
def test_gaps_all_along_the_path_may_be_crashes(scene: Scene, stage: tuple[Stage, list[Gap], float]) -> None:
    """A dozen, from the first to the last."""
    found, gaps, _ = stage
    _suffered(scene, found, spread(gaps, 12))


@pytest.mark.chaos
def test_every_gap_of_the_path_may_be_a_crash(scene: Scene, stage: tuple[Stage, list[Gap], float]) -> None:
    """Each gap once by an end without warning, and one in ten by a cut connection."""
    found, gaps, _ = stage
    new = [gap for gap in gaps if gap not in scene.hit]
    _suffered(scene, found, new)
    for gap in new[::10]:
        case, before, work = scene.begin(found)
        cut(work, gap)
        scene.settled(case, before)
    scene.hit.update(new)


def _suffered(scene: Scene, found: Stage, new: Sequence[Gap]) -> None:
    """A few of the gaps on the way of each case, every attempt a little further than the one before."""
    for start in range(0, len(new), IN_A_ROW):
        case, before, work = scene.begin(found)
        missed = [gap for gap in new[start : start + IN_A_ROW] if not scene.crashed(work, gap)]
        scene.settled(case, before)
        # What an attempt has behind it, the next one does not come by: it is tried on a case of its own.
        for gap in missed:
            case, before, work = scene.begin(found)
            assert crash(work, gap), gap
            scene.settled(case, before)


@pytest.mark.long
def test_kill_9_at_any_moment_never_signs_or_numbers_twice(scene: Scene, stage: tuple[Stage, list[Gap], float]) -> None:
    """Thirteen moments of each part, 52 in all, also those within a library or the kernel."""
    found, _, took = stage
    for n in range(13):
        case, before, work = scene.begin(found)
        kill(work, took * n / 13)
        scene.settled(case, before)
