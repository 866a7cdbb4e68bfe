"""How often something may be tried: counted in Redis, in this process alone while Redis is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, current_app, g, request
from flask_limiter import Limiter

from web import here

_EXTENSION = "alur.limits"
_LIMITER = "alur.limiter"


def _address() -> str:
    return request.remote_addr or "nobody"


def _name() -> str:
    return str(g.sign_in_name)


def _account() -> str:
    person = here.person()
    return str(person.account) if person else _address()


def _cost() -> int:
    return int(g.get("limit_cost", 1))


#: Rule by what is tried, and what it is counted for.
RULES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "sign_in_from": ("100 per 10 minutes", _address),
    "sign_in_as": ("10 per 10 minutes", _name),
    "register": ("60 per hour", _address),
    "verify": ("120 per minute", _address),
    "verify_upload": ("20 per minute", _address),
    "report": ("20 per hour", _address),
    "intake": ("60 per hour", _address),
    "upload": ("120 per 10 minutes", _account),
}


def init(app: Flask, redis_url: str) -> None:
    """Give `app` its counters; nothing is connected yet."""
    limiter = Limiter(
        _address,
        app=app,
        storage_uri=redis_url.replace("unix://", "redis+unix://", 1),
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1},
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        key_prefix="alur:limit",
    )
    app.extensions[_EXTENSION] = {
        name: limiter.limit(rule, key_func=key, cost=_cost, scope=name)(_marker(name))
        for name, (rule, key) in RULES.items()
    }
    app.extensions[_LIMITER] = limiter


def reachable(app: Flask) -> bool:
    """True when the counters' server answers."""
    storage = cast(Limiter, app.extensions[_LIMITER]).storage
    return bool(storage.check())


def count(name: str, *, cost: int = 1) -> None:
    """Count one try of `name`, a key of `RULES`; raises `RateLimitExceeded` (429) when it is one too many.

    With a cost of 0 nothing is counted: it tells whether the limit was passed before.
    """
    g.limit_cost = cost
    marks = cast(Mapping[str, Callable[[], None]], current_app.extensions[_EXTENSION])
    marks[name]()


def _marker(name: str) -> Callable[[], None]:
    def mark() -> None:
        return None

    # Flask-Limiter tells limits apart by the function's qualified name.
    mark.__qualname__ = f"mark.{name}"
    mark.__name__ = name
    return mark
