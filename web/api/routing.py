"""A blueprint whose arguments are read strictly: unknown fields, malformed and lossy JSON are refused with a code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar, cast

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from web.errors import FieldError, WebError, made
from workflow.canonical import admit

View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Reads arguments so that what is kept is what was sent."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}  # noqa: RUF012

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The JSON body; `missing` when there is none."""
        body = req.get_data(cache=True)
        if not body:
            return missing
        if req.mimetype != "application/json":
            raise WebError("unsupported_media_type", {"wanted": "application/json"})
        return parse_json(body)

    def handle_error(self, error: ma.ValidationError, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Tell every field that is not right."""
        raise WebError("invalid_request", fields=list(_fields(error.messages))) from None


class Routes(Blueprint):  # type: ignore[misc]
    """The routes of one noun: flask-smorest's blueprint, with types."""

    ARGUMENTS_PARSER = StrictParser()

    def get(self, rule: str) -> Callable[[View], View]:
        """Serve GET at `rule`."""
        return cast(Callable[[View], View], super().get(rule))

    def post(self, rule: str) -> Callable[[View], View]:
        """Serve POST at `rule`."""
        return cast(Callable[[View], View], super().post(rule))

    def put(self, rule: str) -> Callable[[View], View]:
        """Serve PUT at `rule`."""
        return cast(Callable[[View], View], super().put(rule))

    def delete(self, rule: str) -> Callable[[View], View]:
        """Serve DELETE at `rule`."""
        return cast(Callable[[View], View], super().delete(rule))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Read the arguments by `schema` and give them to the view."""
        return cast(Callable[[View], View], super().arguments(schema, **options))

    def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Describe the answer."""
        return cast(Callable[[View], View], super().response(status, schema, **options))

    def alt_response(self, status: int, **options: Any) -> Callable[[View], View]:
        """Describe another answer."""
        return cast(Callable[[View], View], super().alt_response(status, **options))

    def doc(self, **options: Any) -> Callable[[View], View]:
        """Describe something else."""
        return cast(Callable[[View], View], super().doc(**options))


def parse_json(body: bytes) -> Any:
    """The value of a JSON text; raises `WebError` (`not_utf8`, `malformed_json`) and `NotCanonicalError`.

    An object that names a key twice is malformed: two readers could see two different things.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise WebError("not_utf8") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
        admit(value)
    except (ValueError, RecursionError):
        raise WebError("malformed_json") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands twice")
    return out


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _fields(messages: Any, path: tuple[str, ...] = ()) -> Iterable[FieldError]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _fields(inner, path if name in _ROOMS and len(path) == 0 else (*path, str(name)))
        return
    field = ".".join(part for part in path if part != "_schema") or "body"
    said = str(messages[0]) if messages else ""
    code = _CODES.get(said, "invalid_field")
    yield FieldError(field=field, code=code, text=made(code, {"field": field}).text)


_ROOMS = frozenset({"json", "query", "form", "files", "json_or_form", "headers"})
_CODES = {
    "Unknown field.": "unknown_field",
    "Missing data for required field.": "required_field",
}
