"""Documents of a case: upload, read, take away."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from web.api.once import Reply, prepared
from web.api.present import etag
from web.api.routing import Routes
from web.api.schemas.queries import DocumentQuery
from web.database import commit
from web.errors import WebError
from web.services import documents
from web.services.documents import Inspected
from web.services.sight import see

routes = Routes("documents", __name__, description="Documents of a case.")

#: The body of an upload, for the API's own description.
UPLOAD_FORM = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    }
}


def upload() -> bytes:
    """The bytes of the form's `file`; raises `WebError` (`unsupported_media_type`, `file_missing`)."""
    if request.mimetype != "multipart/form-data":
        raise WebError("unsupported_media_type", {"wanted": "multipart/form-data"})
    file = request.files.get("file")
    if file is None:
        raise WebError("file_missing")
    return file.stream.read()


def _inspect(id_: int, kind: str) -> Inspected:
    return documents.inspect_upload(id_, kind, upload())


@routes.post("/cases/<int:id_>/documents/<kind>")
@routes.doc(requestBody=UPLOAD_FORM)
@routes.response(201)
@prepared(_inspect)
def post_document(id_: int, kind: str, ready: Inspected) -> Reply:
    """Put a document into the working copy, in place of one of its kind; its content decides what it is."""
    revision = documents.attach(ready)
    body = {
        "case": id_,
        "kind": kind,
        "media_type": ready.found.media_type,
        "size": ready.found.size,
        "warnings": list(ready.found.warnings),
        "revision": revision,
    }
    headers = {"ETag": etag(revision), "Location": f"/api/v1/cases/{id_}/documents/{kind}"}
    return Reply(status=201, body=body, headers=headers)


@routes.get("/cases/<int:id_>/documents/<kind>")
@routes.arguments(DocumentQuery, location="query")
@routes.response(200, content_type="application/octet-stream")
def get_document(query: dict[str, Any], id_: int, kind: str) -> Response:
    """A document as it was sent, or the safe picture of it."""
    return file_response(documents.read(see(id_), kind, picture=query["picture"]))


@routes.delete("/cases/<int:id_>/documents/<kind>")
@routes.response(204)
def delete_document(id_: int, kind: str) -> Response:
    """Take a document out of the working copy."""
    revision = documents.detach(id_, kind)
    commit()
    return Response(status=204, headers={"ETag": etag(revision)})


def file_response(file: documents.File) -> Response:
    """A document for a browser: never run, never guessed, saved rather than shown unless it is the safe picture."""
    response = Response(file.content, content_type=file.media_type)
    shown = "inline" if file.media_type == documents.JPEG else "attachment"
    response.headers.set("Content-Disposition", shown, filename=file.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
