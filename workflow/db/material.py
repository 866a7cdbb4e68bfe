"""What deciding a batch needs beside the commands: personal data opened, and the cases that hold the same keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from workflow.case import Case
from workflow.commands import CALLED, HELD, LINE, MIGRATE, SUBMIT, Standing, Submission
from workflow.db.rows import Claimed
from workflow.definition.process import Hold
from workflow.rulebook import Rulebook
from workflow.vault import PersonKey, Vault

_VERSIONS = """SELECT d.case_id, d.version, d.cipher, d.digest, p.wrapped
    FROM unnest(%b::bigint[], %b::int[], %b::bigint[]) AS w(case_id, version, person)
    JOIN case_data d ON d.case_id = w.case_id AND d.version = w.version
    JOIN person_key p ON p.id = w.person"""
_KEYS = """INSERT INTO hold_key (scope, key) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT DO NOTHING"""
_LOCK = """SELECT 1 FROM hold_key k JOIN unnest(%b::text[], %b::text[]) AS w(scope, key)
    ON k.scope = w.scope AND k.key = w.key ORDER BY k.scope, k.key FOR UPDATE OF k"""
_STANDING = """SELECT h.scope, h.key, h.case_id, c.state, c.owner, h.place, h.arrival FROM hold h
    JOIN unnest(%b::text[], %b::text[]) AS w(scope, key) ON h.scope = w.scope AND h.key = w.key
    JOIN case_ c ON c.id = h.case_id ORDER BY h.case_id"""


class Call(NamedTuple):
    """A case in line that a place came free for."""

    scope: str
    key: str
    case: int
    #: Transition to perform on it, as `hold`.
    do: str


@dataclass(slots=True)
class Version:
    """One opened version of a case's data or inputs."""

    content: Mapping[str, Any]
    digest: str


@dataclass(slots=True)
class Material:
    """Opened versions by (case, version), and who holds which key. Kept up to date while a batch is decided."""

    versions: dict[tuple[int, int], Version] = field(default_factory=dict)
    holders: dict[tuple[str, str], dict[int, Standing]] = field(default_factory=dict)

    def content(self, case: int, version: int | None) -> Version | None:
        """The opened version, where there is one."""
        return None if version is None else self.versions.get((case, version))

    def standing(self, scope: str, key: str, case: int) -> tuple[Standing, ...]:
        """Other cases that hold the key."""
        held = self.holders.get((scope, key), {})
        return tuple(other for id_, other in held.items() if id_ != case)

    def settle(self, book: Rulebook, new: Rulebook, before: Case, after: Case, command: int) -> list[Call]:
        """Let the rest of the batch see what `command` took and gave back; whoever is called to a place now free.

        `new` differs from `book` where the case took another definition.
        """
        calls: list[Call] = []
        old, now = places_of(before), places_of(after)
        for name in old.keys() | now.keys():
            was, is_ = old.get(name), now.get(name)
            left, hold = book.process.holds.get(name), new.process.holds.get(name)
            same = left is not None and hold is not None and left.scope == hold.scope
            if was and left and (is_ is None or is_[0] != was[0] or not same):
                self._at(left, was[0]).pop(after.id, None)
            if is_ and hold:
                self._stand(hold, after, *is_, command)
            if was != is_ or not same:
                calls += [c for h, p in ((left, was), (hold, is_)) if h and p and h.freed for c in self._call(h, p[0])]
        return calls

    def _at(self, hold: Hold, key: str) -> dict[int, Standing]:
        return self.holders.setdefault((hold.scope, key), {})

    def _stand(self, hold: Hold, case: Case, key: str, place: str, command: int) -> None:
        there = self._at(hold, key)
        before = there.get(case.id)
        if before and before.place != HELD and place == LINE:
            place = before.place
        arrival = before.arrival if before else command
        there[case.id] = Standing(case.id, case.state, case.owner, place, arrival)

    def _call(self, hold: Hold, key: str) -> Iterable[Call]:
        """The first in line, as many as there are places; a called case has its place until it moves."""
        there = self._at(hold, key)
        line = sorted((s for s in there.values() if s.place == LINE), key=lambda s: s.arrival)
        free = hold.limit - (len(there) - len(line))
        for s in line[: max(free, 0)]:
            there[s.case] = s._replace(place=CALLED)
            yield Call(hold.scope, key, s.case, hold.freed or "")


