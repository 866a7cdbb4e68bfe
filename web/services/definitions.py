"""Published processes, as anybody may read them: form, documents, service standard, states and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from web import here
from web.database import session
from web.errors import WebError
from workflow.db import library
from workflow.db.tables import definition
from workflow.db.versions import PUBLISHED
from workflow.definition.offices import Office
from workflow.definition.process import Process


def processes() -> Sequence[Process]:
    """The newest published version of every process, by name."""
    names = session().execute(select(definition.c.process).where(definition.c.status == PUBLISHED).distinct())
    return tuple(process(name) for name in sorted(names.scalars()))


def process(name: str) -> Process:
    """The newest published version of a process; raises `WebError` (`unknown_process`)."""
    if "\0" in name:
        raise WebError("unknown_process")
    return here.ports().library.process(session(), library.current(session(), name))


def offices(process_name: str) -> Sequence[Office]:
    """Offices that run a process."""
    return tuple(o for o in here.ports().library.offices.values() if process_name in o.processes)


def public(spec: Process) -> Mapping[str, Any]:
    """What anybody may read of a process, as JSON: nothing of how it decides."""
    return {
        "process": spec.name,
        "title": dict(spec.title),
        "hash": spec.hash,
        "standard": spec.standard,
        "form": spec.form.schema,
        "documents": [
            {
                "kind": d.name,
                "title": dict(d.title),
                "accept": list(d.accept),
                "max_size": d.max_size,
                "ratio": list(d.ratio) if d.ratio else None,
                "optional": d.optional,
                "required_when": d.required_when.source if d.required_when else None,
            }
            for d in spec.documents.values()
        ],
        "states": [
            {"state": s.name, "title": dict(s.title), "initial": s.initial, "final": s.final}
            for s in spec.states.values()
        ],
        "transitions": [
            {"do": t.name, "title": dict(t.title), "from": list(t.sources), "to": t.to, "by": t.by}
            for t in spec.transitions.values()
        ],
        "clocks": [
            {"clock": c.name, "title": dict(c.title), "target": c.target.source, "working": c.target.working}
            for c in spec.clocks.values()
        ],
        "offices": [{"office": o.name, "title": dict(o.title)} for o in offices(spec.name)],
    }
