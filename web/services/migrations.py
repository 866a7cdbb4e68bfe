"""Migrations of cases before supervisors: proposed, looked at beforehand, approved by another, led."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web import here
from web.database import session
from web.errors import FieldError, Problem, ProblemError, WebError, filled
from web.person import SUPERVISOR, Person
from workflow.db import case_migrations as store
from workflow.db import migration_preview
from workflow.db.case_migrations import Migration, MigrationRefusedError
from workflow.definition.errors import DefinitionError
from workflow.migration_plan import Plan, read_plan
from workflow.refusals import SENTENCES


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A migration with its progress."""

    migration: Migration
    progress: Mapping[str, int]
    #: How many cases stay where they are, by code.
    reasons: Mapping[str, int]


def listed() -> Sequence[Seen]:
    """The newest migrations."""
    _supervising()
    return [_seen(found) for found in store.listed(session())]


def one(id_: int) -> Seen:
    """A migration; raises `WebError`: `forbidden`, `unknown_migration`."""
    _supervising()
    return _seen(_get(id_))


def stayed(id_: int, *, code: str, after: int, limit: int) -> Sequence[Any]:
    """Cases that stay where they are, by number."""
    _supervising()
    _get(id_)
    return store.stayed(session(), id_, code=code, after=after, limit=limit)


def propose(text: str) -> Seen:
    """Keep a plan for another supervisor. Raises `WebError`: `forbidden`, `plan_invalid`."""
    plan = _parse(text)
    person = _require_supervisor(plan)
    id_ = store.propose(session(), plan, str(person.account), here.ports().clock())
    return _seen(store.get(session(), id_))


def dry_run(id_: int) -> Mapping[str, Any]:
    """What it would do to all live cases; nothing is written but the report."""
    found, ports = _get(id_), here.ports()
    _require_supervisor(found.plan)
    report = migration_preview.preview(session(), ports.library, ports.vault, found.plan, ports.clock()).as_json()
    store.keep_report(session(), id_, report)
    return report


def decide(id_: int, do: str, *, map_back: bool = False) -> Seen:
    """Approve, pause, resume, abort or revert.

    Raises `WebError`: `forbidden`, `unknown_migration`, `migration_four_eyes`, `migration_status`, `migration_busy`.
    """
    person = _require_supervisor(_get(id_).plan)
    decisions: Mapping[str, Callable[..., None]] = {
        "approve": store.approve,
        "pause": store.pause,
        "resume": store.resume,
        "abort": store.abort,
        "revert": store.revert,
    }
    more = {"map_back": map_back} if do == "revert" else {}
    try:
        decisions[do](session(), id_, str(person.account), here.ports().clock(), **more)
    except MigrationRefusedError as error:
        raise _problem(error) from None
    return _seen(store.get(session(), id_))


def _get(id_: int) -> Migration:
    try:
        return store.get(session(), id_)
    except MigrationRefusedError as error:
        raise _problem(error) from None


def _seen(found: Migration) -> Seen:
    return Seen(
        migration=found,
        progress=store.progress(session(), found.id),
        reasons=store.reasons(session(), found.id),
    )


def _supervising() -> Person:
    person = here.signed_in()
    if not person.has_role(SUPERVISOR):
        raise WebError("forbidden")
    return person


def _require_supervisor(plan: Plan) -> Person:
    """Cases of every office concerned change, so its supervisor must be one at all of them."""
    person = _supervising()
    if any(SUPERVISOR not in person.roles_at(office) for office in store.offices_of(here.ports().library, plan)):
        raise WebError("forbidden")
    return person


def _parse(text: str) -> Plan:
    library = here.ports().library
    _supervising()
    try:
        return read_plan(
            text, lambda process, version: store.find_version(session(), library, process, version), library.offices
        )
    except DefinitionError as error:
        fields = [
            FieldError(field=f"{p.line}:{p.column}", code=p.code, text={"id": p.message, "en": p.message})
            for p in error.problems
        ]
        raise WebError("plan_invalid", fields=fields) from None


def _problem(error: MigrationRefusedError) -> ProblemError:
    refusal = error.refusal
    text = filled(SENTENCES[refusal.code], refusal.details)
    return ProblemError(Problem(code=refusal.code, text=text, details=refusal.details))
