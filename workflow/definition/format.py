"""The shape of a definition's files: their published JSON Schemas, and problems in our own words.

The schemas (`*.schema.json` beside this module) carry what the words need: `x-code` and `x-say` tell a
broken value's code and sentence, `x-missing` the code of a missing key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.node import Node

Kind = jsonschema_rs.ValidationErrorKind

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
#: Keyword → code and sentence where the schema does not say its own.
_TOLD = {
    "minLength": ("empty_text", "The text is empty; write it, or remove the key."),
    "maxLength": ("too_long", "The text is too long: at most {limit} characters."),
    "minItems": ("empty_list", "The list has no item; name one, or remove the key."),
    "minProperties": ("empty_mapping", "Nothing is named here; name at least one."),
    "minimum": ("out_of_range", "The number is too small: {limit} or more."),
    "maximum": ("out_of_range", "The number is too large: {limit} or less."),
    "uniqueItems": ("repeated", "The list names something twice; remove one."),
}


@cache
def schema_of(part: str) -> Mapping[str, Any]:
    """The published JSON Schema of `process`, `form`, `notices`, `standard` or `offices`."""
    text = (files("workflow.definition") / f"{part}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(part: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(schema_of(part)), pattern_options=jsonschema_rs.RegexOptions(), offline=True
    )


def check_format(node: Node, part: str) -> None:
    """Tell every place where the data of a file is not of the shape that `part` has."""
    _tell(node, schema_of(part), _validator(part).iter_errors(node.value))


def _tell(root: Node, schema: Mapping[str, Any], errors: Iterable[jsonschema_rs.ValidationError]) -> None:
    for error in errors:
        holder = _holder(schema, error.schema_path)
        node = _at(root, error.instance_path)
        match error.kind:
            case Kind.AdditionalProperties(unexpected=names):
                _tell_unknown(node, names, list(holder.get("properties", ())))
            case Kind.Required():
                _tell_missing(node, [error.kind.property], holder)
            case Kind.PropertyNames(error=inner):
                name = str(inner.instance)
                _tell_value(node.get(name), inner, _holder(schema, inner.schema_path), key=True)
            case Kind.OneOfNotValid(context=branches):
                _tell_branches(root, schema, error, branches)
            case _:
                _tell_other(node, error, holder)


def _tell_unknown(node: Node, names: list[str], known: list[str]) -> None:
    for name in names:
        message = f"Unknown key `{name}`: {did_you_mean(name, known)}"
        node.get(name).problem("unknown_key", message, hint=nearest(name, known), key=True)


def _tell_missing(node: Node, names: list[str], holder: Mapping[str, Any]) -> None:
    code = holder.get("x-missing", "missing_key")
    for name in names:
        said = f"The text in the language `{name}` is missing; add `{name}: …`."
        node.problem(
            code,
            said if code == "missing_language" else f"The key `{name}` is missing; add `{name}:`.",
            key=True,
        )


def _tell_branches(
    root: Node,
    schema: Mapping[str, Any],
    error: jsonschema_rs.ValidationError,
    branches: list[list[jsonschema_rs.ValidationError]],
) -> None:
    """Tell what is wrong by the one alternative whose type the value has; else that it has none of them."""
    fitting = [
        branch
        for branch in branches
        if not any(e.kind.name == "type" and e.instance_path == error.instance_path for e in branch)
    ]
    if len(fitting) == 1:
        _tell(root, schema, fitting[0])
    else:
        _tell_value(_at(root, error.instance_path), error, _holder(schema, error.schema_path))


def _tell_other(node: Node, error: jsonschema_rs.ValidationError, holder: Mapping[str, Any]) -> None:
    match error.kind:
        case Kind.Enum(options=options):
            known = [str(option) for option in options]
            message = f"`{node.value}` is not allowed here: {did_you_mean(str(node.value), known)}"
            node.problem("not_allowed", message, hint=nearest(str(node.value), known))
        case Kind.Constant(expected_value=expected):
            node.problem("not_allowed", f"Only `{expected}` is allowed here.")
        case _ if error.kind.name == "dependentRequired":
            missing = [n for names in holder["dependentRequired"].values() for n in names if not node.get(n).present]
            _tell_missing(node, missing, {})
        case _:
            _tell_value(node, error, holder)


def _tell_value(
    node: Node, error: jsonschema_rs.ValidationError, holder: Mapping[str, Any], *, key: bool = False
) -> None:
    keyword = error.kind.name
    if keyword == "type":
        wanted = " or ".join(_TYPES[name] for name in error.kind.as_dict()["types"])
        node.problem("wrong_type", f"Here stands {wanted}; found {_found(node.value)}.")
        return
    code, said = _TOLD.get(keyword, ("wrong_type", "This has not the shape that is expected here."))
    limit = error.kind.as_dict().get("limit", "")
    code, said = holder.get("x-code", code), holder.get("x-say", said.format(limit=limit))
    node.problem(code, f"`{error.instance}`: {said}" if keyword == "pattern" else said, key=key)


def _found(value: Any) -> str:
    if value is None:
        return _TYPES["null"]
    names = {dict: "object", list: "array", str: "string", int: "integer", bool: "boolean"}
    return _TYPES[names[type(value)]]


def _holder(schema: Mapping[str, Any], path: Iterable[str | int]) -> Mapping[str, Any]:
    """The part of `schema` that holds the keyword at the end of `path`."""
    part: Any = schema
    for key in list(path)[:-1]:
        part = part[key]
    return part if isinstance(part, Mapping) else {}


def _at(root: Node, path: Iterable[str | int]) -> Node:
    value: Any = root.value
    for key in path:
        value = value[key]
    return Node(root.source, root.report, tuple(path), value)
