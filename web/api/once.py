"""Idempotency-Key: a request that is sent again gives the answer of the first time, and is done once.

The row that remembers is written in the transaction of the effect. Two at once: the second waits at the row's unique
key and is answered from it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NamedTuple

from flask import Response, request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from web import here
from web.api import asked
from web.database import commit, session
from web.errors import WebError
from workflow.db.tables import idempotency

JSON = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The answer to a POST. Its body holds no personal data, since it is kept."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What is done after the commit, such as waiting for the outcome; its answer is the one given.
    then: Callable[[], Reply] | None = None

    def response(self) -> Response:
        """The response as it goes out."""
        content = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        return Response(content, status=self.status, headers={"Content-Type": JSON} | dict(self.headers))


class _Row(NamedTuple):
    account: int
    key: str


def once(view: Callable[..., Reply]) -> Callable[..., Response]:
    """Do a view's work once per key. The view neither commits nor rolls back."""
    return prepared(None)(view)


def prepared(before: Callable[..., Any] | None) -> Callable[[Callable[..., Reply]], Callable[..., Response]]:
    """Like `once`; `before` is called with the view's arguments outside of any transaction, where the work has not been
    done, and what it returns is given to the view as `ready`."""

    def decorate(view: Callable[..., Reply]) -> Callable[..., Response]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            account, key = here.signed_in().account, asked.key()
            row = _Row(account, key) if key is not None else None
            digest = _digest()
            known = _known(row, digest)
            if known is not None:
                return known
            if before is not None:
                kwargs["ready"] = before(*args, **kwargs)
            if row is not None and not _reserve(row, digest):
                again = _known(row, digest)
                if again is not None:
                    return again
            return _done(row, view(*args, **kwargs))

        return wrapper

    return decorate


def _done(row: _Row | None, reply: Reply) -> Response:
    _keep(row, reply)
    commit()
    if reply.then is not None:
        reply = reply.then()
        _keep(row, reply)
        commit()
    return reply.response()


def _known(row: _Row | None, digest: bytes) -> Response | None:
    """The answer of the first time; raises `WebError` when the key was used for something else."""
    if row is None:
        return None
    found = session().execute(select(idempotency).where(*_is(row))).one_or_none()
    if found is None:
        return None
    if bytes(found.digest) != digest:
        raise WebError("idempotency_key_reused")
    response = Reply(status=found.status, body=found.body, headers=found.headers or {}).response()
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _reserve(row: _Row, digest: bytes) -> bool:
    """Take the key; False when another request took it first, which is waited for."""
    query = insert(idempotency).values(account=row.account, key=row.key, digest=digest)
    taken = session().execute(query.on_conflict_do_nothing().returning(idempotency.c.key))
    return taken.first() is not None


def _keep(row: _Row | None, reply: Reply) -> None:
    if row is None:
        return
    values = {"status": reply.status, "body": reply.body, "headers": dict(reply.headers)}
    session().execute(update(idempotency).where(*_is(row)).values(**values))


def _is(row: _Row) -> tuple[Any, ...]:
    return idempotency.c.account == row.account, idempotency.c.key == row.key


def _digest() -> bytes:
    """HMAC over method, path, query and content; a form's boundary does not count, it differs in every attempt.

    Keyed, because it is kept: a PIN could be guessed from a bare hash of the request that held it.
    """
    parts = [request.method.encode(), request.path.encode(), request.query_string]
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            parts += [name.encode(), value.encode(errors="surrogateescape")]
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            parts += [name.encode(), hashlib.sha256(file.stream.read()).digest()]
            file.stream.seek(0)
    else:
        parts.append(request.get_data(cache=True))
    whole = hmac.new(here.ports().secret_key, b"idempotency", hashlib.sha256)
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
