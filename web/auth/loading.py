"""Before each request: who asks, and whether a form of ours sent it."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]
from sqlalchemy import func, select

from web import here
from web.database import adopt, session
from web.errors import WebError
from web.person import Person, person_of
from workflow.db.tables import account, token
from workflow.standing import Held, held

API = "/api/"
#: In what the account of a row stands, before no case in particular.
_ROLES = func.standing(account.c.id, 0).label("roles")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Served to everybody alike, without asking the database.
_ANONYMOUS = ("/healthz", "/readyz", "/metrics", "/static/")


def init(app: Flask) -> None:
    """Load the person and check CSRF before each request of `app`."""
    CSRFProtect(app)
    app.before_request(_load)
    app.before_request(_protect)


def _load() -> None:
    g.pop("person", None)
    if request.path.startswith(_ANONYMOUS):
        g.person = None
        return
    secret = _bearer()
    g.person = by_token(secret) if secret is not None else _by_session()
    adopt(g.person)


def _protect() -> None:
    """A cookie is sent by the browser wherever a form comes from, so it needs our token beside it."""
    if request.method in _SAFE or request.path.startswith(_ANONYMOUS):
        return
    person: Person | None = g.person
    if request.path.startswith(API) and (person is None or person.via == "token"):
        return
    try:
        csrf: CSRFProtect = current_app.extensions["csrf"]
        csrf.protect()
    except CSRFError:
        raise WebError("csrf") from None


def _bearer() -> str | None:
    if not request.path.startswith(API):
        return None
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise WebError("bad_token")
    return secret.strip()


def by_token(secret: str) -> Person:
    """The person whose bearer token this is; raises `WebError` (`bad_token`)."""
    digest = hashlib.sha256(secret.encode()).digest()
    row = (
        session()
        .execute(
            select(account, _ROLES)
            .join(token, token.c.account == account.c.id)
            .where(token.c.digest == digest, token.c.expires_at > func.now(), account.c.active)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise WebError("bad_token")
    return person_of(dict(row), _held(row["roles"]), "token")


def _by_session() -> Person | None:
    return of_account(current_user) if current_user else None


def of_account(found: Any) -> Person:
    """The person of an `Account`, signed in by cookie."""
    row = {name: getattr(found, name) for name in ("id", "name", "title", "language")}
    roles = session().execute(select(_ROLES).where(account.c.id == row["id"])).scalar_one()
    return person_of(row, _held(roles), "session")


def _held(roles: list[str] | None) -> list[Held]:
    return held(roles or (), here.ports().clock())
