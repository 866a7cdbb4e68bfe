"""JSON as it comes in: exactly what was sent, or refused."""

from __future__ import annotations

import pytest

from web.api.routing import parse_json
from web.errors import WebError
from workflow.canonical import MAX_INTEGER, NotCanonicalError


def test_what_is_admitted_is_read_as_sent() -> None:
    """Text beyond the BMP, whole numbers, nested lists and objects."""
    body = '{"a": ["😀", 1, -1, true, null, {"b": "é"}], "n": ' + str(MAX_INTEGER) + "}"
    assert parse_json(body.encode()) == {"a": ["😀", 1, -1, True, None, {"b": "é"}], "n": MAX_INTEGER}


@pytest.mark.parametrize(
    "body", [b"{", b"", b"{}x", b"[1,]", b"NaN", b"-Infinity", b'{"a":1,"a":1}', b"[" * 50_000, b"9" * 5_000]
)
def test_what_two_readers_could_read_differently_is_malformed(body: bytes) -> None:
    """Broken text, constants that are no JSON, a key that stands twice, and what no parser should follow."""
    with pytest.raises(WebError) as error:
        parse_json(body)
    assert error.value.problem.code == "malformed_json"


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'"\xe9"', b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf8_are_told_so(body: bytes) -> None:
    """Another encoding is not guessed at."""
    with pytest.raises(WebError) as error:
        parse_json(body)
    assert error.value.problem.code == "not_utf8"


@pytest.mark.parametrize(
    "body", [b"1.5", b"1e3", b'["\\u0000"]', b'"\\ud800"', b'{"\\ud83d\\ude00":1}', b"9007199254740992"]
)
def test_values_that_cannot_be_stored_exactly_are_refused(body: bytes) -> None:
    """Fractions, NUL, lone surrogates, astral keys, and integers that readers round."""
    with pytest.raises(NotCanonicalError):
        parse_json(body)
