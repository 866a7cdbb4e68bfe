"""Replaying one case for the command line: what it was, as JSON and in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.case import Case, Erased, fold_text
from workflow.db.replaying import Past, clocks_then
from workflow.erasing import UNDER
from workflow.errors import AlurError
from workflow.events import stamp
from workflow.powers import Power


class BadMomentError(AlurError):
    """The moment to replay to is not understood."""

    code = "bad_moment"


def moment_of(text: str) -> datetime:
    """An aware moment from what was typed; raises `BadMomentError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMomentError(f"{text} is not a moment such as 2026-11-21T09:00+07:00.") from None
    if moment.tzinfo is None:
        raise BadMomentError(f"{text} names no zone; write for example {text}+07:00.")
    return moment


def as_json(then: Past, names: Mapping[str, str], data: Mapping[str, Any] | None) -> dict[str, Any]:
    """For `--json`; `names` are those of accounts, `data` is left out where it was not asked for."""
    case, finding = then.case, then.finding
    told = {
        "id": case.id,
        "at": stamp(then.moment),
        "state": case.state,
        "revision": case.revision,
        "seq": case.seq,
        "head": case.head.hex(),
        "definition": case.definition,
        "erased": case.erased and {"at": stamp(case.erased.at), "under": case.erased.under},
        "data_version": case.data,
        "documents": dict(case.documents),
        "task": _task(case, names),
        "clocks": clocks_then(then),
        "powers": [_power(p, names) for p in then.powers],
        "fold": json.loads(fold_text(case)),
        "complete": then.complete,
        "difference": finding.sentence() if finding else None,
        "finding": {"code": finding.code, "seq": finding.seq} if finding else None,
    }
    return told if data is None else told | {"data": dict(data)}


def in_words(then: Past, names: Mapping[str, str], data: Mapping[str, Any] | None) -> str:
    """The same as lines for people."""
    case = then.case
    head = case.head.hex()[:16]
    lines = [
        f"Case {case.id} after {case.seq} events: {case.state}, revision {case.revision}, head {head}.",
        f"  definition {case.definition[:16]}, data version {case.data or 'none'}, at {stamp(then.moment)}",
    ]
    if case.erased is not None:
        lines += _erased(case.erased)
    if (task := _task(case, names)) is not None:
        held = f"held by {task['holder']} until {task['until']}" if task["holder"] else "held by nobody"
        lines.append(f"  task {task['id']} for {task['role']} at {task['office']}, {held}")
    lines += [_clock_line(c) for c in clocks_then(then)]
    lines += [_power_line(p, names) for p in then.powers]
    lines += [f"  {field} = {value}" for field, value in (data or {}).items()]
    if data == {} and case.erased is None:
        lines.append("  Its data cannot be shown: they were erased since, or there were none yet.")
    return "\n".join([*lines, _verdict(then)])


def _erased(erased: Erased) -> list[str]:
    title, day = UNDER[erased.under], erased.at.strftime("%Y-%m-%d %H:%M UTC")
    return [
        f"  Data pribadinya dihapus pada {day} berdasarkan {title['id']}.",
        f"  Its personal data were erased on {day} under {title['en']}; what they were cannot be told.",
    ]


def _verdict(then: Past) -> str:
    if then.finding is not None:
        differs = then.finding.code == "stored_differs"
        head = "It differs from what is stored" if differs else f"The history breaks at event {then.finding.seq}"
        return f"{head}: {then.finding.sentence()}"
    return "It equals what is stored." if then.complete else "The chain is whole up to here."


def _task(case: Case, names: Mapping[str, str]) -> dict[str, Any] | None:
    task = case.task
    if task is None:
        return None
    return {
        "id": f"{case.id}-{task.seq}",
        "role": task.role,
        "office": task.office,
        "holder": names.get(task.holder, task.holder) if task.holder else None,
        "until": stamp(task.until) if task.until else None,
    }


def _power(power: Power, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "do": power.do,
        "role": power.role,
        "able": [names.get(id_, id_) for id_ in power.able],
        "kept": {names.get(id_, id_): code for id_, code in power.kept.items()},
    }


def _power_line(power: Power, names: Mapping[str, str]) -> str:
    told = _power(power, names)
    kept = "; kept from it: " + ", ".join(f"{n} ({c})" for n, c in told["kept"].items()) if told["kept"] else ""
    by_itself = power.role in ("system", "timer", "hold")
    who = "by itself" if by_itself else ", ".join(told["able"]) or "nobody"
    return f"  {power.do} ({power.role}): {who}{kept}"


def _clock_line(clock: Mapping[str, Any]) -> str:
    if clock["stopped"]:
        stands = f"stopped {clock['stopped']}"
    elif clock["paused_at"]:
        stands = f"stands still since {clock['paused_at']}"
    else:
        stands = f"due {clock['due']}"
    return f"  clock {clock['clock']}: {clock['used']} % used, {stands}{', broken' if clock['breached'] else ''}"
