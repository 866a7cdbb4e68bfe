"""JSON Schema 2020-12 as supervisors write it: no pattern can hang the server, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from workflow.definition.errors import Path, did_you_mean

#: Keywords that point at another schema.
_REFERENCES = ("$ref", "$dynamicRef")
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
#: Keywords whose value is a mapping of names to schemas.
_NAMED = ("properties", "$defs", "patternProperties", "dependentSchemas")


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """Why a JSON Schema cannot be used."""

    #: Place within the schema.
    path: Path
    #: A sentence.
    message: str


def compile_schema(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A validator with linear-time patterns, checked formats and no network.

    Marks of ours (`x-…`, titles and descriptions in several languages) are left out. Raises
    `jsonschema_rs.ValidationError` for what is not a schema.
    """
    return jsonschema_rs.Draft202012Validator(
        plain(schema), validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True
    )


def schema_problem(schema: Mapping[str, Any]) -> SchemaProblem | None:
    """Why `schema` cannot be used, or None.

    References are refused: chains of them take exponential time to check, and guards cannot tell their types.
    """
    if (path := _reference(schema, ())) is not None:
        return SchemaProblem(path, f"`{path[-1]}` is not followed; write the schema out where it is used.")
    try:
        compile_schema(schema)
    except jsonschema_rs.ValidationError as error:
        return SchemaProblem(tuple(error.instance_path), _told(error))
    return None


def _reference(schema: Any, path: Path) -> Path | None:
    """The place of the first reference to another schema, or None."""
    if not isinstance(schema, Mapping | list):
        return None
    for key, value in schema.items() if isinstance(schema, Mapping) else enumerate(schema):
        if key in _REFERENCES:
            return (*path, key)
        if (found := _reference(value, (*path, key))) is not None:
            return found
    return None


def _told(error: jsonschema_rs.ValidationError) -> str:
    if error.instance_path[-1:] == ["type"]:
        return f"`{error.instance}` is not a type: {did_you_mean(str(error.instance), TYPES)}"
    if error.instance_path[-1:] == ["pattern"]:
        return f"`{error.instance}` is not a regular expression without look-around; correct the pattern."
    return f"This is not a JSON Schema (2020-12): {error.message.splitlines()[0]}."


def plain(schema: Any) -> Any:
    """`schema` without the marks that only Alur reads."""
    if isinstance(schema, list):
        return [plain(element) for element in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: _plain_value(key, value) for key, value in schema.items() if not _is_mark(key, value)}


def _plain_value(key: str, value: Any) -> Any:
    if key in _NAMED and isinstance(value, Mapping):
        return {name: plain(spec) for name, spec in value.items()}
    return value if key in ("enum", "const", "default", "examples") else plain(value)


def _is_mark(key: str, value: Any) -> bool:
    return key.startswith("x-") or (key in ("title", "description") and isinstance(value, Mapping))
