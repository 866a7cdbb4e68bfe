"""Problems: sentences filled once, and answers as RFC 9457 writes them."""

from __future__ import annotations

import json
import re

import pytest

from web.errors import FieldError, Problem, WebError, filled, made
from web.problem_json import MEDIA_TYPE, problem_json
from web.sentences import INPUT_CODES, SENTENCES
from web.statuses import status_of


def test_a_value_that_looks_like_a_place_stays_text() -> None:
    """Each place is filled once; what a person wrote is never read as a place."""
    text = {"id": "{a} dan {b}", "en": "{a} and {b} in {c}"}
    assert filled(text, {"a": "{b}", "b": "x"}) == {"id": "{b} dan x", "en": "{b} and x in {c}"}
    assert filled({"id": "a { b } {"}, {}) == {"id": "a { b } {"}


def test_a_value_that_ends_with_a_full_stop_ends_the_sentence() -> None:
    """A degree stands at the end of names; an ellipsis and what stands within a sentence stay."""
    text = {"id": "Oleh {who}.", "en": "{who} did it."}
    assert filled(text, {"who": "Citra, S.Sos."}) == {"id": "Oleh Citra, S.Sos.", "en": "Citra, S.Sos. did it."}
    assert filled({"id": "{a}."}, {"a": "dan lain..."}) == {"id": "dan lain...."}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_of_a_sentence_have_the_same_places(code: str) -> None:
    """A place that one language lacks would hide a fact from its readers."""
    places = [set(re.findall(r"\{(\w+)\}", SENTENCES[code][language])) for language in ("id", "en")]
    assert places[0] == places[1]


def test_every_code_of_an_input_has_a_sentence() -> None:
    """The words for what is wrong with an input exist."""
    assert set(INPUT_CODES.values()) <= SENTENCES.keys()


def test_a_problem_is_told_in_the_language_asked_for() -> None:
    """Type, title, status, code, detail and the entries to mend; Indonesian where the language is missing."""
    field = FieldError(field="nik", code="bad_format", text={"id": "NIK salah."})
    problem = Problem(code="data_invalid", text={"id": "Salah.", "en": "Wrong."}, fields=[field])
    response = problem_json(problem, 422, "en")
    assert (response.status_code, response.content_type) == (422, MEDIA_TYPE)
    assert response.headers["Content-Language"] == "en"
    assert json.loads(response.get_data()) == {
        "type": "urn:alur:problem:data_invalid",
        "title": "Wrong.",
        "status": 422,
        "code": "data_invalid",
        "detail": "Wrong.",
        "errors": [{"field": "nik", "code": "bad_format", "detail": "NIK salah."}],
    }


def test_an_error_of_the_web_is_a_sentence() -> None:
    """In English for whoever reads the log, with its places filled."""
    assert str(WebError("method_not_allowed", {"method": "PATCH"})) == "This address does not take the method PATCH."


def test_a_code_without_a_status_of_its_own_is_422() -> None:
    """Understood, and refused."""
    assert (status_of("unknown_case"), status_of("hold_full")) == (404, 422)
    assert made("unknown_case").status is None
