"""What a request asks for by its headers."""

from __future__ import annotations

import pytest
from flask import Flask

from web.api import asked
from web.errors import WebError

_APP = Flask(__name__)


def code_of(error: pytest.ExceptionInfo[WebError]) -> str:
    """The code of a caught error."""
    return error.value.problem.code


@pytest.mark.parametrize(("header", "expected"), [('"0"', 0), (' "17" ', 17), ("*", None), (None, None)])
def test_if_match_names_one_revision_or_asks_for_no_check(header: str | None, expected: int | None) -> None:
    """A quoted number, as the ETag was given; a star and nothing at all ask for no check."""
    with _APP.test_request_context(headers={} if header is None else {"If-Match": header}):
        assert asked.revision() == expected


@pytest.mark.parametrize("header", ["17", 'W/"17"', '"17", "18"', '"-1"', '"x"', "", '"99999999999"'])
def test_if_match_of_another_form_is_refused(header: str) -> None:
    """A weak, listed or unquoted one is never taken for a revision."""
    with _APP.test_request_context(headers={"If-Match": header}), pytest.raises(WebError) as error:
        asked.revision()
    assert code_of(error) == "bad_precondition"


def test_a_revision_that_must_be_named_is_missed() -> None:
    """428 rather than a lost update."""
    with _APP.test_request_context(), pytest.raises(WebError) as error:
        asked.required_revision()
    assert code_of(error) == "precondition_required"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("respond-async", None),
        ("wait=7", 7.0),
        ('respond-async, Wait = "7"; x=1', 7.0),
        ("wait=0", 0.0),
        ("wait=999", 30.0),
    ],
)
def test_prefer_wait_is_read_and_capped(header: str, expected: float | None) -> None:
    """RFC 7240's form, at most thirty seconds."""
    with _APP.test_request_context(headers={"Prefer": header}):
        assert asked.wait() == expected


@pytest.mark.parametrize("header", ["wait=soon", "wait=-1", "wait=1.5", "wait"])
def test_prefer_wait_without_whole_seconds_is_refused(header: str) -> None:
    """Nobody is left waiting for a time that was not understood."""
    with _APP.test_request_context(headers={"Prefer": header}), pytest.raises(WebError) as error:
        asked.wait()
    assert code_of(error) == "bad_preference"


@pytest.mark.parametrize(("header", "expected"), [("a-1", "a-1"), ('"a-1"', "a-1"), (None, None), ('"', '"')])
def test_an_idempotency_key_is_read_with_or_without_quotes(header: str | None, expected: str | None) -> None:
    """The quotes belong to the header's form, not to the key."""
    with _APP.test_request_context(headers={} if header is None else {"Idempotency-Key": header}):
        assert asked.key() == expected


@pytest.mark.parametrize("header", ["", "  ", "x" * 201, "schlüssel"])
def test_an_idempotency_key_of_another_form_is_refused(header: str) -> None:
    """Empty, too long, or not ASCII."""
    with _APP.test_request_context(headers={"Idempotency-Key": header}), pytest.raises(WebError) as error:
        asked.key()
    assert code_of(error) == "bad_key"
