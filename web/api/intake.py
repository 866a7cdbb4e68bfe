"""The online desk: complaints and satisfaction surveys of everybody, without an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify

from web import limits
from web.api import asked
from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.intake import FileSchema, FollowedSchema, ReceiptActionSchema, ReceiptSchema
from web.services import intake, transitions

routes = Routes("intake", __name__, description="The online desk, for everybody.")


def at_the_desk(view: Callable[..., Response]) -> Callable[..., Response]:
    """Count the try, and let what follows be done by the desk's own account."""

    @wraps(view)
    def inner(*args: Any, **named: Any) -> Response:
        limits.count("intake")
        intake.enter()
        return view(*args, **named)

    return inner


@routes.post("/complaints")
@routes.arguments(FileSchema)
@routes.response(201, ReceiptSchema)
@routes.doc(security=[])
@at_the_desk
@once
def file_complaint(body: dict[str, Any]) -> Reply:
    """File a complaint; the answer has the receipt with which to follow it. `channel` is `web` where none is said."""
    return _file("complaint", body["office"], {"channel": "web", **body["data"]})


@routes.post("/satisfaction")
@routes.arguments(FileSchema)
@routes.response(201, ReceiptSchema)
@routes.doc(security=[])
@at_the_desk
@once
def file_survey(body: dict[str, Any]) -> Reply:
    """Hand in a satisfaction survey."""
    return _file("satisfaction", body["office"], body["data"])


@routes.get("/receipts/<receipt>")
@routes.response(200, FollowedSchema)
@routes.doc(security=[])
def follow(receipt: str) -> Response:
    """How what was filed stands, and what its holder may do now."""
    limits.count("verify")
    return jsonify(FollowedSchema().dump(intake.follow(receipt)))


@routes.post("/receipts/<receipt>/<do>")
@routes.arguments(ReceiptActionSchema)
@routes.response(202, ReceiptSchema)
@routes.doc(security=[])
@at_the_desk
@once
def act(body: dict[str, Any], receipt: str, do: str) -> Reply:
    """Act as the person that filed it, such as accepting an answer or objecting to it."""
    accepted = intake.perform(receipt, do, body["input"], asked.key())
    return _told(202, {"receipt": receipt, "case": accepted.case, "command": accepted.command})


def _file(process: str, office: str, data: dict[str, Any]) -> Reply:
    accepted, receipt = intake.file(process, office, data, asked.key())
    return _told(201, {"receipt": receipt, "case": accepted.case, "command": accepted.command})


def _told(status: int, body: dict[str, Any]) -> Reply:
    headers = {"Location": f"/api/v1/receipts/{body['receipt']}"}
    answer = Reply(status=status, body=body, headers=headers)
    return Reply(status=status, body=body, headers=headers, then=lambda: _ring(answer))


def _ring(answer: Reply) -> Reply:
    transitions.ring()
    return answer
