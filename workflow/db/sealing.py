"""Sealing: what moved since the last checkpoint becomes leaves of the log, and the log's root is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from workflow.db import log
from workflow.db.log import Sealed, StoredNodes
from workflow.db.tables import access_log, checkpoint, checkpoint_stamp, journal, log_leaf, seal_request
from workflow.log.checkpoint import Checkpoint
from workflow.log.leaf import ACCESS, CASE, JOURNAL, Access, Leaf, access_digest
from workflow.log.note import NoteSigner
from workflow.log.tree import Growth, Node, edge_places, leaf_hash

#: Any number; whoever writes the log holds this lock until its transaction ends.
_LOCK = 4140
#: Leaves that are written by one statement, and rows that the driver holds at once.
ROWS_AT_ONCE = 1000
_STREAMED = {"yield_per": ROWS_AT_ONCE}
#: How long a part of the log may stay without a seal.
INTERVAL = timedelta(hours=1)

# A number that only grows decides what moved: a wall clock may have been set back meanwhile.
_MOVED = text("""SELECT c.id, c.seq, c.head FROM case_ c WHERE c.seq > 0 AND c.seq > coalesce(
    (SELECT max(l.seq) FROM log_leaf l WHERE l.case_id = c.id), 0) ORDER BY c.id""")
_LEAVES = text("""INSERT INTO log_leaf (place, kind, case_id, seq, text, hash) SELECT * FROM unnest(
    CAST(:place AS bigint[]), CAST(:kind AS text[]), CAST(:case_id AS bigint[]), CAST(:seq AS bigint[]),
    CAST(:text AS text[]), CAST(:hash AS bytea[]))""")
_NODES = text("""INSERT INTO log_node (level, place, hash) SELECT * FROM unnest(
    CAST(:level AS smallint[]), CAST(:place AS bigint[]), CAST(:hash AS bytea[]))""")


def seal(
    engine: Engine, signer: NoteSigner, clock: Callable[[], datetime], *, only_when_due: bool = False
) -> Sealed | None:
    """Seal what moved, in one transaction; the newest checkpoint, or None when nothing was ever sealed.

    Where nothing moved no checkpoint is made. With `only_when_due` nothing is done, and None is returned, when
    somebody sealed less than `INTERVAL` ago. Those who seal at once take turns.
    """
    with engine.begin() as db:
        bound = int(db.execute(select(func.access_log_bound())).scalar_one())
    with engine.begin() as db:
        db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        now = clock()
        if only_when_due and not is_due(db, now):
            return None
        made = _checkpoint(db, signer, bound, now)
        found = made or log.latest(db)
        _answer(db, found, now)
        return found


def is_due(db: Connection, now: datetime) -> bool:
    """True when the last checkpoint is older than `INTERVAL`, or there is none.

    One from the future was made by a clock that was wrong: it must not keep the house unsealed until then.
    """
    last = db.execute(select(checkpoint.c.moment).order_by(checkpoint.c.size.desc()).limit(1)).scalar()
    return last is None or last + INTERVAL <= now or last > now


def is_asked(db: Connection) -> bool:
    """True when somebody asked for a checkpoint and has none yet."""
    return db.execute(select(seal_request.c.id).where(seal_request.c.done_at.is_(None)).limit(1)).first() is not None


def keep_stamp(db: Connection, size: int, token: bytes) -> None:
    """Keep the time stamp of a checkpoint; one that another process kept meanwhile stays."""
    try:
        with db.begin_nested():
            db.execute(insert(checkpoint_stamp).values(size=size, token=token))
    except IntegrityError:
        return


def _checkpoint(db: Connection, signer: NoteSigner, bound: int, now: datetime) -> Sealed | None:
    begun = log.size_of(db)
    nodes = StoredNodes(db)
    growth = Growth(begun, [nodes(level, index) for level, index in edge_places(begun)])
    page: list[Leaf] = []
    for leaf in _moved(db, bound):
        page.append(leaf)
        if len(page) == ROWS_AT_ONCE:
            _write(db, growth, page)
            page = []
    _write(db, growth, page)
    if growth.size == begun:
        return None
    made = Checkpoint(origin=signer.name, size=growth.size, root=growth.root(), moment=now)
    sealed = Sealed(size=made.size, root=made.root, moment=now, note=signer.sign(made.text()), token=None)
    row = {"size": sealed.size, "root": sealed.root, "moment": now, "note": sealed.note}
    db.execute(insert(checkpoint).values(**row))
    return sealed


def _moved(db: Connection, bound: int) -> Iterator[Leaf]:
    """What no leaf says yet."""
    for row in db.execute(_MOVED, execution_options=_STREAMED):
        yield Leaf(kind=CASE, case=row.id, seq=row.seq, hash=bytes(row.head))
    head = db.execute(select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(1)).one_or_none()
    if head is not None and head.seq > _last(db, JOURNAL):
        yield Leaf(kind=JOURNAL, seq=head.seq, hash=bytes(head.hash))
    first = _last(db, ACCESS) + 1
    digest, rows = access_digest(access_rows(db, first, bound))
    if rows:
        yield Leaf(kind=ACCESS, seq=bound, hash=digest, first=first, rows=rows)


def access_rows(db: Connection, first: int, last: int) -> Iterator[Access]:
    """Rows of the access log from number `first` to `last`, in order."""
    c = access_log.c
    query = select(c.id, c.account, c.case_id, c.what, c.at).where(c.id >= first, c.id <= last).order_by(c.id)
    for row in db.execute(query, execution_options=_STREAMED):
        yield Access(*row)


def _last(db: Connection, kind: str) -> int:
    """Number of the last event or row that a leaf of `kind` sealed."""
    query = select(log_leaf.c.seq).where(log_leaf.c.kind == kind, log_leaf.c.case_id.is_(None))
    return int(db.execute(query.order_by(log_leaf.c.place.desc()).limit(1)).scalar() or 0)


def _write(db: Connection, growth: Growth, page: list[Leaf]) -> None:
    if not page:
        return
    first, texts = growth.size, [leaf.text() for leaf in page]
    hashes = [leaf_hash(text_.encode()) for text_ in texts]
    nodes: list[Node] = [node for hash_ in hashes for node in growth.add(hash_)]
    leaves = {
        "place": list(range(first, first + len(page))),
        "kind": [leaf.kind for leaf in page],
        "case_id": [leaf.case for leaf in page],
        "seq": [leaf.seq for leaf in page],
        "text": texts,
        "hash": hashes,
    }
    db.execute(_LEAVES, leaves)
    if nodes:
        columns = {"level": [n.level for n in nodes], "place": [n.place for n in nodes]}
        db.execute(_NODES, columns | {"hash": [n.hash for n in nodes]})


def _answer(db: Connection, found: Sealed | None, now: datetime) -> None:
    """Whoever asked until now has what they asked for."""
    size = None if found is None else found.size
    db.execute(update(seal_request).where(seal_request.c.done_at.is_(None)).values(done_at=now, size=size))
