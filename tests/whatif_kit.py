"""Past lives for what-ifs: random, prompt (nothing is late), and with times that a test can add up itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import text

from alur.wiring import House
from tests.kernel_kit import ANI, BUDI, CHECKLIST, CITRA, SITI, START, Desk, copy_of
from workflow.canonical import canonical
from workflow.case import fold_text
from workflow.rulebook import Rulebook

#: Moves between two looks at the clock.
Step = Callable[[Desk], None]


def lead(desk: Desk, random: Random, most_hours: float = 9) -> None:
    """A life from submission to some end, with returns, withdrawals and refusals; every step takes its time."""
    desk.give()
    _pass(desk, random, 0.2)
    desk.finish()
    for _ in range(random.randrange(4)):
        _pass(desk, random, most_hours)
        desk.do("return", random.choice([ANI, BUDI]), input={"reason": "x", "fields": ["photo"]}, input_digest="e" * 64)
        _pass(desk, random, 100)
        assert desk.give("resubmit", copy=copy_of(desk.versions + 1)).refusal is None
    _pass(desk, random, most_hours)
    end = random.random()
    if end < 0.1:
        desk.do("reject", ANI, input={"reason": "x"}, input_digest="e" * 64)
    elif end < 0.2:
        desk.do("withdraw", SITI)
    elif end < 0.9:
        desk.do("approve", ANI, checklist=CHECKLIST)
        _pass(desk, random, most_hours)
        desk.do("sign", CITRA)
        _pass(desk, random, 0.1)
        desk.finish()
        _pass(desk, random, 0.1)
        desk.finish()


def _pass(desk: Desk, random: Random, most_hours: float) -> None:
    desk.wait(seconds=random.uniform(0, most_hours * 3600))


def counted_hours(desk: Desk, now: datetime) -> float:
    """Hours that the office had the case, added up from the moves alone."""
    entered = [(e.at, e.body["to"]) for e in desk.events if e.type in ("submitted", "moved")]
    ends = [at for at, _ in entered[1:]] + [now]
    total = timedelta(0)
    for (at, state), end in zip(entered, ends, strict=True):
        if state in ("issued", "expired", "rejected", "withdrawn"):
            break
        if state != "correction":
            total += end - at
    return total.total_seconds() / 3600


def keep(house: House, book: Rulebook, seed: int) -> tuple[int, Desk]:
    """A random life, written to the database as the engine would have written it; the case and its desk."""
    random = Random(seed)
    with house.engine.begin() as db:
        person = db.execute(
            text("INSERT INTO person_key (wrapped) VALUES (:w) RETURNING id"), {"w": house.vault.new_person()}
        ).scalar_one()
        case = db.execute(
            text("INSERT INTO case_ (process, definition, office, owner, person) VALUES (:p, :d, 'palembang', 1, :k)"
                 " RETURNING id"),
            {"p": book.process.name, "d": book.process.hash, "k": person},
        ).scalar_one()  # fmt: skip
        desk = Desk(book, at=START + timedelta(hours=random.uniform(0, 2000)))
        desk.new = desk.case = desk.new._replace(id=case)
        lead(desk, random)
        db.execute(
            text("INSERT INTO event (case_id, seq, type, actor, at, body, hash)"
                 " VALUES (:case, :seq, :type, :actor, :at, CAST(:body AS jsonb), :hash)"),
            [{**e._asdict(), "body": canonical(e.body)} for e in desk.events],
        )  # fmt: skip
        c = desk.case
        db.execute(
            text("UPDATE case_ SET state = :state, revision = :revision, seq = :seq, head = :head, data = :data,"
                 " fold = CAST(:fold AS jsonb) WHERE id = :id"),
            {"state": c.state, "revision": c.revision, "seq": c.seq, "head": c.head, "data": c.data,
             "fold": fold_text(c), "id": case},
        )  # fmt: skip
    return int(case), desk
