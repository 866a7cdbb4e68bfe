"""Aspects of a verification: each problem belongs to one, and each says something in both languages."""

from __future__ import annotations

import pytest

from signing.aspects import (
    ADES,
    COVERAGE,
    MODIFICATION,
    REGISTER,
    SAYINGS,
    SIGNERS,
    STATUS,
    TITLES,
    Aspect,
    of_file,
    of_register,
    unasked,
)
from signing.verdict import PROBLEMS, Problem, Verdict

FILE = (ADES, MODIFICATION, COVERAGE, SIGNERS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_belongs_to_one_aspect(code: str) -> None:
    """A verdict with any problem has exactly one aspect that does not hold."""
    found = of_file(Verdict(problems=(Problem(code=code),)))
    assert {aspect.name for aspect in found} == set(FILE)
    assert [aspect.code for aspect in found if aspect.holds is False] == [code]


def test_a_file_without_signatures_holds_in_no_aspect() -> None:
    """Nothing found is not the same as nothing wrong."""
    assert {(a.holds, a.code) for a in of_file(Verdict())} == {(None, "no_signature")}


def test_the_register_tells_file_and_status_apart() -> None:
    """The very file of a revoked card is registered; another file of a valid one is not."""
    told = {
        (True, "valid"): ((True, "same_file"), (True, "valid")),
        (True, "revoked"): ((True, "same_file"), (False, "revoked")),
        (False, "valid"): ((False, "other_file"), (True, "valid")),
        (None, "unknown"): ((False, "no_such_file"), (None, "unknown")),
    }
    for given, wanted in told.items():
        file, status = of_register(*given)
        assert (file.name, status.name) == (REGISTER, STATUS)
        assert ((file.holds, file.code), (status.holds, status.code)) == wanted
    assert of_register(False, "valid", earlier=True)[0] == Aspect(name=REGISTER, holds=True, code="earlier_file")
    assert [aspect.holds for aspect in unasked()] == [None, None]


def test_everything_is_said_in_both_languages() -> None:
    """Names and sentences."""
    for words in (*TITLES.values(), *SAYINGS.values()):
        assert len(set(words)) == 2
        assert all(words)
    body = of_register(True, "valid")[0].to_json()
    assert body["title"] == {"id": "Daftar kartu", "en": "Register"}
    assert body["text"]["en"] == "Exactly the file of the registered card."
