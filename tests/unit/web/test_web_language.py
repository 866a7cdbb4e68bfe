"""In which language a request is answered."""

from __future__ import annotations

import pytest
from flask import Flask, g

from web.language import language
from web.person import Person

_APP = Flask(__name__)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "id"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr", "id"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0.2,id;q=0.9", "id"),
    ],
)
def test_the_api_answers_as_accept_language_asks(header: str, expected: str) -> None:
    """Indonesian where neither is asked for; a cookie or an account changes nothing there."""
    with _APP.test_request_context("/api/v1/x", headers={"Accept-Language": header, "Cookie": "language=en"}):
        assert language() == expected


def test_a_page_answers_by_its_cookie_then_the_account_then_the_browser() -> None:
    """What the person chose last comes first."""
    person = Person(account=1, name="a", title="", language="en", memberships=frozenset(), via="session")
    with _APP.test_request_context("/", headers={"Cookie": "language=id"}):
        g.person = person
        assert language() == "id"
    with _APP.test_request_context("/", headers={"Cookie": "language=xx"}):
        g.person = person
        assert language() == "en"
    with _APP.test_request_context("/", headers={"Accept-Language": "en"}):
        assert language() == "en"


def test_outside_of_a_request_it_is_indonesian() -> None:
    """Such as in a script."""
    assert language() == "id"
