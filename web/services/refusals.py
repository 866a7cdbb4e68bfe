"""A refusal of the engine in words: titles for names, persons for accounts, local time for moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from web import here
from web.errors import FieldError, Problem, filled
from web.sentences import INPUT_CODES, SENTENCES
from web.services import moments
from web.services.names import names_of
from web.services.sight import Seen
from workflow.case import DRAFT
from workflow.commands import SUBMIT
from workflow.definition.form import problem_with
from workflow.definition.process import Text
from workflow.refusals import SENTENCES as REFUSED
from workflow.refusals import Refusal
from workflow.steps import STEPS

#: States and actions that no definition names.
BUILT_IN: Mapping[str, Text] = {
    DRAFT: {"id": "Konsep", "en": "Draft"},
    SUBMIT: {"id": "Ajukan", "en": "Submit"},
    "save": {"id": "Simpan", "en": "Save"},
    "claim": {"id": "Ambil tugas", "en": "Claim the task"},
    "release": {"id": "Lepaskan tugas", "en": "Release the task"},
    "assign": {"id": "Tugaskan", "en": "Assign the task"},
    "delegate": {"id": "Limpahkan tugas", "en": "Delegate the task"},
    "recuse": {"id": "Nyatakan benturan kepentingan", "en": "Declare a conflict of interest"},
    "prioritise": {"id": "Ubah prioritas", "en": "Change the priority"},
    "break_glass": {"id": "Buka akses darurat", "en": "Break the glass"},
    "review": {"id": "Nilai akses darurat", "en": "Review a broken glass"},
    "erase": {"id": "Hapus data pribadi", "en": "Erase personal data"},
}
#: Roles that no definition needs to name.
HOUSE_ROLES: Mapping[str, Text] = {
    "supervisor": {"id": "Pengawas", "en": "Supervisor"},
    "auditor": {"id": "Auditor", "en": "Auditor"},
    "admin": {"id": "Administrator", "en": "Administrator"},
}
_BY: Text = {"id": " oleh {who}", "en": " by {who}"}
_AT: Text = {"id": " pada {when}", "en": " on {when}"}


def told(refusal: Refusal, seen: Seen, *, status: int | None = None) -> Problem:
    """The problem that tells `refusal` to the person before whom the case stands."""
    by = refusal.details.get("by")
    who = _who(by, seen) if by else None
    template = refusal.text or REFUSED.get(refusal.code) or REFUSED["guard"]
    values = _values(refusal.details, seen, who)
    text = {language: filled({language: words}, values[language])[language] for language, words in template.items()}
    details = dict(refusal.details) | ({"by": who["id"]} if who else {})
    if "who" in details:
        details["who"] = _title("who", details["who"], seen)["id"]
    return Problem(code=refusal.code, text=text, details=details, fields=_fields(refusal, seen), status=status)


def of_outcome(outcome: Mapping[str, Any], seen: Seen) -> Problem:
    """The problem of a command's stored outcome; 409, since the command was accepted and then refused."""
    refusal = Refusal(outcome["code"], outcome.get("details", {}), outcome.get("text"))
    return told(refusal, seen, status=409)


def state_title(seen: Seen, state: str) -> Text:
    """The title of a state of the case's process."""
    spec = seen.process.states.get(state)
    return (spec.title if spec else None) or BUILT_IN.get(state) or _same(state)


def do_title(seen: Seen, do: str) -> Text:
    """The title of a transition of the case's process."""
    spec = seen.process.transitions.get(do)
    return (spec.title if spec else None) or BUILT_IN.get(do) or _same(do)


def role_title(seen: Seen, role: str) -> Text:
    """The title of a role of the case's process."""
    spec = seen.process.roles.get(role)
    return (spec.title if spec else None) or HOUSE_ROLES.get(role) or _same(role)


def run_title(run: str) -> Text:
    """The title of a step."""
    return STEPS[run].title if run in STEPS else _same(run)


def _who(actor: str, seen: Seen) -> Text:
    """A name for staff; the party reads who it was only where it was itself or the system."""
    if seen.is_staff or not actor.isdecimal():
        return names_of([actor])[actor]
    if actor == seen.actor.id:
        return {"id": "Anda", "en": "you"}
    return {"id": "petugas", "en": "an officer"}


