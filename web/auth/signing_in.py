"""Signing in and out by cookie, and registering. Each commits by itself."""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import current_app, g
from flask import session as cookie
from flask_security.utils import hash_password, login_user, logout_user, verify_password
from sqlalchemy.exc import IntegrityError

from web import limits
from web.auth.account import Account
from web.auth.loading import of_account
from web.database import adopt, commit, rollback, session
from web.errors import FieldError, WebError, made
from web.person import Person

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}\Z")
_MAX_TITLE = 100  # characters
_MIN_PASSWORD, _MAX_PASSWORD = 8, 200  # characters


def sign_in(name: str, password: str) -> Person:
    """Sign in by cookie; raises `WebError` (`sign_in_failed`), or 429 after too many failures."""
    name = name.strip()
    g.sign_in_name = name.lower()[:_MAX_TITLE]
    for limit in ("sign_in_from", "sign_in_as"):
        limits.count(limit, cost=0)
    account = _find(name) or _find(name.lower())
    if not _matches(account, password):
        for limit in ("sign_in_from", "sign_in_as"):
            limits.count(limit)
        raise WebError("sign_in_failed")
    return _enter(account)


def sign_out() -> None:
    """End the cookie's session."""
    logout_user()
    cookie.clear()
    g.person = None


def register(name: str, title: str, password: str, email: str = "") -> Person:
    """Make an applicant's account and sign in; raises `WebError` (`registration_invalid`) naming the fields."""
    limits.count("register")
    name, title, email = name.strip().lower(), " ".join(title.split()), email.strip()
    problems = _problems(name, title, password, email)
    if problems:
        raise WebError("registration_invalid", fields=problems)
    account = Account(
        name=name,
        title=title,
        email=email or None,
        password=hash_password(_normal(password)),
        fs_uniquifier=uuid.uuid4().hex,
        active=True,
        language="id",
    )
    session().add(account)
    try:
        session().flush()
    except IntegrityError as error:
        rollback()
        field = "email" if "email" in str(error.orig) else "name"
        code = "name_taken" if field == "name" else "bad_email"
        raise WebError("registration_invalid", fields=[_field(field, code)]) from None
    return _enter(account)


def _enter(account: Any) -> Person:
    # What the cookie said before is not carried over: nobody can prepare a session for somebody else.
    cookie.clear()
    login_user(account, authn_via=["password"])
    cookie.permanent = True
    commit()
    g.person = of_account(account)
    adopt(g.person)
    return cast(Person, g.person)


def _find(name: str) -> Any:
    return current_app.extensions["security"].datastore.find_user(name=name) if "\0" not in name else None


def _matches(account: Any, password: str) -> bool:
    normal = _normal(password)[:_MAX_PASSWORD]
    if account is None or not account.active or not account.password:
        # As slow as a real check, so that the time tells nobody which names exist.
        verify_password(normal, _nobodys_hash())
        return False
    return bool(account.verify_and_update_password(normal))


@cache
def _nobodys_hash() -> str:
    return hash_password(uuid.uuid4().hex)


def _normal(password: str) -> str:
    return cast(str, current_app.extensions["security"].password_util.normalize(password))


def _problems(name: str, title: str, password: str, email: str) -> list[FieldError]:
    out = []
    if not _NAME.match(name):
        out.append(_field("name", "bad_name"))
    if not title or len(title) > _MAX_TITLE or not title.isprintable():
        out.append(_field("title", "bad_title"))
    if not _MIN_PASSWORD <= len(password) <= _MAX_PASSWORD:
        out.append(_field("password", "bad_password"))
    if email and not _is_email(email):
        out.append(_field("email", "bad_email"))
    return out


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _field(name: str, code: str) -> FieldError:
    return FieldError(field=name, code=code, text=made(code).text)
