"""Published processes, as anybody may read them: form, documents, service standard, states and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web import here
from web.database import session
from web.errors import WebError
from workflow.db import library, versions
from workflow.db.versions import PUBLISHED, Version
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.refusals import Refusal, RefusedError


def processes() -> Sequence[Process]:
    """The version that new cases use, of every process that opens any, by name."""
    newest = {v.process: v.hash for v in versions.versions(session()) if v.status == PUBLISHED}
    return tuple(pinned(newest[name]) for name in sorted(newest))


def known() -> Sequence[Process]:
    """The newest version of every process, by name, retired ones too: their cases go on."""
    newest: dict[str, str] = {}
    for v in sorted(versions.versions(session()), key=lambda v: (v.process, v.status == PUBLISHED, v.version)):
        newest[v.process] = v.hash
    return tuple(pinned(hash_) for hash_ in newest.values())


def pinned(hash_: str) -> Process:
    """The version that a case pins."""
    return here.ports().library.process(session(), hash_)


def offered() -> Sequence[Process]:
    """The same in the order in which the offices name them, so that what they name first is offered first."""
    named = [name for office in here.ports().library.offices.values() for name in office.processes]
    place = {name: n for n, name in enumerate(dict.fromkeys(named))}
    return sorted(processes(), key=lambda p: (place.get(p.name, len(place)), p.name))


def process(name: str) -> Process:
    """The version of a process that new cases use; raises UnknownDefinitionError."""
    if "\0" in name:
        raise WebError("unknown_process")
    return pinned(library.current(session(), name))


def version(name: str, number: int | None = None) -> Version:
    """Version `number` of a process; when None the one that new cases use, or else the last.

    Raises `WebError` (`unknown_process`) and RefusedError (`unknown_version`).
    """
    found = versions_of(name)
    if number is not None:
        chosen = next((v for v in found if v.version == number), None)
        if chosen is None:
            raise RefusedError(Refusal("unknown_version", {"process": name, "version": number}))
        return chosen
    return next((v for v in reversed(found) if v.status == PUBLISHED), found[-1])


def versions_of(name: str) -> Sequence[Version]:
    """Every version of a process, in order; raises `WebError` (`unknown_process`)."""
    found = versions.versions(session(), name) if "\0" not in name else ()
    if not found:
        raise WebError("unknown_process")
    return found


def offices(process_name: str) -> Sequence[Office]:
    """Offices that run a process."""
    return tuple(o for o in here.ports().library.offices.values() if process_name in o.processes)


def cases_of(name: str) -> Mapping[str, Mapping[str, int]] | None:
    """Hash → how many cases are drafts, running and finished, of those that the person may see; None for the public."""
    person = here.person()
    if person is None or not person.is_staff:
        return None
    counted = versions.cases_by_state(session(), name)
    out = {v.hash: {"drafts": 0, "running": 0, "finished": 0} for v in versions_of(name)}
    for hash_, states in counted.items():
        spec = pinned(hash_)
        for state, number in states.items():
            final = state in spec.states and spec.states[state].final
            out[hash_]["finished" if final else "running" if state in spec.states else "drafts"] += number
    return out


def public(spec: Process) -> Mapping[str, Any]:
    """What anybody may read of a process at a glance, as JSON: nothing of how it decides."""
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
