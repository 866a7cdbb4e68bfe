"""The pages put together."""

from __future__ import annotations

from flask import Flask

from web.pages import (
    assets,
    bulk,
    card,
    case,
    emergency,
    entry,
    filling,
    frame,
    handing,
    inbox,
    mine,
    moves,
    officer,
    papers,
    public,
    standing_in,
    submitting,
    troubles,
    verify,
    words,
)


def init(app: Flask) -> None:
    """Add the pages, their words and their way of telling problems to `app`."""
    words.init(app)
    frame.init(app)
    assets.init(app)
    troubles.init(app)
    for_all = (public, entry, mine, case, filling, papers, submitting, moves, card, verify)
    for_staff = (inbox, bulk, officer, handing, standing_in, emergency)
    for module in (*for_all, *for_staff):
        app.register_blueprint(module.pages)
