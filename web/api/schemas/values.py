"""How single values are written."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from web.language import language


class Words(fields.String):
    """A text in the language of the request."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(value.get(language()) or value["id"])


class Moment(fields.AwareDateTime):
    """A moment in ISO 8601 with its zone."""
