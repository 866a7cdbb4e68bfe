"""Headers of every response: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from flask import Flask, Response, request

from web import here
from web.ports import Ports

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types app"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_HSTS = "max-age=31536000; includeSubDomains"


def init(app: Flask, ports: Ports) -> None:
    """Put the headers on every response of `app`; a view that set one itself keeps it."""

    def dress(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if ports.production:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        if not request.path.startswith("/static/"):
            # Whatever a person sees may be personal, and a problem is of the moment.
            personal = here.person() is not None or response.status_code >= 400
            response.headers.setdefault("Cache-Control", "no-store" if personal else "no-cache")
            response.vary.update(("Cookie", "Authorization", "Accept-Language"))
        return response

    app.after_request(dress)
