"""Carrying erasures out: in the database first, then files and the key in the safe, so that a crash between the two
leaves something to finish and never something to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from workflow.blobs import BlobStore
from workflow.db import cases, erasure, erasure_orders
from workflow.db.erasure import ErasureRefusedError, Ground, Remains
from workflow.db.erasure_orders import DONE, REFUSED
from workflow.db.library import Library
from workflow.erasing import REQUEST, RIGHT
from workflow.keysafe import Entry, KeySafe, stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Eraser:
    """The parts that an erasure needs; connections act as the engine."""

    engine: Engine
    library: Library
    blobs: BlobStore
    safe: KeySafe

    def by_right(self, case: int, actor: str, now: datetime, reason: str | None = None) -> Sequence[int]:
        """Erase all cases of the party of `case`, and make its account anonymous; the cases.

        Raises `ErasureRefusedError` where one of them cannot be erased: then none is. Raises `UnknownCaseError`.
        """
        with self.engine.begin() as db:
            cases.get(db, case)
            erasure_orders.note(db, case=case, actor=actor, reason=reason, now=now)
            erased = self._by_right(db, case, actor, now)
        self.clear(now)
        return erased

    def one(self, case: int, ground: Ground, now: datetime) -> bool:
        """Erase one case that nobody works on just now; False where somebody does, or where it is refused."""
        with self.engine.begin() as db:
            found = cases.get_unlocked(db, case)
            if found is None:
                return False
            try:
                with db.begin_nested():
                    erasure.erase(db, self.library, found, ground, now)
            except ErasureRefusedError:
                return False
        self.clear(now)
        return True

    def orders(self, now: datetime) -> int:
        """Carry out what was ordered through the web; how many orders were settled."""
        settled = 0
        while self._order(now):
            settled += 1
        return settled

    def clear(self, now: datetime) -> int:
        """Remove files and keys of erased cases, also those that a crash left; of how many cases."""
        with self.engine.connect() as db:
            left = erasure.unfinished(db)
        for remains in left:
            self.safe.forget(entry_of(remains))
            for blob in remains.blobs:
                self.blobs.delete(blob)
            with self.engine.begin() as db:
                erasure.finished(db, remains.case, now)
        return len(left)

    def _order(self, now: datetime) -> bool:
        with self.engine.begin() as db:
            order = erasure_orders.next_waiting(db)
            if order is None:
                return False
            try:
                with db.begin_nested():
                    self._by_right(db, order.case, str(order.account), now)
            except ErasureRefusedError as error:
                erasure_orders.settle(db, order.id, REFUSED, now, error.refusal.as_json())
            else:
                erasure_orders.settle(db, order.id, DONE, now)
        self.clear(now)
        return True

    def _by_right(self, db: Connection, case: int, actor: str, now: datetime) -> Sequence[int]:
        ids, account = erasure.of_party(db, case)
        erasure.refuse(db, self.library, ids)
        erased, ground = [], Ground(under=RIGHT, basis=REQUEST, actor=actor)
        for id_ in ids:
            found = cases.get(db, id_, lock=True)
            if found.case.erased is None:
                erasure.erase(db, self.library, found, ground, now)
                erased.append(id_)
        if account is not None:
            erasure.anonymise(db, account, ids, actor, now)
        return erased


def entry_of(remains: Remains) -> Entry:
    """What the key safe's register remembers of an erasure."""
    return Entry(
        case=remains.case,
        case_at=stamp(remains.case_at),
        person=remains.person,
        person_at=stamp(remains.person_at),
        account=remains.account,
        account_at=stamp(remains.account_at) if remains.account_at else None,
        under=remains.under,
        basis=remains.basis,
        at=stamp(remains.at),
    )
