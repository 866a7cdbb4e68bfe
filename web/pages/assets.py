"""Our one sheet and our one script: named by their content, so that browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_YEAR = 365 * 24 * 3600  # seconds
_TEXT = ("text/", "image/svg+xml", "application/javascript")
#: Endpoints whose pages hold nothing secret, so that packing them tells nobody anything.
_OPEN_PAGES = frozenset({"checking.by_code"})


def init(app: Flask) -> None:
    """Let templates name assets with `asset`, and pack what travels often."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_pack)


def asset(name: str) -> str:
    """Address of a file of `static`, which changes with its content."""
    return url_for("static", filename=name, v=_version(Path(current_app.static_folder or "") / name))


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def _packed(path: Path, version: str) -> bytes:
    return gzip.compress(path.read_bytes(), 9)


def _pack(response: Response) -> Response:
    if response.status_code != 200 or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return _keep(response)
    if request.endpoint == "static" and (response.mimetype or "").startswith(_TEXT):
        path = Path(current_app.static_folder or "") / str((request.view_args or {})["filename"])
        response.direct_passthrough = False
        response.set_data(_packed(path, _version(path)))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    elif request.endpoint in _OPEN_PAGES and b"csrf_token" not in response.get_data():
        response.set_data(gzip.compress(response.get_data(), 6))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return _keep(response)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
