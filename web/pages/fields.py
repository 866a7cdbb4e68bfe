"""The form's fields as a page shows them, and what a browser sends back as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from workflow.definition.process import Process, Text

Kind = Literal["text", "long", "digits", "email", "phone", "date", "radios", "select", "boolean", "lines", "integer"]

#: Choices up to this many are shown at once.
RADIOS = 4
#: A text that may be longer than this gets several lines.
ONE_LINE = 150  # characters
#: What a browser may fill in by itself, by the name of the field (WCAG 2.2, 1.3.5).
AUTOCOMPLETE: Mapping[str, str] = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "address": "street-address",
    "birth_date": "bday",
    "sex": "sex",
}
#: Where fields without a section go.
NO_SECTION = "data"
_DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    name: str
    kind: Kind
    title: Text
    hint: Text
    required: bool
    #: Value → words, in the order of the form.
    choices: Mapping[str, Text]
    #: Longest entry in characters, where there is a limit.
    longest: int | None
    autocomplete: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    name: str
    title: Text
    fields: tuple[Field, ...]


def sections(process: Process) -> tuple[Section, ...]:
    """The sections of the form with their fields, in its order."""
    schema = process.form.schema
    required = frozenset(schema.get("required", ()))
    by_section: dict[str, list[Field]] = {}
    for name in process.form.fields:
        spec = schema["properties"][name]
        by_section.setdefault(spec.get("x-section", NO_SECTION), []).append(_field(name, spec, name in required))
    titles = schema.get("x-sections", {})
    return tuple(
        Section(name=name, title=titles.get(name, {"id": "Data", "en": "Data"}), fields=tuple(found))
        for name, found in by_section.items()
    )


def _field(name: str, spec: Mapping[str, Any], required: bool) -> Field:
    return Field(
        name=name,
        kind=_kind(name, spec),
        title=spec.get("title", {"id": name}),
        hint=spec.get("description", {}),
        required=required,
        choices={str(c): spec.get("x-choices", {}).get(c, {"id": str(c)}) for c in spec.get("enum", ())},
        longest=spec.get("maxLength"),
        autocomplete=AUTOCOMPLETE.get(name, "off"),
    )


def _kind(name: str, spec: Mapping[str, Any]) -> Kind:
    by_type: dict[str, Kind] = {"boolean": "boolean", "integer": "integer", "array": "lines"}
    if "enum" in spec:
        return "radios" if len(spec["enum"]) <= RADIOS else "select"
    if spec.get("type") in by_type:
        return by_type[spec["type"]]
    by_format: dict[str, Kind] = {"date": "date", "email": "email"}
    if spec.get("format") in by_format:
        return by_format[spec["format"]]
    if spec.get("pattern", "").startswith("^[0-9]"):
        return "digits"
    if name == "phone":
        return "phone"
    return "long" if spec.get("maxLength", 0) > ONE_LINE else "text"


def parse(fields: tuple[Field, ...], entered: Mapping[str, str]) -> dict[str, Any]:
    """Data from what the browser sent for `fields`; an empty entry is None, one of a wrong form stays as it is."""
    return {field.name: _value(field, entered) for field in fields}


def _value(field: Field, entered: Mapping[str, str]) -> Any:
    if field.kind == "date":
        return _date(field, entered)
    text = entered.get(field.name, "").replace("\r\n", "\n").strip()
    if field.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if not text:
        return None
    if field.kind == "boolean":
        return {"yes": True, "no": False}.get(text, text)
    if field.kind == "integer":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    return text.replace(" ", "") if field.kind == "digits" else " ".join(text.split()) if field.kind == "text" else text


def _date(field: Field, entered: Mapping[str, str]) -> str | None:
    day, month, year = (entered.get(f"{field.name}.{part}", "").strip() for part in _DATE_PARTS)
    if not (day or month or year):
        return entered.get(field.name, "").strip() or None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return f"{year}-{month}-{day}"


def shown(field: Field, value: Any) -> dict[str, str]:
    """What the inputs of `field` hold for `value`, by name of input."""
    if field.kind == "date":
        year, month, day = [*str(value or "").split("-", 2), "", "", ""][:3]
        return {f"{field.name}.{name}": part for name, part in zip(_DATE_PARTS, (day, month, year), strict=True)}
    if value is None:
        return {field.name: ""}
    if field.kind == "boolean":
        return {field.name: {True: "yes", False: "no"}.get(value, "")}
    if field.kind == "lines" and isinstance(value, list):
        return {field.name: "\n".join(str(line) for line in value)}
    return {field.name: str(value)}


def words(field: Field, value: Any, language: str) -> str:
    """`value` as a person reads it; empty when nothing is there."""
    if value is None or value == "":
        return ""
    if field.kind == "boolean":
        return {True: {"id": "Ya", "en": "Yes"}, False: {"id": "Tidak", "en": "No"}}.get(value, {}).get(language, "")
    if field.choices:
        text = field.choices.get(str(value), {"id": str(value)})
        return text.get(language) or text["id"]
    if field.kind == "lines" and isinstance(value, list):
        return "\n".join(str(line) for line in value)
    if field.kind == "date":
        return "-".join(reversed(str(value).split("-")))
    return str(value)
