"""Many cases with a history like one that was really lived: copied under ids of their own, each event sealed anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from alur.wiring import House
from workflow.canonical import canonical
from workflow.db.cases import get
from workflow.db.history import read_events
from workflow.events import GENESIS, Event, seal

#: Cases that one statement writes.
CASES_AT_ONCE = 250

_CASES = text("""INSERT INTO case_ (process, definition, office, owner, person, state, revision, seq, data, saves, fold)
    SELECT c.process, c.definition, c.office, c.owner, c.person, c.state, c.revision, c.seq, c.data, c.saves, c.fold
    FROM case_ c, generate_series(1, :n) WHERE c.id = :like RETURNING id""")
_EVENTS = text("""INSERT INTO event (case_id, seq, type, actor, at, body, hash)
    SELECT * FROM unnest(CAST(:cases AS bigint[]), CAST(:seqs AS int[]), CAST(:types AS text[]),
        CAST(:actors AS text[]), CAST(:ats AS timestamptz[]), CAST(CAST(:bodies AS text[]) AS jsonb[]),
        CAST(:hashes AS bytea[]))""")
_HEADS = text("""UPDATE case_ c SET head = h.head
    FROM unnest(CAST(:cases AS bigint[]), CAST(:heads AS bytea[])) AS h(id, head) WHERE c.id = h.id""")


def multiply(house: House, like: int, cases: int) -> int:
    """`cases` more cases with the history of `like`; how many events were written."""
    with house.engine.connect() as db:
        past = read_events(db, like)
        assert get(db, like).case.seq == len(past)
    for begun in range(0, cases, CASES_AT_ONCE):
        _write(house, like, past, min(CASES_AT_ONCE, cases - begun))
    return cases * len(past)


def _write(house: House, like: int, past: Sequence[Event], cases: int) -> None:
    with house.engine.begin() as db:
        ids = list(db.execute(_CASES, {"like": like, "n": cases}).scalars())
        copies = [copy for id_ in ids for copy in _sealed(past, id_)]
        db.execute(
            _EVENTS,
            {
                "cases": [e.case for e in copies],
                "seqs": [e.seq for e in copies],
                "types": [e.type for e in copies],
                "actors": [e.actor for e in copies],
                "ats": [e.at for e in copies],
                "bodies": [canonical(e.body) for e in copies],
                "hashes": [e.hash for e in copies],
            },
        )
        heads = [copies[i * len(past) - 1].hash for i in range(1, cases + 1)]
        db.execute(_HEADS, {"cases": ids, "heads": heads})


def _sealed(past: Sequence[Event], id_: int) -> list[Event]:
    out: list[Event] = []
    for e in past:
        out.append(seal(out[-1].hash if out else GENESIS, id_, e.seq, e.type, e.actor, e.at, e.body))
    return out
