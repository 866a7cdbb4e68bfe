"""What an officer asked to be mended, and whether it has been touched since."""

from __future__ import annotations

from dataclasses import dataclass

from web import here
from web.database import session
from web.services import documents, notes
from web.services.sight import Seen
from workflow.db import cases

#: Inputs of the transition that returns a case: the reason in words, and the fields and documents it is about.
REASON, FIELDS = "reason", "fields"


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    #: The officer's words.
    reason: str
    #: Names of fields and document kinds to mend; empty when the officer named none.
    marked: frozenset[str]
    #: Those of `marked` that differ from what was submitted.
    mended: frozenset[str]


def correction(found: Seen) -> Correction | None:
    """What the person is asked to mend; None where nothing was given and returned."""
    if not found.case.data or not found.book.editable(found.case.state):
        return None
    note = notes.note(found)
    if note is None:
        return None
    known = {*found.process.form.fields, *found.process.documents}
    wanted = note.inputs.get(FIELDS, ())
    marked = frozenset(name for name in wanted if name in known) if isinstance(wanted, list) else frozenset()
    return Correction(
        reason=str(note.inputs.get(REASON, "")),
        marked=marked,
        mended=frozenset(name for name in marked if _differs(found, name)),
    )


def _differs(found: Seen, name: str) -> bool:
    copy = documents.standing(found)
    given = cases.read_version(session(), here.ports().vault, found.found, found.case.data)
    if name in found.process.documents:
        return bool(copy.documents.get(name) != given.get("documents", {}).get(name))
    return bool(copy.data.get(name) != given.get("data", {}).get(name))
