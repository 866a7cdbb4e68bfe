"""What became of a command: told from its row and, where it asked for a step, from the events behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from web.database import session
from web.errors import Problem, WebError, filled
from web.sentences import SENTENCES
from web.services import refusals
from web.services.sight import MAX_ID, Seen, see
from workflow.causes import cause
from workflow.db import history
from workflow.db.tables import command
from workflow.definition.process import Text
from workflow.incidents import RETRY

_WHY: Text = {
    "id": "{run} tidak berhasil; permohonan belum berpindah. {cause}",
    "en": "{run} did not succeed; the case has not moved. {cause}",
}

Status = Literal["pending", "working", "done", "refused", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    #: Command id.
    command: int
    case: int
    #: `pending`: nobody looked yet; `working`: a step is being done; `done`: the case moved; `refused`: nothing
    #: changed; `failed`: an incident, people decide.
    status: Status
    #: Why it was refused or failed.
    problem: Problem | None = None

    @property
    def settled(self) -> bool:
        """True when nothing more will become of it by itself."""
        return self.status in ("done", "refused", "failed")


def of_command(id_: int) -> Outcome:
    """What became of a command so far; raises `WebError` (`unknown_command`)."""
    row = session().execute(select(command).where(command.c.id == id_)).one_or_none() if 0 < id_ <= MAX_ID else None
    if row is None or not row.actor.isdecimal():
        raise WebError("unknown_command")
    if row.status == "pending":
        return Outcome(command=id_, case=row.case_id, status="pending")
    seen = see(row.case_id)
    if row.status != "done":
        return Outcome(command=id_, case=row.case_id, status="refused", problem=refusals.of_outcome(row.outcome, seen))
    return _of_step(id_, seen, row.do, row.outcome)


def _of_step(id_: int, seen: Seen, do: str, outcome: Mapping[str, Any]) -> Outcome:
    """The outcome of a command that was done: at once, unless its transition runs a step before it moves."""
    step = outcome.get("step")
    transition = seen.process.transitions.get(do)
    if step is None or (do != RETRY and (transition is None or transition.run is None)):
        return Outcome(command=id_, case=seen.case.id, status="done")
    body = {"step": step["seq"]}
    ended = history.last_event(session(), seen.case.id, "moved", "step_failed", "step_cancelled", body=body)
    if ended is None:
        return Outcome(command=id_, case=seen.case.id, status="working")
    if ended.type == "moved":
        return Outcome(command=id_, case=seen.case.id, status="done")
    return Outcome(command=id_, case=seen.case.id, status="failed", problem=_incident(seen, ended.type, ended.body))


def _incident(seen: Seen, type_: str, body: Mapping[str, Any]) -> Problem:
    """Staff reads the cause in words, which tell what to do; the party that the office knows."""
    run, code = str(body["run"]), body.get("code")
    title = refusals.run_title(run)
    why = cause(code) if type_ == "step_failed" and code and seen.is_staff else None
    words = _WHY if why else SENTENCES[type_]
    text = {
        language: filled(words, {"run": title[language], "cause": why[language] if why else ""})[language]
        for language in words
    }
    return Problem(code=type_, text=text, details={"run": run, "cause": code}, status=409)
