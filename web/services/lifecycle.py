"""Drafts of definitions and what becomes of them: written, judged, published and retired by supervisors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from web import here
from web.database import session
from web.errors import FieldError, WebError
from web.person import AUDITOR, SUPERVISOR, Person
from web.services import definitions
from web.services.tasks import reason_of
from workflow.db import drafts, publishing
from workflow.db.drafts import Draft
from workflow.db.heat import Heat, heat
from workflow.db.publishing import Settled
from workflow.db.versions import Version, find, newest
from workflow.definition.diff import Diff, diff
from workflow.definition.draft import Checked, check_files, is_process_name, refuse_files
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.process import Process
from workflow.standing import EVERY_OFFICE

MAX_ID = 2**62
Files = Mapping[str, str]


def open_draft(process: str, files: Files | None) -> Draft:
    """A new draft; without `files` it begins with the texts of the version that new cases use.

    Raises `WebError`: `forbidden`, `unknown_process` (for what cannot be a name), `bad_files`.
    """
    if not is_process_name(process):
        raise WebError("unknown_process")
    person = _require_supervisor(process)
    base = newest(session(), process)
    if files is None:
        files = (publishing.texts(session(), base.hash) if base else None) or {}
    _require_files(files)
    return drafts.open_draft(
        session(), process, files, str(person.account), here.ports().clock(), base=base.hash if base else None
    )


def of_process(process: str) -> Sequence[Draft]:
    """Drafts that are not published; raises `WebError` (`forbidden`)."""
    _require_reader()
    return drafts.open_ones(session(), process) if is_process_name(process) else ()


def get(process: str, id_: int) -> Draft:
    """A draft; raises `WebError` (`forbidden`, `unknown_draft`)."""
    _require_reader()
    return _of(process, id_)


def save(process: str, id_: int, files: Files, seen: int | None, base: str | None) -> Draft:
    """Save over the revision `seen`, sound or not; `base` names the version that was taken into account meanwhile.

    Raises `WebError` (`forbidden`, `unknown_draft`, `bad_files`) and refusals: `stale_draft`, `draft_in_review`,
    `draft_published`, `unknown_version`.
    """
    person = _require_supervisor(process)
    _of(process, id_)
    _require_files(files)
    if base is not None:
        there = find(session(), base)
        if there is None or there.process != process:
            raise WebError("unknown_process")
    now = here.ports().clock()
    return drafts.save(session(), id_, files, seen, str(person.account), now, base=base)


def check(found: Draft) -> Checked:
    """The process of a draft, or everything that is wrong with it."""
    return check_files(found.process, found.files)


def submit(process: str, id_: int, seen: int | None) -> Settled:
    """Freeze a draft for its review; raises `WebError` (`definition_invalid`) and refusals."""
    person = _require_supervisor(process)
    _of(process, id_)
    try:
        return publishing.submit(session(), id_, seen, str(person.account), here.ports().clock())
    except DefinitionError as error:
        raise _invalid(error) from None


def send_back(process: str, id_: int, reason: str) -> Draft:
    """Let its authors go on with a draft in review; raises `WebError` (`reason_missing`) and refusals."""
    person = _require_supervisor(process)
    _of(process, id_)
    return drafts.send_back(session(), id_, reason_of(reason), str(person.account), here.ports().clock())


def publish(process: str, id_: int) -> Settled:
    """Publish a draft in review; raises `WebError` (`definition_invalid`) and refusals."""
    person = _require_supervisor(process)
    _of(process, id_)
    ports = here.ports()
    try:
        return publishing.publish(session(), ports.library.offices, id_, str(person.account), ports.clock())
    except DefinitionError as error:
        raise _invalid(error) from None


def retire(process: str, version: int | None, reason: str | None) -> Sequence[Version]:
    """Open no new cases of a version, or of the process; raises `WebError` and refusals."""
    definitions.versions_of(process)
    person = _require_supervisor(process)
    said = reason_of(reason) if reason else None
    return publishing.retire(session(), process, version, str(person.account), here.ports().clock(), said=said)


def compare(process: str, before: str | None, after: str) -> Diff:
    """What differs between two versions, each named by number, hash or `draft:ID`; None names the current one.

    Raises `WebError`: `unknown_process`, `forbidden` and `definition_invalid` for drafts.
    """
    old = _meant(process, before) if before else definitions.pinned(definitions.version(process).hash)
    return diff(old, _meant(process, after))


def problem_json(problem: Problem) -> dict[str, object]:
    """A problem as JSON, like `alur definitions check --json`."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "path": list(problem.path),
    }


def _meant(process: str, name: str) -> Process:
    if found := re.fullmatch(r"draft:(\d{1,18})", name, re.ASCII):
        checked = check(get(process, int(found[1])))
        if checked.process is None:
            raise _invalid(DefinitionError(checked.problems))
        return checked.process
    if re.fullmatch(r"\d{1,9}", name, re.ASCII):
        return definitions.pinned(definitions.version(process, int(name)).hash)
    there = next((v for v in definitions.versions_of(process) if v.hash == name), None)
    if there is None:
        raise WebError("unknown_process")
    return definitions.pinned(there.hash)


def _of(process: str, id_: int) -> Draft:
    found = drafts.get(session(), id_) if 0 < id_ < MAX_ID else None
    if found is None or found.process != process:
        raise WebError("unknown_draft")
    return found


def heat_of(process: str, since: date | None) -> Heat:
    """Visits of a process's states and moves since a day (UTC), of the cases that the person may see; for supervisors
    and auditors. Raises `WebError` (`unknown_process`, `forbidden`)."""
    _require_reader()
    definitions.versions_of(process)
    begun = datetime.combine(since or date(2000, 1, 1), time.min, UTC)
    return heat(session(), here.ports().library, process, begun)


def _require_supervisor(process: str) -> Person:
    """A supervisor in their own right, of every office that runs the process."""
    person = here.signed_in()
    mine = {office for role, office in person.own if role == SUPERVISOR}
    missing = {o.name for o in definitions.offices(process)} - mine
    if not mine or (missing and EVERY_OFFICE not in mine):
        raise WebError("forbidden")
    return person


def _require_reader() -> None:
    person = here.signed_in()
    if not (person.has_role(SUPERVISOR) or person.has_role(AUDITOR)):
        raise WebError("forbidden")


def _require_files(files: Files) -> None:
    if why := refuse_files(files):
        raise WebError("bad_files", {"why": why})


def _invalid(error: DefinitionError) -> WebError:
    fields = [
        FieldError(field=f"{p.file}:{p.line}:{p.column}", code=p.code, text={"id": p.message, "en": p.message})
        for p in error.problems
    ]
    return WebError("definition_invalid", {"problems": [problem_json(p) for p in error.problems]}, fields=fields)
