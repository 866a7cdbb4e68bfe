"""The session over the engine's tables, under the web's role and within what the person may see."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from web import here
from web.person import Person
from workflow.db.connect import WEB, engine_for
from workflow.db.tables import metadata

POOL = 10
OVERFLOW = 30
CONNECT_SECONDS = 5

#: One round trip: who asks, and how long the database may keep a person waiting.
_SETTINGS = text(
    "SELECT set_config('alur.account', :account, true), set_config('alur.offices', :offices, true), "
    "set_config('alur.now', :now, true), "
    "set_config('lock_timeout', '20s', true), set_config('statement_timeout', '30s', true)"
)


class Database(SQLAlchemy):
    """flask-sqlalchemy whose connections act as `alur_web`."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        url = make_url(options["url"])
        if url.host and "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
        return engine_for(url.render_as_string(hide_password=False), WEB, pool_size=POOL, max_overflow=OVERFLOW)


db = Database(metadata=metadata)


def session() -> Session:
    """The session of this request. A transaction begins with its first statement; the caller commits."""
    return db.session()


def commit() -> None:
    """Commit what the session holds."""
    db.session.commit()


def rollback() -> None:
    """Give up the transaction and its connection; ORM objects read so far are read anew when touched."""
    db.session.rollback()


def adopt(person: Person | None) -> None:
    """Let the transaction that is open, if there is one, see what `person` may see."""
    if session().in_transaction():
        _tell(session().connection(), person)


@event.listens_for(FlaskSession, "after_begin")
def _begin(_session: Session, _transaction: object, connection: Connection) -> None:
    # While the person is still being found out, the transaction sees no case at all; `adopt` opens its eyes.
    if here.known():
        _tell(connection, here.person())


def _tell(connection: Connection, person: Person | None) -> None:
    offices = person.offices(here.ports().library.offices) if person else ()
    values = {"account": str(person.account) if person else "", "offices": "{" + ",".join(offices) + "}"}
    values["now"] = here.ports().clock().isoformat()
    connection.execute(_SETTINGS, values)
