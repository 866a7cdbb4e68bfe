"""Whether the staff of offices can meet four eyes in the processes that they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from workflow.db.cases import Executor
from workflow.db.drafts import DraftRefusedError
from workflow.db.tables import account, membership
from workflow.definition.checks.fault import Fault
from workflow.definition.checks.staff import staff_problems
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.refusals import Refusal
from workflow.standing import EVERY_OFFICE

#: Any number; whoever changes who works where, or relies on it, holds this lock until its transaction ends.
_LOCK = 4131


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmet:
    """A task that the staff of an office may find itself unable to do."""

    process: str
    office: str
    state: str
    role: str
    #: `role_unstaffed` or `four_eyes_unmet`.
    code: str
    #: Transitions after which nobody may act.
    path: tuple[str, ...]
    #: English sentence with the names of persons: for supervisors, never for the journal.
    message: str

    def details(self) -> dict[str, object]:
        """Facts for a refusal or a report, without names of persons."""
        return {
            "process": self.process,
            "office": self.office,
            "state": self.state,
            "role": self.role,
            "code": self.code,
            "path": list(self.path),
        }


def take_turns(db: Executor) -> None:
    """Let nobody else change memberships until the transaction ends."""
    db.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def staff_of(db: Executor, office: str) -> Mapping[str, frozenset[str]]:
    """Name → roles of the active accounts that work for `office`."""
    query = (
        select(account.c.name, membership.c.role)
        .join(membership, membership.c.account == account.c.id)
        .where(account.c.active, membership.c.office.in_([office, EVERY_OFFICE]))
    )
    out: dict[str, set[str]] = {}
    for name, role in db.execute(query):
        out.setdefault(name, set()).add(role)
    return {name: frozenset(roles) for name, roles in out.items()}


def unmet(db: Executor, process: Process, offices: Mapping[str, Office]) -> list[Unmet]:
    """What the staff of each office that runs `process` cannot meet, and tasks sent to an office without the role."""
    running = [o for o in offices if process.name in offices[o].processes]
    out = [_told(process, office, f) for office in running for f in _faults(db, process, office)]
    known = {(u.office, u.state) for u in out}
    return out + [u for u in _routed(db, process) if running and (u.office, u.state) not in known]


def require_met(db: Executor, process: Process, offices: Mapping[str, Office]) -> None:
    """Raise `DraftRefusedError` (`staff_unmet`) where `process` could not be run; memberships stay as they are until
    the transaction ends."""
    take_turns(db)
    if found := unmet(db, process, offices):
        details = {**found[0].details(), "problems": [u.details() for u in found]}
        raise DraftRefusedError(Refusal("staff_unmet", details))


def _faults(db: Executor, process: Process, office: str) -> list[Fault]:
    # Roles of other processes tell persons apart that are alike here, and make the search larger.
    known = set(process.roles)
    crew = {name: roles & known for name, roles in staff_of(db, office).items()}
    return staff_problems(process, office, {name: roles for name, roles in crew.items() if roles})


def _told(process: Process, office: str, fault: Fault) -> Unmet:
    state = str(fault.place[1])
    task = process.states[state].task
    return Unmet(
        process=process.name,
        office=office,
        state=state,
        role=task.role if task else "",
        code=fault.code,
        path=fault.path,
        message=fault.message,
    )


def _routed(db: Executor, process: Process) -> Iterable[Unmet]:
    """Tasks that go to an office where nobody has their role."""
    for state in process.states.values():
        task = state.task
        if task is None or task.office is None:
            continue
        if any(task.role in roles for roles in staff_of(db, task.office).values()):
            continue
        said = f"Nobody at `{task.office}` is `{task.role}`, whom `{state.name}` needs; give somebody the role."
        yield Unmet(
            process=process.name,
            office=task.office,
            state=state.name,
            role=task.role,
            code="role_unstaffed",
            path=(),
            message=said,
        )
