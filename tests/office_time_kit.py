"""Houses whose process counts office time, and versions of calendars for them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alur.wiring import House
from tests.calendar_kit import DISNAKER, disnaker
from tests.drain_kit import Hand, engine_write, one, rows, submitted
from tests.kernel_kit import RESULTS, ZONE, variant
from tests.support import account_id
from workflow.calendar import AnyCalendar
from workflow.db import calendars
from workflow.db.publishing import publish_shipped
from workflow.definition.calendar import Calendar
from workflow.definition.calendars import parse_calendar
from workflow.rulebook import Rulebook

#: The line of AK-1 that variants change.
TARGET = "target: PT24H"


def counting(
    folder: Path, target: str, *more: tuple[str, str], zone: ZoneInfo = ZONE, by: AnyCalendar | None = None
) -> Rulebook:
    """AK-1 whose promise is `target`, such as `P3D working`, at an office of `zone` that counts `by` a calendar."""
    book = variant(folder, (TARGET, f'target: "{target}"'), *more, zone=zone)
    return Rulebook(book.process, zone, lambda: by or disnaker())


def promise(house: House, folder: Path, target: str, *more: tuple[str, str]) -> str:
    """Publish AK-1 with another promise as the newest version; its hash."""
    process = counting(folder, target, *more).process
    with house.engine.begin() as db:
        publish_shipped(db, process, datetime.now(UTC))
    return process.hash


def disnaker_with(version: int, since: str, *changes: tuple[str, str]) -> Calendar:
    """The shipped calendar as its version `version`, valid from `since`, with pieces of its text replaced."""
    return parse_calendar(text_with(version, since, *changes), name="disnaker")


def text_with(version: int, since: str, *changes: tuple[str, str]) -> str:
    """The text of `disnaker_with`."""
    text = DISNAKER.read_text()
    text = text.replace("\nversion: 1\n", f"\nversion: {version}\n")
    text = re.sub(r'valid_from: "[^"]+"', f'valid_from: "{since}"', text)
    # A version knows the years from its first day on, so it may not speak of earlier ones.
    text = "".join(line for line in text.splitlines(keepends=True) if not _is_past(line, since))
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def _is_past(line: str, since: str) -> bool:
    found = re.match(r'\s+- \{from: "(\d{4})', line)
    return bool(found) and found[1] < since[:4]


def holiday(day: str, name: str = "Libur setempat") -> tuple[str, str]:
    """The change that declares a local holiday."""
    return ("added: []", f'added: [{{date: "{day}", name: {{id: "{name}", en: "{name}"}}}}]')


def put_in_force(house: House, calendar: Calendar, at: datetime | None = None) -> None:
    """Submit and publish a version, by two supervisors."""
    now = at or datetime.now(UTC)
    with house.engine.begin() as db:
        calendars.submit(db, calendar, str(account_id(house, "supervisor")), now)
        calendars.publish(db, calendars.draft(db, calendar.name), str(account_id(house, "supervisor2")), now)


def at_desk(house: House, hand: Hand) -> int:
    """A case that an officer may verify, submitted at the moment of `hand`."""
    case, _ = submitted(house)
    hand.drain()
    pass_checks(house, hand, case)
    return case


def pass_checks(house: House, hand: Hand, case: int) -> None:
    """Let the intake checks of a case end well, at the moment of `hand`."""
    seq = one(house, "SELECT seq FROM outbox WHERE case_id = :c AND kind = 'intake_checks' ORDER BY seq DESC", c=case)
    said = {"step": seq, "run": "intake_checks", "ok": True, "result": RESULTS["intake_checks"]}
    engine_write(
        house,
        'INSERT INTO command (case_id, "do", actor, payload, key) '
        "VALUES (:c, '@step', 'system', CAST(:said AS jsonb), gen_random_uuid())",
        c=case,
        said=json.dumps(said),
    )
    engine_write(
        house, "UPDATE outbox SET status = 'done', done_at = now() WHERE case_id = :c AND seq = :s", c=case, s=seq
    )
    hand.drain()


def armed(house: House, case: int) -> dict[str, datetime]:
    """Armed timers of a case with their dues."""
    return {r.name: r.due_at for r in rows(house, "SELECT name, due_at FROM timer WHERE case_id = :c", c=case)}


def task_due(house: House, case: int) -> datetime:
    """Due of the open task, as inboxes sort by it."""
    found: datetime = one(house, "SELECT due_at FROM task WHERE case_id = :c AND status = 'open'", c=case)
    return found