def places_of(case: Case) -> dict[str, tuple[str, str]]:
    """Key and place by hold, as far as the case itself knows."""
    if not case.line:
        return {name: (key, HELD) for name, key in case.holds.items()}
    return {n: (k, LINE) for n, k in case.line.items()} | {n: (k, HELD) for n, k in case.holds.items()}


def submission(version: Version, number: int) -> Submission:
    """A frozen working copy as the engine reads it."""
    documents = {kind: d["digest"] for kind, d in version.content["documents"].items()}
    return Submission(number, version.digest, version.content["data"], documents)


def hold_keys(book: Rulebook, vault: Vault, data: Mapping[str, Any]) -> dict[str, str]:
    """HMAC keys of the process's holds for this data, by hold; holds whose field is empty take nothing."""
    out = {}
    for name, hold in book.process.holds.items():
        value = data.get(hold.key.removeprefix("data."))
        if value not in (None, ""):
            out[name] = vault.lookup(hold.scope, str(value))
    return out


def gather(
    cursor: psycopg.Cursor[Any],
    rows: Sequence[Claimed],
    books: Mapping[int, Rulebook],
    vault: Vault,
    into: Mapping[int, Rulebook],
) -> Material:
    """Everything that the commands `rows` need, read under the locks that the claim took.

    `books` are the rules by command, `into` those of the definition that a command leads to.
    """
    material = Material()
    wanted = {w for r in rows for w in _wanted(r, books[r.id])}
    if wanted:
        _open(cursor, wanted, vault, material)
    keys = sorted(_keys(rows, books, vault, material) | _keys_to_come(rows, into, vault, material))
    if keys:
        _stand(cursor, keys, material)
    return material


def _wanted(row: Claimed, book: Rulebook) -> Iterable[tuple[int, int, int]]:
    for part in ("data", "input"):
        version = row.payload.get(part)
        if version is not None:
            yield row.case_id, version, row.person
    internal = row.do.startswith("@") and book.reads_data
    if row.data and (internal or row.do in book.reads_data or row.do == MIGRATE):
        yield row.case_id, row.data, row.person


def _open(
    cursor: psycopg.Cursor[Any], wanted: Iterable[tuple[int, int, int]], vault: Vault, material: Material
) -> None:
    cases, versions, persons = zip(*wanted, strict=True)
    keys: dict[bytes, PersonKey] = {}
    for case, version, cipher, digest, wrapped in cursor.execute(
        _VERSIONS, [list(cases), list(versions), list(persons)]
    ).fetchall():
        if cipher is None or wrapped is None:
            continue
        key = keys.get(wrapped)
        if key is None:
            key = keys[wrapped] = vault.person(wrapped)
        material.versions[case, version] = Version(key.open_json(cipher, place(case, version)), digest)


def place(case: int, version: int) -> str:
    """Where a version belongs; part of its encryption, so that rows cannot be swapped."""
    return f"case/{case}/{version}"


def _keys(
    rows: Sequence[Claimed], books: Mapping[int, Rulebook], vault: Vault, material: Material
) -> set[tuple[str, str]]:
    out = set()
    for row in rows:
        book = books[row.id]
        version = material.content(row.case_id, row.payload.get("data"))
        if version is not None and (row.do == SUBMIT or book.process.holds):
            for name, key in hold_keys(book, vault, version.content["data"]).items():
                out.add((book.process.holds[name].scope, key))
        for name, hold in book.lines.items():
            key = row.fold.get("holds", {}).get(name) or row.fold.get("line", {}).get(name)
            if key:
                out.add((hold.scope, key))
    return out


def _keys_to_come(
    rows: Sequence[Claimed], into: Mapping[int, Rulebook], vault: Vault, material: Material
) -> set[tuple[str, str]]:
    """Keys that cases may come to hold by the rules of another definition."""
    out = set()
    for row in rows:
        book, standing = into.get(row.id), material.content(row.case_id, row.data)
        if book is not None and standing is not None and "data" in standing.content:
            found = hold_keys(book, vault, standing.content["data"])
            out |= {(book.process.holds[name].scope, key) for name, key in found.items()}
    return out


def _stand(cursor: psycopg.Cursor[Any], keys: Sequence[tuple[str, str]], material: Material) -> None:
    columns = [[scope for scope, _ in keys], [key for _, key in keys]]
    cursor.execute(_KEYS, columns)
    cursor.execute(_LOCK, columns)
    for scope, key, case, state, owner, place, arrival in cursor.execute(_STANDING, columns).fetchall():
        party = None if owner is None else str(owner)
        material.holders.setdefault((scope, key), {})[case] = Standing(case, state, party, place, arrival)
