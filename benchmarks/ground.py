"""The ground on which everything is measured: a fresh house, the bench process, and cases with waiting commands."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb
from ruamel.yaml import YAML
from sqlalchemy import text

from alur import accounts
from alur.furnish import furnish
from alur.settings import load
from alur.wiring import House, open_house
from workflow.db.material import place
from workflow.db.publishing import publish_shipped
from workflow.definition.process import Process
from workflow.definition.reader import parse_process
from workflow.vault import PersonKey

OFFICE = "palembang"
PHOTO_DIGEST = "ab" * 32


@dataclass(frozen=True)
class Move:
    do: str
    by: str
    #: Freezes the working copy.
    submits: bool = False
    #: Carries an encrypted reason.
    reasoned: bool = False
    checklist: tuple[str, ...] = ()


#: The seven transitions of one case.
PATH: Sequence[Move] = (
    Move("submit", "applicant", submits=True),
    Move("begin", "operator"),
    Move("return", "operator", reasoned=True),
    Move("resubmit", "applicant", submits=True),
    Move("approve", "operator", checklist=("identity", "photo", "diploma")),
    Move("sign", "signer"),
    Move("issue", "operator"),
)


def bench_process() -> Process:
    """The bench process, with the form and texts of AK-1."""
    shipped = files("definitions") / "ak1-online"
    texts = {name: (shipped / name).read_text() for name in ("form.yaml", "notices.yaml", "standard.yaml")}
    return parse_process(texts | {"process.yaml": Path(__file__).with_name("process.yaml").read_text()})


def sample() -> dict[str, Any]:
    """The data of one application."""
    path = files("definitions") / "ak1-online" / "samples" / "siti.yaml"
    loaded = YAML(typ="safe", pure=True).load(path.read_text())
    return dict(loaded.get("data", loaded))


@contextmanager
def ground(data: Path) -> Iterator[House]:
    """A furnished house in `data` with the bench process and its people."""
    with open_house(load({"ALUR_DATA": str(data)}, Path.cwd())) as house:
        furnish(house)
        with house.engine.begin() as db:
            publish_shipped(db, bench_process(), datetime.now(UTC))
            for name in ("applicant", "operator", "signer"):
                id_ = accounts.add(db, name, name, None)
                if name != "applicant":
                    accounts.join(db, id_, name, OFFICE)
        yield house
        house.engine.dispose()


def clear(house: House) -> None:
    """Forget all cases. History cannot be truncated, so its table is made anew by the owner's hand."""
    with house.engine.connect() as db:
        db.execute(text("RESET ROLE"))
        db.execute(text("SET ROLE alur_owner"))
        db.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        db.execute(text("TRUNCATE case_, case_data, working_copy, command, event, task, timer, outbox, hold, hold_key"))
        db.execute(text("ALTER TABLE event ENABLE TRIGGER USER"))
        db.commit()
        db.execute(text("SET ROLE alur_engine"))
        db.commit()


def seed(house: House, cases: int, path: Sequence[Move] = PATH) -> None:
    """Only `cases` drafts, with all commands of `path` waiting, step by step over all cases."""
    clear(house)
    give(house, plant(house, cases), path)
    with house.engine.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT")
        db.execute(text("RESET ROLE"))
        db.execute(text("SET ROLE alur_owner"))
        db.execute(text("ANALYZE case_, command, case_data"))
        db.execute(text("SET ROLE alur_engine"))


def plant(house: House, cases: int) -> range:
    """`cases` new drafts of one person; their ids, which follow each other."""
    with house.engine.begin() as db:
        owner = accounts.find(db, "applicant")
        wrapped = house.vault.new_person()
        person = db.execute(
            text("INSERT INTO person_key (wrapped) VALUES (:w) RETURNING id"), {"w": wrapped}
        ).scalar_one()
        first = _cases(db, cases, person, owner)
    return range(first, first + cases)


def give(house: House, cases: range, path: Sequence[Move], version: int = 0) -> int:
    """Let the commands of `path` wait for each of `cases`, whose data has `version` versions; the versions after."""
    with house.engine.begin() as db:
        people = {name: accounts.find(db, name) for name in ("applicant", "operator", "signer")}
        wrapped = db.execute(
            text("SELECT k.wrapped FROM person_key k JOIN case_ c ON c.person = k.id WHERE c.id = :c"), {"c": cases[0]}
        ).scalar_one()
        driver = db.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.executemany(_INSERT_DATA, _data_rows(house.vault.person(bytes(wrapped)), cases, path, version))
            cursor.executemany(_INSERT_COMMAND, _command_rows(people, cases, path, version))
    return version + sum(move.submits or move.reasoned for move in path)


_INSERT_DATA = (
    "INSERT INTO case_data (case_id, version, kind, cipher, salt, digest) VALUES (%s, %s, 'data', %s, %s, %s)"
)
_INSERT_COMMAND = 'INSERT INTO command (case_id, "do", actor, payload, key) VALUES (%s, %s, %s, %s, %s)'


def _data_rows(key: PersonKey, cases: range, path: Sequence[Move], before: int) -> Iterator[tuple[Any, ...]]:
    content = {"data": sample(), "documents": _documents()}
    reason = {"reason": "Foto buram, mohon unggah ulang.", "fields": ["photo"]}
    for case in cases:
        for version, body in _versions(path, before, content, reason):
            sealed = key.seal(body, place(case, version))
            yield case, version, sealed.cipher, sealed.salt, sealed.digest


def _command_rows(
    people: Mapping[str, int], cases: range, path: Sequence[Move], version: int
) -> Iterator[tuple[Any, ...]]:
    for move in path:
        version += move.submits or move.reasoned
        payload = Jsonb(_payload(move, version))
        for case in cases:
            yield case, move.do, str(people[move.by]), payload, uuid.uuid4()


def _cases(db: Any, cases: int, person: int, owner: int) -> int:
    rows = db.execute(
        text(
            "INSERT INTO case_ (process, definition, office, owner, person)"
            " SELECT 'bench', :h, :o, :w, :p FROM generate_series(1, :n) RETURNING id"
        ),
        {"h": bench_process().hash, "o": OFFICE, "w": owner, "p": person, "n": cases},
    )
    return int(min(rows.scalars()))


def _documents() -> dict[str, Any]:
    return {kind: {"id": n, "digest": PHOTO_DIGEST} for n, kind in enumerate(("photo", "ktp", "diploma"))}


def _versions(path: Sequence[Move], version: int, content: Any, reason: Any) -> Iterator[tuple[int, Any]]:
    for move in path:
        if move.submits or move.reasoned:
            version += 1
            yield version, content if move.submits else reason


def _payload(move: Move, version: int) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if move.submits:
        payload["data"] = version
    if move.reasoned:
        payload["input"] = version
    if move.checklist:
        payload["checklist"] = list(move.checklist)
    return payload
