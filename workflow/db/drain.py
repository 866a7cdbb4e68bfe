"""The batch drain: claim cases that have waiting commands, decide each, write all of it, commit once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workflow.canonical import canonical
from workflow.case import Case
from workflow.commands import FIRE_TIMER, MIGRATE, Actor, Command
from workflow.db import bulk
from workflow.db.batch import Batch, moves_timers
from workflow.db.keys import search_keys
from workflow.db.library import Library
from workflow.db.line import in_turn, last_of_its_book
from workflow.db.material import Material, gather, hold_keys, submission
from workflow.db.rows import Claimed
from workflow.decide import decide
from workflow.decision import Decision
from workflow.migrating import was
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.standing import actor_on, is_bar
from workflow.timers import armed
from workflow.vault import Vault

CLAIM = "SELECT * FROM claim(%b)"
_SET_ASIDE = """UPDATE command SET status = 'failed', outcome = %b::text::jsonb, done_at = %b
    WHERE id = %b AND status = 'pending'"""
_BARS = """SELECT '!' || CASE relation WHEN 'self' THEN 'own_case' ELSE 'relative_case' END
    FROM kin WHERE account = %b AND key = ANY(%b::text[])"""
#: How long a timer waits that found the case busy with a step.
DEFER = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(slots=True)
class Drained:
    """What one batch did."""

    #: Commands that were answered, refusals included.
    commands: int = 0
    #: Cases that have something new to tell.
    cases: set[int] = field(default_factory=set)
    #: Queues that have new work.
    queues: set[str] = field(default_factory=set)


class _Live(NamedTuple):
    """A case of the batch: as it was stored, and as its commands so far leave it."""

    #: Rules of the definition that it had, and of the one that it has.
    old: Rulebook
    book: Rulebook
    first: Case
    last: Case
    #: Its timers may differ.
    moved: bool


class Drainer:
    """Performs waiting commands over one connection. Not shared between threads."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        engine: Engine,
        library: Library,
        vault: Vault,
        clock: Callable[[], datetime],
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._library = library
        self._vault = vault
        self._clock = clock
        self._cursor = connection.cursor(binary=True)
        #: Commands claimed last.
        self._claimed: list[Claimed] = []

    def drain(self, size: int) -> Drained:
        """Perform up to `size` waiting commands in one transaction; nothing waits when `commands` is 0.

        A batch that fails, because the database refuses it or because what it needs cannot be read, is done again
        in halves, until the one command at fault stands alone and is told so.
        """
        while True:
            try:
                with self._connection.transaction():
                    return self._batch(size)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                continue
            except (psycopg.OperationalError, psycopg.InterfaceError, SQLAlchemyError):
                raise
            except Exception as error:
                if size == 1:
                    return self._set_aside(error)
                size //= 2

    def _set_aside(self, error: Exception) -> Drained:
        """Answer the command that failed alone. It is not claimed again: another drainer may be quicker, and then the
        next in line would be blamed."""
        if not self._claimed:
            raise error
        row = self._claimed[0]
        log.error("command failed", command=row.id, case=row.case_id, do=row.do, error=str(error))
        told = canonical(Refusal("engine_error").as_json())
        self._connection.execute(_SET_ASIDE, [told, self._clock(), row.id])
        return Drained(commands=1, cases={row.case_id})

    def _batch(self, size: int) -> Drained:
        self._claimed = []
        rows = self._claimed = [Claimed(*row) for row in self._cursor.execute(CLAIM, [size]).fetchall()]
        if not rows:
            return Drained()
        books = self._books(rows)
        rows = self._claimed = last_of_its_book(in_turn(self._cursor, rows, books))
        if not rows:
            return Drained()
        batch, drained = Batch(self._clock()), Drained(commands=len(rows))
        self._decide_all(rows, books, batch, drained)
        drained.cases.update(row.case_id for row in rows)
        bulk.write(self._cursor, batch)
        return drained

    def _decide_all(
        self, rows: Sequence[Claimed], books: Mapping[int, Rulebook], batch: Batch, drained: Drained
    ) -> None:
        into = {row.id: self._library.book(row.payload["to"], row.office) for row in rows if row.do == MIGRATE}
        material = gather(self._cursor, rows, books, self._vault, into)
        live: dict[int, _Live] = {}
        for row in rows:
            book = books[row.id]
            new = into.get(row.id)
            known = live.get(row.case_id)
            case = known.last if known else row.case()
            decision = self._decide(book, case, row, material, batch, new)
            if decision is None or decision.refusal or not decision.events:
                continue
            batch.decided(case, decision)
            after = new or book
            batch.call(material.settle(book, after, case, decision.case, row.id))
            first, moved = (known.first, known.moved) if known else (case, False)
            live[row.case_id] = _Live(book, after, first, decision.case, moved or moves_timers(decision))
        for one in live.values():
            batch.settle((one.old, one.book), one.first, one.last, one.moved, material)
        batch.finish()
        batch.defer({case for case, one in live.items() if one.moved})
        drained.queues.update(batch.queues)

    def _decide(
        self, book: Rulebook, case: Case, row: Claimed, material: Material, batch: Batch, into: Rulebook | None
    ) -> Decision | None:
        try:
            actor = actor_on(case, row.actor, self._standing(row, batch), batch.now)
            command = _command(into or book, actor, row, material, self._vault)._replace(into=into)
            decision = decide(book, case, command, batch.now)
        except Exception:
            log.exception("command failed", command=row.id, case=row.case_id, do=row.do)
            batch.acknowledge(row.id, "failed", Refusal("engine_error").as_json())
            return None
        if decision.refusal:
            batch.acknowledge(row.id, "refused", decision.refusal.as_json())
            if row.do == FIRE_TIMER:
                _defer(batch, book, case, row.payload["timer"], decision.refusal)
        else:
            batch.acknowledge(row.id, "done", _outcome(decision) | (was(case) if into else {}))
            if command.submission is not None:
                batch.found_by(row.case_id, search_keys(book.process.form, self._vault, command.submission.data))
        return decision

    def _standing(self, row: Claimed, batch: Batch) -> Sequence[str] | None:
        """The actor's standing as it was claimed; whose data it is, anew where that was submitted since."""
        keys = batch.fresh.get(row.case_id)
        if keys is None or not row.actor.isdecimal():
            return row.memberships
        bars = self._cursor.execute(_BARS, [int(row.actor), keys]).fetchall()
        return [e for e in row.memberships or () if not is_bar(e)] + [bar for (bar,) in bars]

    def _books(self, rows: Sequence[Claimed]) -> dict[int, Rulebook]:
        """Rulebook by command. Calendars are looked at under the locks of the claim: a version that is published
        later finds these cases when it reckons dues anew."""
        library, pairs = self._library, {(row.definition, row.office) for row in rows}
        pairs |= {(row.payload["to"], row.office) for row in rows if row.do == MIGRATE}
        unknown = {hash_ for hash_, _ in pairs if not library.knows(hash_)}
        if unknown:
            with self._engine.connect() as connection:
                for hash_ in unknown:
                    library.process(connection, hash_)
        if any(library.counts_office_time(hash_) for hash_, _ in pairs):
            with self._engine.connect() as connection:
                library.keep_time(connection, pairs)
        return {row.id: library.book(row.definition, row.office) for row in rows}


