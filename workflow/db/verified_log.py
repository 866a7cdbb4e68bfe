"""The log against what it sealed: leaves, tree, checkpoints, and a checkpoint that somebody kept outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text

from workflow.db import log, sealing
from workflow.db.log import Sealed, StoredNodes
from workflow.db.snapshot import snapshot
from workflow.db.tables import event
from workflow.finding import Finding
from workflow.log import tree
from workflow.log.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from workflow.log.leaf import ACCESS, CASE, Leaf, LeafError, access_digest, read_leaf
from workflow.log.note import NoteError, VerifierKey, read_note, signed_by
from workflow.log.tree import Growth, Node, leaf_hash

LEAVES_A_PAGE = 1000

_SELECT = """SELECT l.place, l.kind, l.case_id, l.seq, l.text, l.hash, coalesce(e.hash, j.hash) AS head
    FROM log_leaf l LEFT JOIN event e ON e.case_id = l.case_id AND e.seq = l.seq
    LEFT JOIN journal j ON l.kind = 'journal' AND j.seq = l.seq"""
_PAGE = text(f"{_SELECT} WHERE l.place >= :start AND l.place < :size ORDER BY l.place LIMIT {LEAVES_A_PAGE}")
_OF_CASES = text(f"{_SELECT} WHERE l.case_id IN :ids ORDER BY l.place").bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Trusted:
    """By what checkpoints are judged."""

    #: Keys that may sign; None: who signs is not established, so no signature is judged.
    keys: Sequence[VerifierKey] | None
    #: The code of what is wrong with a token as the time stamp of a note; None when nothing is.
    judge_stamp: Callable[[bytes, bytes], str | None]
    #: Judge every time stamp, not only the newest.
    every_stamp: bool = False
    #: A checkpoint that was kept outside, as its signed note.
    kept: str | None = None


@dataclass
class _Walk:
    """How far the log was read."""

    db: Connection
    trusted: Trusted
    kept: Checkpoint | None
    growth: Growth = field(default_factory=Growth)
    #: False from the first thing on that makes all later roots differ: it is told once.
    sound: bool = True
    #: Number of the last row of the access log that was sealed.
    access: int = 0
    #: Cases that were told already; each once, at the first event where it shows.
    told: set[int] = field(default_factory=set)


def verify_log(db: Connection, trusted: Trusted) -> Iterator[Finding]:
    """What does not fit between the whole log, what it sealed and its checkpoints; reads it page by page."""
    kept, found = read_kept(trusted)
    yield from found
    with snapshot(db):
        newest, size = log.latest(db), log.size_of(db)
        beyond = log.between(db, size, None)
    walk = _Walk(db, trusted, kept)
    start = 0
    # What is sealed meanwhile is left to the next verification.
    while rows := db.execute(_PAGE, {"start": start, "size": size}).all():
        yield from _page(walk, rows, newest)
        start = rows[-1].place + 1
    # Checkpoints over more leaves than there are: the end of the log is gone.
    for sealed in beyond:
        yield from _judged(walk, sealed, newest)
        yield from _root(walk, sealed)
    if kept is not None and kept.size > walk.growth.size:
        yield Finding(code="log_smaller", details={"size": walk.growth.size, "kept": kept.size})


def verify_leaves(db: Connection, ids: Sequence[int], trusted: Trusted) -> Iterator[Finding]:
    """The same for the leaves of some cases, by proofs up to the newest checkpoint."""
    kept, found = read_kept(trusted)
    yield from found
    with snapshot(db):
        newest, size = log.latest(db), log.size_of(db)
    nodes = StoredNodes(db)
    walk = _Walk(db, trusted, kept)
    if newest is not None:
        yield from _judged(walk, newest, newest)
    for row in db.execute(_OF_CASES, {"ids": list(ids)}):
        yield from _leaf(walk, row)
        if newest is not None and newest.size <= size and not _included(nodes, row, newest):
            yield _of(row, "leaf_changed", {"index": row.place})
    if kept is not None and kept.size > size:
        yield Finding(code="log_smaller", details={"size": size, "kept": kept.size})
    elif kept is not None and tree.root(nodes, kept.size) != kept.root:
        yield Finding(code="log_forked", details={"kept": kept.size})


def read_kept(trusted: Trusted) -> tuple[Checkpoint | None, list[Finding]]:
    """The checkpoint that was kept outside; raises NoteError or CheckpointError when it is none."""
    if trusted.kept is None:
        return None, []
    note = read_note(trusted.kept)
    kept = read_checkpoint(note.text)
    known = trusted.keys is None or signed_by(note, trusted.keys)
    return kept, [] if known else [Finding(code="kept_unsigned")]


def unsealed(db: Connection) -> int:
    """How many events of cases no checkpoint seals."""
    query = """SELECT coalesce(sum(greatest(0, c.seq - coalesce(
        (SELECT max(l.seq) FROM log_leaf l WHERE l.case_id = c.id), 0))), 0) FROM case_ c"""
    return int(db.execute(text(query)).scalar_one())


def _page(walk: _Walk, rows: Sequence[Row[Any]], newest: Sealed | None) -> Iterator[Finding]:
    marks = {s.size: s for s in log.between(walk.db, walk.growth.size, rows[-1].place + 1)}
    nodes: list[Node] = []
    for row in rows:
        if row.place != walk.growth.size and walk.sound:
            walk.sound = False
            yield Finding(code="leaf_missing", details={"index": walk.growth.size})
        yield from _leaf(walk, row)
        nodes += walk.growth.add(leaf_hash(row.text.encode()))
        sealed = marks.pop(walk.growth.size, None)
        if sealed is not None:
            yield from _judged(walk, sealed, newest)
            yield from _root(walk, sealed)
        if walk.kept is not None and walk.kept.size == walk.growth.size and walk.growth.root() != walk.kept.root:
            yield Finding(code="log_forked", details={"kept": walk.kept.size})
    yield from _nodes(walk, nodes)


def _leaf(walk: _Walk, row: Row[Any]) -> Iterator[Finding]:
    leaf = _read(row)
    if leaf is None:
        yield _of(row, "leaf_changed", {"index": row.place})
    elif leaf.kind == ACCESS:
        yield from _access(walk, leaf)
    elif row.head is None or bytes(row.head) != leaf.hash:
        finding = _event(walk.db, leaf, gone=row.head is None)
        if finding.case not in walk.told:
            walk.told.add(finding.case or 0)
            yield finding


def _read(row: Row[Any]) -> Leaf | None:
    """The leaf of a row; None when its columns, its text and its hash do not agree."""
    try:
        leaf = read_leaf(row.text)
    except LeafError:
        return None
    same = (leaf.kind, leaf.case, leaf.seq) == (row.kind, row.case_id, row.seq)
    return leaf if same and leaf_hash(row.text.encode()) == bytes(row.hash) else None


def _event(db: Connection, leaf: Leaf, *, gone: bool) -> Finding:
    case = leaf.case or 0
    if not gone:
        return Finding(code="sealed_event_changed", case=case, seq=leaf.seq)
    query = select(func.max(event.c.seq)).where(event.c.case_id == case, event.c.seq < leaf.seq)
    last = int(db.execute(query).scalar() or 0) if leaf.kind == CASE else leaf.seq - 1
    code = "sealed_event_missing" if last else "sealed_case_missing"
    return Finding(code=code, case=case, seq=last + 1, details={"sealed": leaf.seq})


def _access(walk: _Walk, leaf: Leaf) -> Iterator[Finding]:
    digest, rows = access_digest(sealing.access_rows(walk.db, leaf.first, leaf.seq))
    if (digest, rows) != (leaf.hash, leaf.rows) or leaf.first != walk.access + 1:
        yield Finding(code="access_changed", details={"first": leaf.first, "last": leaf.seq})
    walk.access = leaf.seq


def _judged(walk: _Walk, sealed: Sealed, newest: Sealed | None) -> Iterator[Finding]:
    """A checkpoint by itself: what it says, who signed it and when it was stamped."""
    facts = {"size": sealed.size}
    try:
        note = read_note(sealed.note)
        said = read_checkpoint(note.text)
    except (NoteError, CheckpointError):
        yield Finding(code="checkpoint_unsigned", details=facts)
        return
    if (said.size, said.root, said.moment) != (sealed.size, sealed.root, sealed.moment):
        yield Finding(code="checkpoint_changed", details=facts)
    if walk.trusted.keys is not None and not signed_by(note, walk.trusted.keys):
        yield Finding(code="checkpoint_unsigned", details=facts)
    last = newest is not None and sealed.size == newest.size
    token = sealed.token if last or walk.trusted.every_stamp else None
    wrong = walk.trusted.judge_stamp(token, sealed.note.encode()) if token is not None else None
    if wrong is not None:
        yield Finding(code=wrong, details=facts)


def _root(walk: _Walk, sealed: Sealed) -> Iterator[Finding]:
    if walk.sound and (walk.growth.size, walk.growth.root()) != (sealed.size, sealed.root):
        walk.sound = False
        yield Finding(code="checkpoint_changed", details={"size": sealed.size})


def _nodes(walk: _Walk, nodes: Iterable[Node]) -> Iterator[Finding]:
    """Stored subtrees, of which proofs are made, against those that the leaves give."""
    wanted = {(n.level, n.place): n.hash for n in nodes}
    if not wanted or not walk.sound:
        return
    places = text("""SELECT n.level, n.place, n.hash FROM unnest(CAST(:level AS smallint[]), CAST(:place AS bigint[]))
        AS w(level, place) JOIN log_node n ON n.level = w.level AND n.place = w.place""")
    columns = {"level": [level for level, _ in wanted], "place": [place for _, place in wanted]}
    stored = {(r.level, r.place): bytes(r.hash) for r in walk.db.execute(places, columns)}
    for place, hash_ in wanted.items():
        if stored.get(place) != hash_:
            yield Finding(code="node_changed", details={"level": place[0], "index": place[1]})
            return


def _included(nodes: StoredNodes, row: Row[Any], newest: Sealed) -> bool:
    if row.place >= newest.size:
        return True
    proof = tree.inclusion(nodes, row.place, newest.size)
    return tree.includes(leaf_hash(row.text.encode()), row.place, newest.size, proof, newest.root)


def _of(row: Row[Any], code: str, details: dict[str, Any]) -> Finding:
    return Finding(code=code, case=row.case_id, seq=row.seq if row.case_id is not None else None, details=details)
