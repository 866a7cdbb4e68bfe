"""Notices of the person."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.notice import NoticeSchema, NoticesSchema
from web.api.schemas.queries import NoticesQuery
from web.services import notices

routes = Routes("notices", __name__, description="Notices of the person.")


@routes.get("/notices")
@routes.arguments(NoticesQuery, location="query")
@routes.response(200, NoticesSchema)
def list_notices(query: dict[str, Any]) -> Response:
    """What the person was told, newest first."""
    found = notices.notices(before=query["before"], limit=query["limit"])
    last = found[-1].id if len(found) == query["limit"] else None
    return jsonify(notices=NoticeSchema(many=True).dump(found), unread=notices.unread(), next=last)


@routes.post("/notices/<int:id_>/read")
@routes.response(200)
@once
def read_notice(id_: int) -> Reply:
    """Note that a notice was read."""
    notices.mark_read(id_)
    return Reply(status=200, body={"id": id_, "read": True})
