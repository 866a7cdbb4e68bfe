"""Turning the working copy into a version: form, documents and holds are checked here."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow.commands import Command, Submission
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


def holds_taken(process: Process, command: Command) -> tuple[dict[str, str], str | None]:
    """Keys of the holds that this submission takes, and the state to start in when one is full and says so.

    Raises `Refused` when a hold is full. A case whose holder may be replaced does not count: the new one stands
    beside it until it is issued.
    """
    keys: dict[str, str] = {}
    start: str | None = None
    for name, hold in process.holds.items():
        if name not in command.standings:
            continue
        key, standing = command.standings[name]
        others = [s.case for s in standing if not _replaceable(process, hold, s.state)]
        if len(others) >= hold.limit:
            if hold.full is None:
                raise Refused(Refusal("hold_full", {"hold": hold.key.removeprefix("data."), "others": others}))
            start = hold.full
        keys[name] = key
    return keys, start


def _replaceable(process: Process, hold: Hold, state: str) -> bool:
    return hold.replaces is not None and state in process.transitions[hold.replaces].sources