def _values(details: Mapping[str, Any], seen: Seen, who: Text | None) -> Mapping[str, Mapping[str, str]]:
    """What fills the places of a sentence, by language."""
    titles: dict[str, Text] = {name: _title(name, value, seen) for name, value in details.items()}
    titles["since"] = _since(details, seen, who)
    return {language: {n: t.get(language) or t["id"] for n, t in titles.items()} for language in ("id", "en")}


def _title(name: str, value: Any, seen: Seen) -> Text:
    if isinstance(value, list | tuple):
        parts = [_title(_SINGULAR.get(name, name), v, seen) for v in value]
        return {language: ", ".join(p.get(language) or p["id"] for p in parts) for language in ("id", "en")}
    if isinstance(value, Mapping):
        return _title("field", value.get("field", ""), seen)
    tell = _TITLES.get(name)
    return tell(str(value), seen) if tell and value is not None else _same(str(value))


def office_title(office: str) -> Text:
    """The title of an office."""
    known = here.ports().library.offices.get(office)
    return known.title if known else _same(office)


def _field(value: str, seen: Seen) -> Text:
    for known in (seen.process.form.titles, _input_titles(seen)):
        if value in known:
            return known[value]
    return seen.process.checks.get(value.removeprefix("checklist.")) or _same(value)


def _input_titles(seen: Seen) -> Mapping[str, Text]:
    return {i.name: i.title for t in seen.process.transitions.values() for i in t.input if i.title}


def _document(value: str, seen: Seen) -> Text:
    spec = seen.process.documents.get(value)
    return spec.title if spec else _same(value)


def _name(value: str, seen: Seen) -> Text:
    return names_of([value])[value]


def _moment(value: str, seen: Seen) -> Text:
    return moments.told(datetime.fromisoformat(value), seen.zone)


_SINGULAR = {"fields": "field", "kinds": "kind", "ways": "do"}
_TITLES = {
    "do": lambda v, s: do_title(s, v),
    "state": lambda v, s: state_title(s, v),
    "role": lambda v, s: role_title(s, v),
    "other": lambda v, s: role_title(s, v),
    "run": lambda v, s: run_title(v),
    "office": lambda v, s: office_title(v),
    "hold": _field,
    "field": _field,
    "kind": _document,
    "until": _moment,
    "who": _name,
}


def _since(details: Mapping[str, Any], seen: Seen, who: Text | None) -> Text:
    at = details.get("at")
    by = {lang: filled(_BY, {"who": who.get(lang) or who["id"]})[lang] if who else "" for lang in ("id", "en")}
    when = _moment(at, seen) if at else None
    return {lang: by[lang] + (filled(_AT, {"when": when[lang]})[lang] if when else "") for lang in ("id", "en")}


def _fields(refusal: Refusal, seen: Seen) -> list[FieldError]:
    return list(_FIELDS[refusal.code](refusal.details, seen)) if refusal.code in _FIELDS else []


def _of_data(details: Mapping[str, Any], seen: Seen) -> Iterable[FieldError]:
    for entry in details.get("fields", ()):
        problem = problem_with(seen.process.form, entry["field"], entry["code"])
        yield FieldError(field=problem.field, code=problem.code, text=problem.message)


def _of_input(details: Mapping[str, Any], seen: Seen) -> Iterable[FieldError]:
    for entry in details.get("fields", ()):
        title = _field(entry["field"], seen)
        words = SENTENCES[INPUT_CODES.get(entry["code"], "input_wrong")]
        text = {lang: filled(words, {"title": title.get(lang) or title["id"]})[lang] for lang in words}
        yield FieldError(field=entry["field"], code=entry["code"], text=text)


def _of_documents(details: Mapping[str, Any], seen: Seen) -> Iterable[FieldError]:
    for kind in details.get("kinds", ()):
        title = _document(kind, seen)
        words = SENTENCES["document_needed"]
        text = {lang: filled(words, {"title": title.get(lang) or title["id"]})[lang] for lang in words}
        yield FieldError(field=kind, code="missing", text=text)


_FIELDS = {"data_incomplete": _of_data, "invalid_input": _of_input, "document_missing": _of_documents}


def _same(word: str) -> Text:
    return {"id": word, "en": word}
