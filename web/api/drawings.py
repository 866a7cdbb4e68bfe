"""Drawings: pictures that the input of a transition names, such as the signature of a seeker at the counter."""

from __future__ import annotations

from web.api.documents import UPLOAD_FORM, upload
from web.api.once import Reply, prepared
from web.api.routing import Routes
from web.services import drawings
from web.services.documents import Inspected

routes = Routes("drawings", __name__, description="What somebody drew, for the input of a transition.")


def _inspect(id_: int) -> Inspected:
    return drawings.inspect(id_, upload())


@routes.post("/cases/<int:id_>/drawings")
@routes.doc(requestBody=UPLOAD_FORM)
@routes.response(201)
@prepared(_inspect)
def post_drawing(id_: int, ready: Inspected) -> Reply:
    """Keep a drawing (JPEG or PNG); an input of kind `drawing` then names it by `drawing`."""
    return Reply(status=201, body={"case": id_, "drawing": drawings.keep(ready)})
