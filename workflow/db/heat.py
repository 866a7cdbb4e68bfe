"""Where cases spend their time: how often each state and move was taken, and how long cases stayed before they went on.

Times are clock time, nights and holidays included: promises count office time, a heat-map shows what people waited.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from workflow.db.cases import Executor
from workflow.db.library import Library
from workflow.db.tables import definition

_VISITS = """WITH entries AS (
        SELECT e.case_id, e.at, coalesce(e.body->>'into', e.body->>'to') AS state, e.body->>'do' AS "do",
            e.body->>'from' AS source, e.type,
            lead(e.at) OVER w AS left_at, lag(e.at) OVER w AS came_at
        FROM event e JOIN case_ c ON c.id = e.case_id
        WHERE c.process = :process AND e.type IN ('submitted', 'moved', 'diverted', 'migrated')
            AND NOT (e.type = 'moved' AND e.body->>'from' = e.body->>'to' AND e.body->>'do' = ANY (:internal))
            AND NOT (e.type = 'migrated' AND e.body->>'into' = e.body->>'state')
        WINDOW w AS (PARTITION BY e.case_id ORDER BY e.seq)
    ) """
_STATES = text(
    _VISITS  # noqa: S608 - our own words
    + """SELECT state, count(*) AS entered, count(*) FILTER (WHERE left_at IS NULL) AS there,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at)) AS median,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at)) AS p90
    FROM entries WHERE at >= :since GROUP BY state ORDER BY entered DESC, state"""
)
_MOVES = text(
    _VISITS  # noqa: S608 - our own words
    + """SELECT "do", source, state, count(*) AS made,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - came_at)) AS median,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM at - came_at)) AS p90
    FROM entries WHERE at >= :since AND type = 'moved' GROUP BY "do", source, state
    ORDER BY made DESC, "do", source"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StateHeat:
    """Visits of a state."""

    state: str
    entered: int
    #: Cases that are in it now; in a final state they stay.
    there: int
    #: Seconds until cases left it; None while none has.
    median: float | None
    p90: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveHeat:
    """Moves by one transition between two states."""

    do: str
    source: str
    to: str
    made: int
    #: Seconds that cases had been in the source state.
    median: float | None
    p90: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """Both, the most frequent first."""

    process: str
    states: tuple[StateHeat, ...]
    moves: tuple[MoveHeat, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs and for a page that colours a picture with it."""
        return asdict(self)


def heat(db: Executor, library: Library, process: str, since: datetime) -> Heat:
    """The visits of the cases of `process` that the caller may see, of what was entered at `since` or later."""
    given = {"process": process, "since": since, "internal": _internal(db, library, process)}
    states = [StateHeat(**_numbers(r)) for r in db.execute(_STATES, given).mappings()]
    moves = [MoveHeat(to=r["state"], **_numbers(r, "state")) for r in db.execute(_MOVES, given).mappings()]
    return Heat(process=process, states=tuple(states), moves=tuple(moves))


def _internal(db: Executor, library: Library, process: str) -> list[str]:
    """Transitions that never leave their state, in whichever version."""
    hashes = db.execute(select(definition.c.hash).where(definition.c.process == process)).scalars().all()
    found = (t for hash_ in hashes for t in library.process(db, hash_).transitions.values())
    return sorted({t.name for t in found if t.internal})


def _numbers(row: Any, *without: str) -> dict[str, Any]:
    exact = {name: value for name, value in row.items() if name not in without}
    return exact | {name: None if exact[name] is None else float(exact[name]) for name in ("median", "p90")}
