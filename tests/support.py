"""Working a house by hand in tests: accounts, cases and performing everything that waits."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image
from ruamel.yaml import YAML
from sqlalchemy import Connection, text

from alur import accounts
from alur.wiring import House
from workers import workshop
from workers.jobs.performing import perform
from workflow.db import cases, library
from workflow.db.connect import WEB, engine_for
from workflow.db.drain import Drainer
from workflow.db.outbox import dispatchable

PROCESS = "ak1-online"
_SAMPLES = Path(__file__).parents[1] / "definitions" / PROCESS / "samples"


#: By chance, two of 149 registrations had the same NIK in one run of a hundred, and one was refused.
_NIKS = count(uuid.uuid4().int)


def sample_data(**changes: Any) -> dict[str, Any]:
    """The data of a good application; a NIK of its own unless one is given."""
    data = dict(YAML(typ="safe", pure=True).load((_SAMPLES / "siti.yaml").read_text()))
    data = dict(data.get("data", data))
    return data | {"nik": "1671015708" + f"{next(_NIKS) % 10**6:06}"} | changes


@cache
def photo(width: int = 300, height: int = 400) -> bytes:
    """A JPEG of a plain colour."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


@contextmanager
def as_web(house: House, account: str | None, *offices: str) -> Iterator[Connection]:
    """A transaction under the web's role, as `account` of `offices`."""
    engine = house.__dict__.setdefault("_web_engine", engine_for(house.urls.database, WEB))
    with house.engine.connect() as db:
        id_ = accounts.find(db, account) if account else None
    with engine.begin() as db:
        db.execute(
            text("SELECT set_config('alur.account', :a, true), set_config('alur.offices', :o, true)"),
            {"a": str(id_ or ""), "o": "{" + ",".join(offices) + "}"},
        )
        yield db


def account_id(house: House, name: str) -> int:
    """Id of an account."""
    with house.engine.connect() as db:
        return accounts.find(db, name)


def new_account(house: House, *memberships: str, name: str | None = None) -> str:
    """A fresh account with memberships such as `operator@palembang`; its name."""
    name = name or f"p{uuid.uuid4().hex[:10]}"
    with house.engine.begin() as db:
        id_ = accounts.add(db, name, name, None)
        for m in memberships:
            role, _, office = m.partition("@")
            accounts.join(db, id_, role, office)
    return name


def open_filled(
    house: House,
    owner: str | None,
    *,
    office: str = "palembang",
    data: Mapping[str, Any] | None = None,
    kinds: Sequence[str] = ("photo", "ktp", "diploma"),
    by: str | None = None,
    process: str = PROCESS,
) -> int:
    """A draft with data and documents, entered by its owner or by the officer `by`."""
    who, offices = (by, (office,)) if by else (owner, ())
    owner_id = account_id(house, owner) if owner else None
    with as_web(house, who, *offices) as db:
        hash_ = library.current(db, process)
        id_ = cases.open_case(db, house.vault, process=process, definition=hash_, office=office, owner=owner_id)
        cases.save_data(db, house.vault, cases.get(db, id_, lock=True), data or sample_data(), None)
        put_documents(db, house, id_, kinds)
    return id_


def put_documents(db: Connection, house: House, case: int, kinds: Sequence[str]) -> None:
    """Put photos into a working copy as documents of `kinds`, without the inspection of an upload."""
    for kind in kinds:
        found = cases.get(db, case, lock=True)
        key = cases.person_key_of(db, house.vault, found)
        blob = house.blobs.put(key.close(photo(), f"document/{case}/{kind}"))
        cases.attach(db, house.vault, found, kind, photo(), blob, {"media_type": "image/jpeg", "size": len(photo())})


def send(
    house: House,
    case: int,
    do: str,
    by: str,
    *,
    office: str = "palembang",
    submits: bool = False,
    given: Mapping[str, Any] | None = None,
    checklist: Sequence[str] = (),
    revision: int | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Write a command; its id. `by` is an account's name."""
    id_ = account_id(house, by)
    with house.engine.begin() as db:
        found = cases.get(db, case, lock=True)
        return cases.accept(
            db,
            house.vault,
            found,
            do=do,
            actor=str(id_),
            key=key or uuid.uuid4(),
            submits=submits,
            given=given,
            checklist=checklist,
            revision=revision,
        )


def outcome(house: House, command: int) -> tuple[str, dict[str, Any]]:
    """Status and outcome of a command."""
    with house.engine.connect() as db:
        row = db.execute(text("SELECT status, outcome FROM command WHERE id = :id"), {"id": command}).one()
    return row.status, row.outcome


def state(house: House, case: int) -> str:
    """The state that a case is in."""
    with house.engine.connect() as db:
        return cases.get(db, case).case.state


def drain(house: House) -> int:
    """Perform every waiting command; how many."""
    if "_drainer" not in house.__dict__:
        house.__dict__["_drainer"] = house.drainer()
    drainer: Drainer = house.__dict__["_drainer"]
    total = 0
    while done := drainer.drain(200).commands:
        total += done
    return total


def settle(house: House) -> None:
    """Perform commands and do steps until nothing waits."""
    workshop.enter(house.__dict__.setdefault("_workshop", house.workshop(signs=True)))
    while True:
        done = drain(house)
        with house.engine.begin() as db:
            works = dispatchable(db)
        for work in works:
            perform(work.id.case, work.id.seq, work.id.kind, work.attempt)
        if not done and not works:
            return
