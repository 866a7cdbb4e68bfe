"""What people said with their acts: reasons and other inputs, which the events name by digest only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from web import here
from web.database import session
from web.services import access
from web.services.sight import Seen
from workflow.db import history
from workflow.db.cases import DataErasedError
from workflow.db.drawings import KIND as DRAWING
from workflow.definition.process import Input, Text
from workflow.events import Event

#: Acts whose words belong to the case. Why somebody handed it on, put it forward or recused itself, or broke the glass,
#: is between those who work on it.
_TOLD = frozenset({"moved", "step_requested", "step_skipped", "diverted"})
REASON: Text = {"id": "Alasan", "en": "Reason"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One thing that was said."""

    #: Name of the input, such as `reason`.
    name: str
    title: Text
    text: Text


def inputs(found: Seen, events: Iterable[Event]) -> Mapping[str, Mapping[str, Any]]:
    """What was said with these events, by digest; only for staff who may read the case's data, for whom that is a look
    at them. Nothing once it is erased."""
    digests = {e.body["input"] for e in events if e.type in _TOLD and "input" in e.body}
    if not digests or found.is_owner or not found.is_staff:
        return {}
    try:
        given = history.read_inputs(session(), here.ports().vault, found.found, digests)
    except DataErasedError:
        return {}
    if given:
        access.note(found, "input")
    return given


def told(found: Seen, event: Event, given: Mapping[str, Mapping[str, Any]]) -> tuple[Said, ...]:
    """What was said with `event`, in the order of the definition that held then."""
    values = given.get(event.body.get("input", ""), {}) if event.type in _TOLD else {}
    if not values:
        return ()
    move = found.process.transitions.get(event.body.get("do", ""))
    asked = {i.name: i for i in move.input} if move is not None else {}
    if not asked:
        asked = {"reason": Input(name="reason", kind="text", title=REASON)}
    return tuple(
        Said(name=name, title=spec.title or REASON, text=_words(found, spec, values[name]))
        for name, spec in asked.items()
        if spec.kind != DRAWING and values.get(name) not in (None, "", [])
    )


def _words(found: Seen, spec: Input, value: Any) -> Text:
    parts = [_word(found, spec, part) for part in (value if isinstance(value, list) else [value])]
    return {lang: ", ".join(p.get(lang) or p["id"] for p in parts) for lang in ("id", "en")}


def _word(found: Seen, spec: Input, value: Any) -> Text:
    """A choice, a field or a document by its title; what was written as it stands."""
    text = str(value)
    if spec.kind == "choice" or spec.choices:
        return spec.words.get(text) or {"id": text}
    if spec.kind == "list":
        document = found.process.documents.get(text)
        return found.process.form.titles.get(text) or (document.title if document else {"id": text})
    if spec.kind == "date":
        return {"id": "-".join(reversed(text.split("-")))}
    return {"id": text}
