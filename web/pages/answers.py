"""Small things that every page's view does: render, send on, make keys."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from signing.uploads import refused
from web import here
from web.errors import FieldError, WebError
from web.pages.words import local

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20]*\Z")


def shown(template: str, status: int = 200, **values: Any) -> Response:
    """The page of a template."""
    return make_response(render_template(template, **values), status)


def go(url: str, words: str = "", look: str = "ok") -> Response:
    """Send the browser on after a POST, with a message for the next page."""
    if words:
        flash(words, look)
    return redirect(url, code=303)


def new_key() -> str:
    """A key that makes the form in which it stands count once."""
    return uuid.uuid4().hex


def key_sent() -> str:
    """The key of the form that was sent; raises `WebError` (`bad_key`) when there is none."""
    key = request.form.get("idempotency_key", "")
    if not key:
        raise WebError("bad_key")
    return key


def revision_sent() -> int | None:
    """The revision that the form was made for."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def content_of(sent: FileStorage) -> bytes:
    """The bytes of a file that was chosen; raises `UploadRefused` (`file_empty`) when there are none."""
    content: bytes = sent.read()
    if not content:
        raise refused("file_empty")
    return content


def path_only(url: str, otherwise: str) -> str:
    """`url` when it is a path of ours, so that nobody is sent elsewhere."""
    return url if _LOCAL.match(url) else otherwise


def told(fields: Iterable[FieldError]) -> dict[str, str]:
    """Sentences by field, in the language of the request."""
    return {field.field: local(field.text) for field in fields}


def require_person() -> Response | None:
    """Before a page of a signed-in person: send others to the sign-in and back again."""
    if here.person() is not None or request.method not in ("GET", "HEAD"):
        here.signed_in()
        return None
    return redirect(url_for("entry.sign_in", next=request.full_path.rstrip("?")), code=303)
