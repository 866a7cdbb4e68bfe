"""Opening a case, saving its data, and showing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web import here
from web.database import session
from web.errors import FieldError, WebError
from web.person import Person
from web.services import cards, clocks, documents, notes, prints, refusals
from web.services.editing import require_editing
from web.services.names import names_of
from web.services.sight import MAX_ID, Seen, see, seen
from web.services.views import CaseView, ErasedView, StepView, TaskView
from workflow.case import DRAFT, Case, Task
from workflow.db import cases, deputies, history, inbox, library
from workflow.db.cases import DataErasedError, WorkingCopy, stored
from workflow.db.line import places_in_line
from workflow.definition.form import check_data
from workflow.definition.process import Process
from workflow.doubts import BESIDE, doubts
from workflow.erasing import UNDER
from workflow.priorities import name_of
from workflow.standing import EVERY_OFFICE

MAX_PAGE = 100


def open_case(process: str, office: str, data: Mapping[str, Any] | None = None, *, assisted: bool | None = None) -> int:
    """Open a draft and return its id. The signed-in person is the party, or, `assisted`, an officer who enters it
    for a person without an account; None means assisted for staff of the office.

    Raises `WebError`: `unknown_process`, `unknown_office`, `not_assisted`, `unknown_office_member`, `data_invalid`.
    """
    person, ports = here.signed_in(), here.ports()
    hash_ = library.current(session(), process)
    spec = ports.library.process(session(), hash_)
    place = ports.library.offices.get(office)
    if place is None or process not in place.processes:
        raise WebError("unknown_office")
    works_here = _works(person, spec, office)
    for_another = works_here if assisted is None else assisted
    if not for_another and not spec.submit_party:
        raise WebError("at_the_counter")
    if for_another and not spec.submit_assisted:
        raise WebError("not_assisted")
    if for_another and not works_here:
        raise WebError("unknown_office_member")
    id_ = cases.open_case(
        session(),
        ports.vault,
        process=process,
        definition=hash_,
        office=office,
        owner=None if for_another else person.account,
    )
    if data:
        save(see(id_, lock=True), data, None)
    return id_


def save(found: Seen, data: Mapping[str, Any], expected: int | None) -> int:
    """Replace the data of a locked case's working copy; returns the new revision. What is given must be right, what is
    missing may be missing.

    Raises a refusal, `stale_revision`, or `data_invalid` naming the fields.
    """
    require_editing(found)
    if expected is not None and expected != found.found.revision:
        raise WebError("stale_revision", {"revision": found.found.revision})
    today = found.now.astimezone(found.zone).date()
    problems = check_data(found.process.form, data, complete=False, today=today)
    if problems:
        fields = [FieldError(field=p.field, code=p.code, text=p.message) for p in problems]
        raise WebError("data_invalid", fields=fields)
    return cases.save_data(session(), here.ports().vault, found.found, data, expected)


def show(found: Seen, *, personal: bool = True) -> CaseView:
    """The case as the person sees it; `personal=False` leaves out data, documents and notes, and logs nothing."""
    case, process, stands = found.case, found.process, found.found
    personal = personal and found.may_read
    copy = _copy(found) if personal else None
    return CaseView(
        id=case.id,
        process=case.process,
        process_title=process.title,
        office=case.office,
        office_title=found.office.title,
        state=case.state,
        state_title=refusals.state_title(found, case.state),
        final=case.state != DRAFT and process.states[case.state].final,
        revision=stands.revision,
        owner=found.is_owner,
        editable=found.may_edit,
        data=copy.data if copy else None,
        documents=documents.list_all(found, copy) if copy else (),
        task=task_view(found, case.task) if case.task else None,
        clocks=clocks.clocks(found),
        line=places_in_line(session(), case.id) if case.line else {},
        deadline=clocks.deadline(found),
        step=_step(found),
        card=cards.show(found),
        printed=prints.show(found),
        note=notes.note(found) if copy else None,
        doubts=_doubts(found, copy) if copy and found.is_staff else (),
        created_at=stands.created_at,
        submitted_at=case.submitted_at,
        entered_at=case.entered_at,
        saved_at=copy.saved_at if copy else None,
        erased=erased_view(case),
    )


def mine(*, before: int | None = None, limit: int = 20) -> Sequence[CaseView]:
    """The signed-in person's own cases, newest first, without their data; page on with `before`, the last id."""
    person = here.signed_in()
    if before is not None and not 0 < before <= MAX_ID:
        raise WebError("bad_cursor")
    rows = inbox.cases_of(session(), person.account, before=before, limit=min(limit, MAX_PAGE))
    return [show(seen(stored(dict(row._mapping)), person), personal=False) for row in rows]


def task_view(found: Seen, task: Task) -> TaskView:
    """The open task as the person sees it."""
    spec = found.process.states[found.case.state].task
    title = refusals.role_title(found, task.role)
    named = found.is_staff or task.holder == found.actor.id
    holder = names_of([task.holder])[task.holder] if task.holder and named else title if task.holder else None
    absent = _lender(found, task) if named else None
    return TaskView(
        id=f"{found.case.id}-{task.seq}",
        seq=task.seq,
        role=task.role,
        role_title=title,
        office=task.office,
        holder=holder,
        deputy_of=names_of([absent])[absent] if absent else None,
        priority=name_of(task.priority),
        mine=task.holder == found.actor.id,
        until=task.until,
        checklist={item: found.process.checks.get(item, {"id": item}) for item in (spec.checklist if spec else ())},
        bulk=bool(spec and spec.bulk),
    )


def _lender(found: Seen, task: Task) -> str | None:
    """Account for which the holder stands in."""
    if task.holder is None:
        return None
    known = deputies.lenders(session(), [int(task.holder)], found.now).get((int(task.holder), task.role), ())
    return next((str(absent) for office, absent in known if office in (task.office, EVERY_OFFICE)), None)


def erased_view(case: Case) -> ErasedView | None:
    """That the data of the case are gone, and under what."""
    gone = case.erased
    return gone and ErasedView(at=gone.at, under=gone.under, title=UNDER[gone.under])


def _copy(found: Seen) -> WorkingCopy | None:
    """Data and documents as the person sees them; None once they are erased, while the case itself stays."""
    try:
        return documents.standing(found)
    except DataErasedError:
        return None


def _works(person: Person, process: Process, office: str) -> bool:
    staff = {role.name for role in process.roles.values() if not role.party}
    return bool(person.roles_at(office) & staff)


def _step(found: Seen) -> StepView | None:
    step = found.case.step
    return step and StepView(seq=step.seq, run=step.run, title=refusals.run_title(step.run), failed=step.failed)


def _doubts(found: Seen, copy: WorkingCopy) -> tuple[str, ...]:
    """What an officer should look at, of the data and documents that stand now."""
    inspected = [w for d in documents.list_all(found, copy) for w in d.warnings]
    today = found.now.astimezone(found.zone).date()
    codes = doubts(found.process, found.office.region, copy.data, inspected, today)
    submitted = history.last_event(session(), found.case.id, "submitted", "moved", body={"data": {}})
    beside = submitted is not None and submitted.body.get("beside")
    return (*codes, BESIDE) if beside else tuple(codes)
