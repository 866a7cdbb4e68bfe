"""Cases before each part of the path that signs, and what must hold of them however often a process died there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alur.wiring import House
from signing.trust import Trust
from signing.verify import verify
from tests.away_kit import (
    away,
    card_row,
    decide,
    file_of,
    publish_level,
    signature_rows,
    signer_with,
    workshop_of,
)
from tests.counter_kit import two_to_sign
from tests.crash_kit import Asked, Gap, Work, crash
from tests.drain_kit import pass_time, quiet_house, ready_to_sign, rows, whole
from tests.support import drain, send, settle, state
from workers import lifting
from workers.jobs.performing import perform
from workers.signatures import signer_of
from workflow.db import register
from workflow.db.outbox import Work as Step
from workflow.db.outbox import dispatchable

#: What the register has of a card with two signatures.
BOTH = [("Officer", "finished"), ("Second", "finished")]


@dataclass(frozen=True)
class Stage:
    """A part of the path: a case that stands before it, and whether steps are due then or the periodic job."""

    name: str
    ready: Callable[[House], int]
    steps: bool = True
    #: Signatures of a file that was refused before, which are set aside when the card is signed anew.
    aside: int = 0


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


def _refused(house: House) -> int:
    """The signed card did not hold, its case was sent back, and the first signature is asked for anew."""
    case = _signed(house)
    with signer_with(house, trust=lambda: Trust(roots=())):
        settle(house)
    decide(house, case, "divert", to="approved", reason="Kartu tidak lolos pemeriksaan.")
    send(house, case, "sign", "signer")
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
    Stage("anew", _refused, aside=2),
]


@dataclass
class Scene:
    """A house whose cards bear two signatures and are archived, and word of what its key signed."""

    house: House
    holder: Asked

    def settled(self, stage: Stage, case: int, before: int) -> None:
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
        made = signature_rows(house, case)
        assert [row for row in made if row[1] != register.SET_ASIDE] == BOTH
        assert len(made) == len(set(self.holder.signed()[before:])) == len(BOTH) + stage.aside
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


@contextmanager
def scene_of(house: House, folder: Path) -> Iterator[Scene]:
    """A house of its own; what dies in it leaves nothing behind that the next one would notice."""
    with quiet_house(house) as own:
        publish_level(own, folder, "B-LTA", two=True)
        key = signer_of(workshop_of(own)).holder
        assert key is not None
        holder = Asked(key, folder / "signed")
        with signer_with(own, holder=holder):
            yield Scene(own, holder)
