"""A whole verification: histories, what lies beside them, definitions, the journal and the log that seals them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from alur.signers import trust_of
from alur.wiring import House
from workflow.db import log
from workflow.db.log import Sealed
from workflow.db.tables import case_, event, log_leaf
from workflow.db.verified_contents import Looked, verify_contents
from workflow.db.verified_house import verify_house
from workflow.db.verified_log import Trusted, read_kept, unsealed, verify_leaves, verify_log
from workflow.db.verifiers import verify_all
from workflow.db.verifying import verify_cases
from workflow.errors import AlurError
from workflow.finding import Finding
from workflow.log.note import VerifierKey


class UnknownCasesError(AlurError):
    """A case that is to be verified is neither there nor sealed."""

    code = "unknown_case"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be verified."""

    #: Cases by number; None: the whole house.
    ids: Sequence[int] | None = None
    #: Every time stamp, not only the newest.
    every_stamp: bool = False
    #: Processes that share the histories.
    jobs: int = 1
    #: Also open data, documents and files; without, histories and log only.
    contents: bool = True
    #: A checkpoint that was kept outside, as its signed note.
    kept: str | None = None
    #: Keys that may sign checkpoints; None: not established.
    keys: Sequence[VerifierKey] | None = None


@dataclass
class Told:
    """What a verification saw beside its findings."""

    cases: int = 0
    events: int = 0
    looked: Looked = field(default_factory=Looked)
    sealed: Sealed | None = None
    #: Events of cases after the newest checkpoint: nothing seals them.
    unsealed: int = 0
    #: Moment of the newest checkpoint's time stamp; None while it has none, or an invalid one.
    stamped_at: datetime | None = None
    #: Keys are known by which checkpoints were judged.
    signer_known: bool = False

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        sealed = self.sealed
        return {
            "cases": self.cases,
            "events": self.events,
            "versions": self.looked.versions,
            "documents": self.looked.documents,
            "files": self.looked.files,
            "erased": self.looked.erased,
            "sealed": sealed and {"size": sealed.size, "root": sealed.root.hex(), "moment": sealed.moment.isoformat()},
            "stamped_at": self.stamped_at and self.stamped_at.isoformat(),
            "unsealed": self.unsealed,
            "signer_known": self.signer_known,
        }


@dataclass
class Audit:
    """One verification of a house, while others work in it."""

    house: House
    wanted: Wanted
    #: Told how many events were read since it was last told.
    progress: Callable[[int], None]
    told: Told = field(default_factory=Told)

    def expected(self) -> int:
        """About how many events will be read."""
        ids = self.wanted.ids
        query = select(func.coalesce(func.sum(case_.c.seq), 0))
        with self.house.engine.connect() as db:
            return int(db.execute(query if ids is None else query.where(case_.c.id.in_(ids))).scalar_one())

    def run(self) -> Iterator[Finding]:
        """Every finding; `told` is complete once the last one was taken.

        Raises UnknownCasesError, and NoteError or CheckpointError for a kept file that is no checkpoint.
        """
        wanted = self.wanted
        trusted = Trusted(
            keys=wanted.keys, judge_stamp=self._judge_stamp, every_stamp=wanted.every_stamp, kept=wanted.kept
        )
        # Read first: who named the wrong file need not wait for all histories.
        read_kept(trusted)
        with self.house.engine.connect() as db:
            yield from self._histories(db)
            if self.wanted.contents:
                yield from verify_contents(db, self.house.vault, self.house.blobs, self.wanted.ids, self.told.looked)
            yield from verify_house(db)
            yield from self._log(db, trusted)

    def _histories(self, db: Connection) -> Iterator[Finding]:
        ids = self.wanted.ids
        query = select(func.count()).select_from(case_).where(case_.c.seq > 0)
        self.told.cases = db.execute(query if ids is None else query.where(case_.c.id.in_(ids))).scalar_one()
        library, url = self.house.library, self.house.urls.database
        if ids is None:
            yield from verify_all(db, library, url, jobs=self.wanted.jobs, seen=self._seen)
            return
        _require(db, ids)
        yield from verify_cases(db, library, ids=ids, seen=self._seen)

    def _log(self, db: Connection, trusted: Trusted) -> Iterator[Finding]:
        wanted, told = self.wanted, self.told
        told.sealed, told.unsealed, told.signer_known = log.latest(db), unsealed(db), wanted.keys is not None
        yield from verify_log(db, trusted) if wanted.ids is None else verify_leaves(db, wanted.ids, trusted)

    def _seen(self, events: int) -> None:
        self.told.events += events
        self.progress(events)

    def _judge_stamp(self, token: bytes, note: bytes) -> str | None:
        # Read here: pyHanko is large, and a house without checkpoints needs none of it.
        from signing.stamps import StampError, stamped_at

        try:
            moment = stamped_at(token, note, trust_of(self.house.settings)())
        except StampError as error:
            return error.code
        if self.told.sealed is not None and note == self.told.sealed.note.encode():
            self.told.stamped_at = moment
        return None


def _require(db: Connection, ids: Sequence[int]) -> None:
    """A number that nothing here knows is a mistake of whoever asks; one that is sealed and gone is a finding."""
    known = set(db.scalars(select(case_.c.id).where(case_.c.id.in_(ids))))
    known |= set(db.scalars(select(event.c.case_id).where(event.c.case_id.in_(ids)).distinct()))
    known |= set(db.scalars(select(log_leaf.c.case_id).where(log_leaf.c.case_id.in_(ids)).distinct()))
    if missing := sorted(set(ids) - known):
        raise UnknownCasesError(f"There is no case {missing[0]}, and none was ever sealed.")
