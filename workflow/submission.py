"""Turning the working copy into a version: form, documents and holds are checked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from workflow.case import Case
from workflow.commands import LINE, SUBMIT, Command, Standing, Submission
from workflow.decision import Refused
from workflow.definition.form import check_data
from workflow.definition.process import Hold, Process
from workflow.definition.statistics import statistics
from workflow.refusals import Refusal


def missing_documents(process: Process, submission: Submission) -> list[str]:
    """Kinds of documents that the data requires and that are not there."""
    return [
        kind.name
        for kind in process.documents.values()
        if kind.name not in submission.documents and is_required(process, kind.name, submission)
    ]


def is_required(process: Process, name: str, submission: Submission) -> bool:
    """True when the document `name` must be there for this data."""
    kind = process.documents[name]
    if kind.required_when is None:
        return not kind.optional
    values = {v: submission.data.get(v.removeprefix("data.")) for v in kind.required_when.variables}
    return kind.required_when.holds(values)


def refuse_content(process: Process, submission: Submission, today: date) -> Refusal | None:
    """Why this content cannot be submitted: the data first, then the documents."""
    problems = check_data(process.form, submission.data, complete=True, today=today)
    if problems:
        return Refusal("data_incomplete", {"fields": [{"field": p.field, "code": p.code} for p in problems]})
    missing = missing_documents(process, submission)
    return Refusal("document_missing", {"kinds": missing}) if missing else None


def version_body(process: Process, submission: Submission, today: date) -> dict[str, Any]:
    """What the event of a submission says of its content: digests and facts, never a value."""
    return {
        "data": {"version": submission.version, "digest": submission.digest},
        "documents": dict(submission.documents),
        "complete": not missing_documents(process, submission),
        "facts": statistics(process.form, submission.data, today),
    }


def holds_taken(process: Process, case: Case, command: Command) -> Taken:
    """The places that this submission takes, and those for which it stands in line.

    Raises `Refused` when a hold is full and has no line, or when the submission is not the first; the other cases are
    named only where they are the same party's. A case that may be replaced does not count: the new one stands beside
    it until it is issued, and officers are told.
    """
    taken = Taken({}, [], {}, None)
    for name, hold in process.holds.items():
        if name not in command.standings:
            continue
        key, standing = command.standings[name]
        taken.beside.extend(s.case for s in standing if _replaceable(process, hold, s.state))
        others = [s for s in standing if not _replaceable(process, hold, s.state)]
        if case.holds.get(name) == key or not _full(hold, others):
            taken.keys[name] = key
        elif hold.full is not None and command.do == SUBMIT:
            taken.line[name] = key
            taken = taken._replace(start=hold.full)
        elif case.line.get(name) != key:
            own = [s.case for s in others if s.owner is not None and s.owner == case.owner]
            raise Refused(Refusal("hold_full", {"hold": hold.key.removeprefix("data."), "others": own}))
    return taken


def _full(hold: Hold, others: Sequence[Standing]) -> bool:
    """True when no place is left; whoever comes while others wait does not pass them."""
    return sum(s.place != LINE for s in others) >= hold.limit or any(s.place == LINE for s in others)


class Taken(NamedTuple):
    """What a submission holds."""

    #: HMAC of the key, by hold.
    keys: dict[str, str]
    #: Cases beside which it stands until it replaces them.
    beside: list[int]
    #: HMAC of the key for whose place it waits, by hold.
    line: dict[str, str]
    #: State to start in, where a hold is full and says so.
    start: str | None

    def body(self) -> dict[str, Any]:
        """What the event of the submission says of it."""
        body: dict[str, Any] = {"holds": self.keys}
        if self.beside:
            body["beside"] = sorted(set(self.beside))
        if self.line:
            body["line"] = self.line
        return body


def _replaceable(process: Process, hold: Hold, state: str) -> bool:
    return hold.replaces is not None and state in process.transitions[hold.replaces].sources
