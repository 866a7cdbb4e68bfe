"""What anybody may read: the service, its standard and its promise; and the choice of language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from web.language import COOKIE, LANGUAGES
from web.pages.answers import path_only, shown
from web.pages.words import local
from web.services import definitions
from workflow.definition.process import Process

pages = Blueprint("public", __name__)

_YEAR = 365 * 24 * 3600  # seconds
#: The components of a service standard that the page tells in full, and the order of the others (UU 25/2009, 21).
_SHOWN_ABOVE = ("procedure", "requirements")
_ORDER = (
    "requirements",
    "procedure",
    "duration",
    "cost",
    "product",
    "complaints",
    "legal_basis",
    "facilities",
    "competence",
    "supervision",
    "staff",
    "guarantee",
    "safety",
    "evaluation",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    name: str
    value: str


@pages.get("/")
def home() -> Response:
    """The public page of the first service that the offices run."""
    found = definitions.offered()
    if not found:
        abort(503)
    return _page("public/home.html", found[0], others=found[1:])


@pages.get("/services/<name>")
def service(name: str) -> Response:
    """The published standard of one service."""
    found = next((s for s in definitions.offered() if s.name == name), None)
    if found is None:
        abort(404)
    return _page("public/service.html", found)


def _page(template: str, service: Process, **more: Any) -> Response:
    standard = service.standard
    delivery: Mapping[str, Any] = standard.get("delivery", {})
    management: Mapping[str, Any] = standard.get("management", {})
    return shown(
        template,
        service=service,
        standard=standard,
        delivery=delivery,
        facts=_facts(service, delivery),
        parts=_parts({**delivery, **management}),
        offices=definitions.offices(service.name),
        **more,
    )


@pages.get("/language/<code>")
def choose_language(code: str) -> Response:
    """Remember a language and go back."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(path_only(request.args.get("back", ""), url_for("public.home")), code=303)
    response.set_cookie(COOKIE, code, max_age=_YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def _parts(components: Mapping[str, Any]) -> list[Any]:
    """The components in the order of the law, those that it does not know last."""
    names = sorted(components, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return [components[name] for name in names if name not in _SHOWN_ABOVE]


def _facts(service: Process, delivery: Mapping[str, Any]) -> list[Fact]:
    """The promise and the product, in the words of the standard."""
    wanted = [delivery[name] for name in ("duration", "product") if name in delivery]
    return [Fact(name=local(part["title"]), value=local(part["items"][0])) for part in wanted]
