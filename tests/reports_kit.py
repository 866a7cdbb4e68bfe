"""A house with random cases over three months at two offices, performed by the engine with a clock set by hand."""

from __future__ import annotations

import heapq
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from alur.wiring import House
from tests.drain_kit import CHECKLIST, Hand, as_owner, rows
from tests.kernel_kit import RESULTS
from tests.migration_kit import Mover, renamed_word
from tests.support import new_account, open_filled, sample_data, send
from workflow.db import sweeps

#: The first moment at which a case may be submitted; the months that follow are counted.
START = datetime(2026, 9, 28, 3, tzinfo=UTC)
OFFICES = ("palembang", "lamongan")
CAUSES = ("name", "nik", "photo", "file", None)
Act = Callable[[], None]


@dataclass
class Season:
    """What happens, in the order of its time; `dice` decide."""

    house: House
    hand: Hand
    dice: random.Random
    staff: dict[str, dict[str, str]] = field(default_factory=dict)
    _line: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _n: int = 0

    def __post_init__(self) -> None:
        roles = {"operator": ("operator",), "second": ("operator",), "signer": ("signer",), "head": ("head",)}
        for office in OFFICES:
            made = {who: new_account(self.house, *(f"{r}@{office}" for r in named)) for who, named in roles.items()}
            self.staff[office] = made

    def later(self, at: datetime, act: Act) -> None:
        """Let something happen."""
        self._n += 1
        heapq.heappush(self._line, (at, self._n, act))

    def run(self, until: datetime) -> None:
        """Let everything happen that is due by then, timers at their very moment."""
        while self._line and self._line[0][0] <= until:
            at, _, act = heapq.heappop(self._line)
            self.pass_to(at)
            act()
            self.settle()
        self.pass_to(until)

    def pass_to(self, moment: datetime) -> None:
        """Let time pass; what falls due on the way happens when it is due."""
        while True:
            due = rows(self.house, "SELECT min(due_at) FROM timer")[0][0]
            if due is None or due > moment:
                break
            self.hand.now = max(due.astimezone(UTC), self.hand.now)
            with self.house.engine.begin() as db:
                sweeps.fire_timers(db, self.hand.now)
            self.settle()
        self.hand.now = max(moment, self.hand.now)

    def settle(self) -> None:
        """Perform every command, and let every step succeed at once."""
        while True:
            self.hand.drain()
            pending = rows(self.house, "SELECT id, fold->'step' AS step FROM case_ WHERE fold ? 'step'")
            if not pending:
                return
            for case, step in pending:
                said = {"step": step[0], "run": step[1], "ok": True, "result": RESULTS[step[1]]}
                with self.house.engine.begin() as db:
                    db.execute(
                        text(
                            'INSERT INTO command (case_id, "do", actor, payload, key) '
                            "VALUES (:c, '@step', 'system', CAST(:p AS jsonb), :k)"
                        ),
                        {"c": case, "p": orjson.dumps(said).decode(), "k": uuid.uuid4()},
                    )

    def by(self, office: str, who: str, case: int, do: str, **more: Any) -> Act:
        """An act of an officer; one that is not allowed by then is refused, and that is all."""
        return lambda: self._send(case, do, self.staff[office][who], **more)

    def _send(self, case: int, do: str, who: str, **more: Any) -> None:
        send(self.house, case, do, who, **more)

    def hours(self, low: float, high: float) -> timedelta:
        """A random length of time."""
        return timedelta(seconds=round(self.dice.uniform(low, high) * 3600))

    def seeker(self, at: datetime, nik: str | None = None, kind: str = "new") -> None:
        """An application for a card, from the submission to whatever becomes of its holder."""
        dice, office, owner = self.dice, self.dice.choice(OFFICES), new_account(self.house)
        changes = {
            "sex": dice.choice(["female", "male"]),
            "birth_date": f"{dice.randint(1966, 2009)}-0{dice.randint(1, 9)}-11",
            "education": dice.choice(["sma", "smk", "s1"]),
            "kecamatan": dice.choice(["Babat", "Plaju", "Sako"]),
            "kind": kind,
        }
        data = sample_data(**changes, **({"nik": nik} if nik else {}))
        kinds = ("photo", "ktp", "diploma", *(("old_card",) if kind == "renewal" else ()))
        case = open_filled(self.house, owner, office=office, data=data, kinds=kinds)

        def give(do: str) -> Act:
            return lambda: self._send(case, do, owner, submits=True)

        self.later(at, give("submit"))
        moment = at + self.hours(0.2, 4)
        way = dice.random()
        if way < 0.1:
            self.later(moment, lambda: self._send(case, "withdraw", owner))
            return
        if way < 0.45:
            cause = dice.choice(CAUSES)
            given = {"reason": "Belum jelas.", "fields": ["photo"], **({"cause": cause} if cause else {})}
            self.later(moment, self.by(office, dice.choice(["operator", "second"]), case, "return", given=given))
            if dice.random() < 0.25:
                return  # it lapses after fourteen days
            moment += self.hours(5, 120)
            self.later(moment, give("resubmit"))
        moment += self.hours(1, 40)
        if dice.random() < 0.1:
            self.later(moment, self.by(office, "operator", case, "reject", given={"reason": "Bukan pemohon."}))
            return
        who = dice.choice(["operator", "second"])
        self.later(moment, self.by(office, who, case, "approve", checklist=CHECKLIST))
        moment += self.hours(0.1, 6)
        self.later(moment, self.by(office, "signer", case, "sign"))
        self._afterwards(case, office, owner, moment, data["nik"], kind)

    def _afterwards(self, case: int, office: str, owner: str, moment: datetime, nik: str, kind: str) -> None:
        dice = self.dice
        then = moment + self.hours(24, 24 * 50)
        end = dice.random()
        if end < 0.2:
            self.later(then, lambda: self._send(case, "place", owner))
        elif end < 0.3:
            self.later(then, lambda: self._send(case, "leave", owner))
        elif end < 0.4:
            self.later(then, self.by(office, "head", case, "revoke", given={"reason": "Data palsu."}))
        elif end < 0.7 and kind == "new":
            # Opened when its time has come, since a draft pins the definition that is current.
            self.later(then, lambda: self.seeker(then + timedelta(minutes=1), nik, dice.choice(["renewal", "change"])))

    def complaint(self, at: datetime) -> None:
        """A complaint that is rated, answered, and perhaps accepted."""
        dice, office, owner = self.dice, self.dice.choice(OFFICES), new_account(self.house)
        data = {
            "channel": dice.choice(["web", "phone", "instagram"]),
            "subject": dice.choice(["delay", "suggestion", "fee"]),
            "story": "Menunggu lama di loket.",
        }
        case = open_filled(self.house, owner, office=office, data=data, kinds=(), process="complaint")
        self.later(at, lambda: self._send(case, "submit", owner, submits=True))
        moment = at + self.hours(0.5, 60)
        self.later(moment, self.by(office, "operator", case, dice.choice(["rate_minor", "rate_serious", "rate_grave"])))
        moment += self.hours(1, 24 * 9)
        given = {"reason": "Sudah diperbaiki."}
        self.later(moment, self.by(office, "operator", case, "answer", given=given))
        self.later(moment + self.hours(1, 90), self.by(office, "head", case, "decide", given=given))
        if dice.random() < 0.5:
            self.later(moment + self.hours(100, 200), lambda: self._send(case, "accept", owner))

    def survey(self, at: datetime, scores: list[int] | None = None, office: str | None = None) -> None:
        """Nine answers."""
        dice, owner = self.dice, new_account(self.house)
        given = scores or [dice.randint(1, 4) for _ in range(9)]
        data = {"service": dice.choice(["ak1-online", "complaint"])} | {f"u{n}": str(s) for n, s in enumerate(given, 1)}
        case = open_filled(
            self.house, owner, office=office or dice.choice(OFFICES), data=data, kinds=(), process="satisfaction"
        )
        self.later(at, lambda: self._send(case, "submit", owner, submits=True))

    def migrate(self, at: datetime, folder: Path) -> None:
        """Give `verifying` another name, and move the running cases."""

        def go() -> None:
            mover = Mover(self.house, self.hand, renamed_word(folder, "verifying", "checking"))
            mover.begin(canary={"cases": 0})
            mover.run()

        self.later(at, go)

    def erase(self, case: int) -> None:
        """What erasure leaves of a person: events, without the versions of data and the key."""
        as_owner(
            self.house,
            f"DELETE FROM case_data WHERE case_id = {case}",
            f"UPDATE person_key SET wrapped = NULL, erased_at = now() "
            f"WHERE id = (SELECT person FROM case_ WHERE id = {case})",
        )
