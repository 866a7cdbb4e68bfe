"""The canonical encoding: what is admitted, and that it is RFC 8785."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonicalError, admit, canonical, canonical_bytes, digest

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
KEYS = st.text(st.characters(max_codepoint=0xFFFF, exclude_characters="\0", exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


def jcs(value: Any) -> str:
    """RFC 8785 by the standard library: keys sorted by UTF-16 unit, no spaces, nothing escaped without need."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{jcs(k)}:{jcs(v)}" for k, v in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@given(VALUES)
def test_every_admitted_value_is_written_as_rfc_8785_says(value: Any) -> None:
    """Our fast encoder and one written after the RFC agree on every value that may be stored."""
    admit(value)
    assert canonical(value) == jcs(value)


@given(VALUES)
def test_reading_the_canonical_text_gives_the_value_back(value: Any) -> None:
    """Nothing is lost or rounded."""
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        1e16,
        -0.0,
        float("nan"),
        "a\0b",
        {"a\0": 1},
        {"\U0001f600": 1},
        {"\ud800": 1},
        {1: "a"},
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        10**400,
        "\ud800",
        b"bytes",
        {1, 2},
        SimpleNamespace(),
    ],
    ids=repr,
)
def test_what_a_reader_could_misread_is_refused(value: Any) -> None:
    """Floats, NUL, lone surrogates, astral keys, huge integers and foreign types never reach a hash."""
    with pytest.raises(NotCanonicalError):
        admit({"form": [value]})


def test_the_refusal_names_the_place() -> None:
    """A person finds the value by its path."""
    with pytest.raises(NotCanonicalError, match=r"^\$\.data\.skills\[1\]: float"):
        admit({"data": {"skills": ["a", 0.5]}})


def test_a_value_nested_too_deep_is_refused_before_it_breaks_an_encoder() -> None:
    """The deepest admitted value can be written; one level more is refused with a sentence."""
    value: Any = "x"
    for _ in range(MAX_DEPTH):
        value = [value]
    admit(value)
    assert canonical(value).count("[") == MAX_DEPTH
    with pytest.raises(NotCanonicalError, match="nested deeper"):
        admit([value])
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotCanonicalError, match="nested deeper"):
        admit(value)


def test_the_digest_is_of_the_canonical_bytes() -> None:
    """Two orders of the same keys have one digest, and anybody can compute it."""
    assert digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1})
    assert digest({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()


def test_the_encoding_is_the_one_that_the_reference_describes() -> None:
    """Its example, its escapes, and nothing escaped beside them."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "events.md").read_text()
    value = {"b": [1, -2, True, None], "a": 'Siti "Nur"\n€'}
    assert canonical_bytes(value).hex() in page
    assert digest(value) in page
    named = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    for code in [*range(1, 0x100), 0x2028, 0xFEFF, 0x1F600]:
        sign = chr(code)
        wanted = named.get(sign) or (f"\\u00{code:02x}" if code < 0x20 else sign)
        assert canonical(sign) == f'"{wanted}"'
