"""What every page shows around its content: where one can go, who is signed in, what was just done."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, get_flashed_messages, request, url_for

from web import here, limits
from web.language import language
from web.pages.words import _, local
from web.person import Person
from web.services import card_reports
from web.services.reports import reads as reads_reports
from workflow.definition.process import Text

#: Category of messages that name an autosave which the server has taken.
TAKEN = "taken"
_LOOK_EVERY = 15.0  # seconds
_QUEUE = "alur.queue_seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    url: str
    words: str
    current: bool = False


def init(app: Flask) -> None:
    """Give every template of `app` the frame."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(local=local, own_key=own_key)
    app.jinja_env.filters["words_of"] = words_of
    app.context_processor(_frame)


def own_key() -> bool:
    """Whether the signed-in person signs with a key of their own rather than the office's."""
    person, asks = here.person(), here.ports().secrets.asks()
    return person is not None and asks is not None and asks.is_own(person.name)


def words_of(choices: Mapping[str, Text]) -> list[tuple[str, str]]:
    """Choices as pairs of value and words."""
    return [(value, local(text)) for value, text in choices.items()]


def _frame() -> dict[str, Any]:
    person = here.person()
    flashes: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    return {
        "lang": language(),
        "me": person,
        "nav": _nav(),
        "dev": not here.ports().production,
        "flashes": [(c, w) for c, w in flashes if c != TAKEN],
        "taken": [w for c, w in flashes if c == TAKEN],
        "queue_away": person is not None and _queue_away(),
        "here_path": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "errors": {},
    }


def _nav() -> Iterable[Link]:
    person = here.person()
    if person is None:
        return [_link("public.home", _("Layanan")), _link("checking.ask", _("Periksa kartu"))]
    if person.is_staff:
        reports = [_link("reported.show", _("Laporan"))] if reads_reports(person) else []
        return [
            _link("inbox.tasks", _("Kotak tugas")),
            _link("troubled.show_all", _("Gangguan")),
            _link("standing_in.overview", _("Pengganti")),
            _link("emergency.ask", _("Akses darurat")),
            *reports,
            *_reported(person),
            _link("checking.ask", _("Periksa kartu")),
        ]
    return [_link("mine.all_mine", _("Permohonan saya")), _link("checking.ask", _("Periksa kartu"))]


def _reported(person: Person) -> list[Link]:
    """Reports of cards, for those who settle them: how many wait stands beside it."""
    if not card_reports.settles(person):
        return []
    count = card_reports.waiting()
    words = _("Kartu dilaporkan (%(count)d)", count=count) if count else _("Kartu dilaporkan")
    return [_link("reported_cards.show", words)]


def _link(endpoint: str, words: str) -> Link:
    return Link(url=url_for(endpoint), words=words, current=request.endpoint == endpoint)


def _queue_away() -> bool:
    """True while the queue's server does not answer; asked at most every few seconds by each process."""
    seen: tuple[float, bool] | None = current_app.extensions.get(_QUEUE)
    now = time.monotonic()
    if seen is None or now - seen[0] > _LOOK_EVERY:
        seen = current_app.extensions[_QUEUE] = now, not limits.reachable(current_app)
    return seen[1]