def _defer(batch: Batch, book: Rulebook, case: Case, timer: str, refusal: Refusal) -> None:
    """Arm a timer again that could not fire: it found a step pending, or another machine's clock is ahead of ours."""
    if refusal.code == "step_pending":
        batch.deferred[case.id, timer] = batch.now + DEFER
    elif refusal.code == "not_due":
        moment = armed(book, case).get(timer)
        if moment is not None:
            batch.deferred[case.id, timer] = moment


def _command(book: Rulebook, actor: Actor, row: Claimed, material: Material, vault: Vault) -> Command:
    payload = row.payload
    given = material.content(row.case_id, payload.get("input"))
    fresh = material.content(row.case_id, payload.get("data"))
    standing = material.content(row.case_id, row.data or None)
    keyed = fresh if row.do != MIGRATE else standing
    return Command(
        do=row.do,
        actor=actor,
        input=given.content if given else {},
        input_digest=given.digest if given else None,
        revision=payload.get("revision"),
        saves=row.saves,
        checklist=tuple(payload.get("checklist", ())),
        submission=submission(fresh, payload["data"]) if fresh else None,
        data=standing.content["data"] if standing else None,
        standings=_standings(book, row, keyed.content["data"], material, vault) if keyed else {},
        payload=payload,
    )


def _standings(
    book: Rulebook, row: Claimed, data: Mapping[str, Any], material: Material, vault: Vault
) -> dict[str, Any]:
    holds = book.process.holds
    return {
        name: (key, material.standing(holds[name].scope, key, row.case_id))
        for name, key in hold_keys(book, vault, data).items()
    }


def _outcome(decision: Decision) -> dict[str, Any]:
    case = decision.case
    out: dict[str, Any] = {"state": case.state, "revision": case.revision, "seq": case.seq}
    if case.step is not None and not case.step.failed:
        out["step"] = {"seq": case.step.seq, "run": case.step.run}
    return out
