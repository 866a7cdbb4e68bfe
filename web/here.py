"""What the current request works with: the application's ports, and the person who is signed in."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, has_app_context

from web.errors import WebError
from web.person import Person
from web.ports import Ports

#: Name of the ports among the application's extensions.
PORTS = "alur"


def ports() -> Ports:
    """The ports that the application was made with."""
    return cast(Ports, current_app.extensions[PORTS])


def known() -> bool:
    """True once it is settled who asks, be it nobody."""
    return has_app_context() and "person" in g


def person() -> Person | None:
    """Who is signed in, or None."""
    return cast(Person | None, g.get("person")) if has_app_context() else None


def signed_in() -> Person:
    """Who is signed in; raises `WebError` (`not_signed_in`) when nobody is."""
    found = person()
    if found is None:
        raise WebError("not_signed_in")
    return found
