"""Accounts as Flask-Security reads them."""

from __future__ import annotations

from typing import ClassVar

from flask import Flask
from flask_security import Security
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import SQLAlchemyUserDatastore

from web.database import db
from workflow.db import tables


class Account(db.Model, UserMixin):  # type: ignore[name-defined, misc]
    """A row of `account`."""

    __table__ = tables.account

    #: Empty: roles hold per office and are read as memberships, never asked of Flask-Security.
    roles: ClassVar[list[RoleMixin]] = []  # type: ignore[misc]


class _NoRole(RoleMixin):
    """Stands where Flask-Security asks for a table of roles; there is none."""


def init(app: Flask) -> None:
    """Let Flask-Security keep the sign-in of `app`; the pages and forms are ours."""
    security = Security(app, SQLAlchemyUserDatastore(db, Account, _NoRole), register_blueprint=False)
    # Tokens are ours alone: Flask-Security's own would be taken from the query and the body, too.
    security.login_manager.request_loader(lambda _request: None)
