"""Moments and lengths of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from web.pages import times, words

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
NOW = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application that knows the pages' words."""
    made = Flask(__name__)
    words.init(made)
    return made


def test_a_moment_is_told_in_the_zone_of_the_office(app: Flask) -> None:
    """The same moment has another hour in another zone, and says which."""
    with app.test_request_context("/"):
        assert times.moment(NOW, JAKARTA) == "21-11-2026 09.12 WIB"
        assert times.moment(NOW, JAYAPURA) == "21-11-2026 11.12 WIT"
        assert times.clock(NOW, JAKARTA) == "09.12"


def test_english_writes_hours_with_a_colon(app: Flask) -> None:
    """As in the API."""
    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        assert times.moment(NOW, JAKARTA) == "21-11-2026 09:12 WIB"


def test_english_tells_one_from_many(app: Flask) -> None:
    """Indonesian has one form for both."""
    day = timedelta(days=1)
    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        assert [times.span(day * n) for n in (1, 2, 11)] == ["1 day", "2 days", "11 days"]
        cases = app.jinja_env.from_string('{{ ngettext("%(n)d permohonan", "%(n)d permohonan", n, n=n) }}')
        assert [cases.render(n=n) for n in (0, 1, 2)] == ["0 applications", "1 application", "2 applications"]
    with app.test_request_context("/"):
        assert [times.span(day * n) for n in (1, 2)] == ["1 hari", "2 hari"]


@pytest.mark.parametrize(
    ("left", "told", "tone"),
    [
        (timedelta(hours=3, minutes=12), "sisa 3 j 12 m", "soon"),
        (timedelta(hours=5), "sisa 5 j", "calm"),
        (timedelta(days=1, hours=2), "sisa 1 hari 2 j", "calm"),
        (timedelta(days=9, hours=2), "sisa 9 hari", "calm"),
        (timedelta(seconds=20), "sisa kurang dari 1 m", "soon"),
        (timedelta(0), "sisa kurang dari 1 m", "soon"),
        (-timedelta(seconds=1), "terlambat kurang dari 1 m", "late"),
        (-timedelta(hours=2), "terlambat 2 j", "late"),
    ],
)
def test_the_chip_tells_what_is_left_or_how_late_it_is(app: Flask, left: timedelta, told: str, tone: str) -> None:
    """In words, with a tone that warns before it is late."""
    with app.test_request_context("/"):
        chip = times.due(NOW + left, NOW, JAKARTA)
    assert (chip.words, chip.tone) == (told, tone)
