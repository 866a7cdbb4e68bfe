"""What a form makes is made once, however often its button is pressed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from web import here
from web.database import session
from web.errors import WebError
from workflow.db.tables import idempotency

_MAX_KEY = 100  # characters


def once(what: str, key: str, make: Callable[[], int]) -> int:
    """The number that `make` gave when the signed-in person first sent `key` for `what`, in the caller's transaction.

    A second request that comes at the same time waits for the first. Raises `WebError` (`bad_key`).
    """
    if not key or len(key) > _MAX_KEY or not key.isascii() or not key.isprintable():
        raise WebError("bad_key")
    row = {"account": here.signed_in().account, "key": f"page/{what}/{key}"}
    digest = hashlib.sha256(what.encode()).digest()
    first = session().execute(
        insert(idempotency).values(**row, digest=digest).on_conflict_do_nothing().returning(idempotency.c.key)
    )
    mine = [idempotency.c.account == row["account"], idempotency.c.key == row["key"]]
    if first.scalar() is None:
        return int(session().execute(select(idempotency.c.body).where(*mine)).scalar_one()["id"])
    made = make()
    session().execute(update(idempotency).where(*mine).values(status=200, body={"id": made}))
    return made
