"""The pages put together."""

from __future__ import annotations

from flask import Flask

from web.pages import (
    assets,
    bulk,
    card,
    card_reports,
    case,
    emergency,
    entry,
    filling,
    frame,
    handing,
    inbox,
    incidents,
    mine,
    moves,
    officer,
    papers,
    promises,
    public,
    reports,
    standing_in,
    submitting,
    troubles,
    verify,
    words,
)

_ROOMS = (
    public,
    entry,
    mine,
    case,
    filling,
    papers,
    submitting,
    moves,
    card,
    card_reports,
    inbox,
    bulk,
    officer,
    handing,
    standing_in,
    emergency,
    incidents,
    promises,
    reports,
    verify,
)


def init(app: Flask) -> None:
    """Add the pages, their words and their way of telling problems to `app`."""
    words.init(app)
    frame.init(app)
    assets.init(app)
    troubles.init(app)
    for module in _ROOMS:
        app.register_blueprint(module.pages)
