"""What a person filled in, against the form: problems to mend, and doubts for the officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import jsonschema_rs

from workflow.definition.process import Form, Text
from workflow.definition.schemas import compile_schema
from workflow.definition.statistics import age_on

#: JSON Schema keyword → our code.
_CODES = {
    "type": "wrong_type",
    "enum": "not_a_choice",
    "const": "not_a_choice",
    "pattern": "bad_format",
    "format": "bad_format",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minItems": "too_few",
    "maxItems": "too_many",
    "uniqueItems": "repeated",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "required": "required",
    "dependentRequired": "required",
    "additionalProperties": "unknown_field",
}
#: Code → sentence, where the field has no `x-error` of its own; `{title}` is the field's title.
_SAID: Mapping[str, Text] = {
    "required": {"id": "{title} belum diisi.", "en": "{title} is not filled in."},
    "wrong_type": {"id": "{title}: bentuk isian salah.", "en": "{title}: the entry has the wrong form."},
    "not_a_choice": {"id": "{title}: pilih salah satu pilihan.", "en": "{title}: choose one of the choices."},
    "bad_format": {"id": "{title}: penulisannya salah.", "en": "{title}: it is not written correctly."},
    "too_short": {"id": "{title}: isian terlalu pendek.", "en": "{title}: the entry is too short."},
    "too_long": {"id": "{title}: isian terlalu panjang.", "en": "{title}: the entry is too long."},
    "too_few": {"id": "{title}: isian kurang.", "en": "{title}: there are too few entries."},
    "too_many": {"id": "{title}: isian terlalu banyak.", "en": "{title}: there are too many entries."},
    "repeated": {"id": "{title}: ada isian yang sama.", "en": "{title}: an entry stands twice."},
    "out_of_range": {"id": "{title}: angka di luar batas.", "en": "{title}: the number is out of range."},
    "under_age": {
        "id": "Pemohon harus berusia paling sedikit {limit} tahun.",
        "en": "An applicant must be at least {limit} years old.",
    },
    "unknown_field": {
        "id": "Isian {title} tidak ada pada formulir ini.",
        "en": "This form has no field {title}.",
    },
    "invalid": {"id": "{title}: isian tidak dapat diterima.", "en": "{title}: the entry cannot be accepted."},
}
#: Codes whose sentence says more than the field's own `x-error` would.
_OWN_WORDS = frozenset({"required", "under_age", "unknown_field"})

#: Doubts about data, which warn the officer and never reject by themselves.
WARNINGS: Mapping[str, Text] = {
    "young_applicant": {
        "id": "Pemohon masih di bawah umur; periksa kembali tanggal lahirnya.",
        "en": "The applicant is a minor; check the date of birth again.",
    },
}

_MAX_COMPILED = 256
#: Compiled forms by the identity of their schema, which is kept so that the identity stays its own.
_compiled: dict[int, tuple[Mapping[str, Any], jsonschema_rs.Draft202012Validator]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One entry that cannot be accepted."""

    #: Name of the field; empty where the problem is of the whole form.
    field: str
    #: Stable name of what is wrong.
    code: str
    #: What to do, in each language.
    message: Text


def check_data(form: Form, data: Mapping[str, Any], *, complete: bool, today: date) -> list[FieldProblem]:
    """What is wrong with `data`: at most one problem a field, in the form's order.

    Blank text and None count as not given. With `complete=False` (a draft) only what is given is checked.
    `today` is the day in the office's zone, for the least age.
    """
    given = {field: value for field, value in data.items() if not is_blank(value)}
    found: dict[str, FieldProblem] = {}
    for field, code in _broken(form, given):
        if complete or code != "required":
            found.setdefault(field, _problem(form, field, code))
    for field, age, limits in _ages(form, given, today):
        if age < limits["reject"] and field not in found:
            found[field] = _problem(form, field, "under_age", limit=limits["reject"])
    order = {field: position for position, field in enumerate(form.fields)}
    return sorted(found.values(), key=lambda problem: order.get(problem.field, len(order)))


def is_blank(value: Any) -> bool:
    """True for what counts as not filled in."""
    return value is None or (isinstance(value, str) and not value.strip())


def data_warnings(form: Form, data: Mapping[str, Any], today: date) -> list[str]:
    """Codes of WARNINGS that `data` (checked already) gives the officer to look at."""
    young = any(limits["reject"] <= age < limits.get("warn", 0) for _, age, limits in _ages(form, data, today))
    return ["young_applicant"] if young else []


def problem_with(form: Form, field: str, code: str) -> FieldProblem:
    """The problem that was stored as `field` and `code`, with its words."""
    limits = form.schema.get("properties", {}).get(field, {}).get("x-minimum-age", {})
    return _problem(form, field, code, limit=limits.get("reject", 0))


def _broken(form: Form, given: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Fields with the code of what is wrong with them."""
    for error in _validator(form.schema).iter_errors(given):
        code = _CODES.get(error.kind.name, "invalid")
        if error.instance_path:
            yield str(error.instance_path[0]), "invalid" if code in ("required", "unknown_field") else code
        elif isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            yield error.kind.property, code
        elif isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            yield from ((name, code) for name in error.kind.unexpected)
        else:
            yield "", code


def _validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    kept, validator = _compiled.get(id(schema), (None, None))
    if validator is None or kept is not schema:
        if len(_compiled) >= _MAX_COMPILED:
            _compiled.clear()
        validator = compile_schema(schema)
        _compiled[id(schema)] = schema, validator
    return validator


def _ages(form: Form, data: Mapping[str, Any], today: date) -> Iterable[tuple[str, int, Mapping[str, int]]]:
    """Fields with a least age, the age they give, and the limits in years; malformed dates are left out."""
    for field, spec in form.schema.get("properties", {}).items():
        limits = spec.get("x-minimum-age")
        if not limits or not isinstance(data.get(field), str):
            continue
        try:
            yield field, age_on(date.fromisoformat(data[field]), today), limits
        except ValueError:
            continue


def _problem(form: Form, field: str, code: str, *, limit: int = 0) -> FieldProblem:
    spec = form.schema.get("properties", {}).get(field, {})
    own = spec.get("x-error") if code not in _OWN_WORDS else None
    said = own or _SAID.get(code, _SAID["invalid"])
    title = form.titles.get(field, {})
    message = {
        language: text.replace("{title}", title.get(language, field)).replace("{limit}", str(limit))
        for language, text in said.items()
    }
    return FieldProblem(field=field, code=code, message=message)
