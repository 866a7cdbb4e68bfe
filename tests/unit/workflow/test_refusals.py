"""Refusals: a stable code and a sentence that a person can act on."""

from __future__ import annotations

import re

import pytest

from workflow.refusals import OF_ANOTHER, SENTENCES, Refusal, sentence

#: What decisions say beside the code.
DETAILS = {
    "several_drafts": {"process": "complaint", "drafts": ["1", "2"]},
    **{
        code: {"calendar": "disnaker", "version": 2, "next": 3}
        for code in ("calendar_known", "calendar_version", "no_calendar_draft", "calendar_four_eyes")
    },
    **{
        code: {"process": "p", "office": "o", "role": "r", "state": "s", "path": ["submit", "begin"]}
        for code in ("staff_unmet", "staff_worsened")
    },
    "stale_draft": {"by": "eka", "at": "t", "revision": 2},
    "draft_outdated": {"process": "p", "version": 2},
    "no_draft_in_review": {"process": "p"},
    "unknown_version": {"process": "p", "version": 2},
    "unknown_transition": {"do": "d"},
    "wrong_state": {"do": "d", "state": "s", "since": ""},
    "stale_revision": {"revision": 2, "since": ""},
    "step_pending": {"run": "sign_card", "do": "d"},
    "step_uncertain": {"run": "sign_card", "do": "d"},
    "wrong_role": {"do": "d", "role": "r"},
    "wrong_office": {"do": "d", "office": "o"},
    "four_eyes": {"do": "d", "role": "r", "other": "x"},
    "own_case": {"do": "d"},
    "not_holder": {"by": "1", "until": "t"},
    "invalid_input": {"fields": [{"field": "reason", "code": "missing"}]},
    "data_incomplete": {"fields": [{"field": "nik", "code": "required"}]},
    "document_missing": {"kinds": ["photo", "ktp"]},
    "hold_full": {"hold": "nik", "others": [1, 2]},
    "glass_not_needed": {"role": "r"},
    "glass_role": {"role": "r"},
    "no_mapping": {"state": "s"},
    "held_back": {"state": "s"},
    "incident_open": {"run": "sign_card"},
    "owed_move_gone": {"do": "d"},
    "role_gone": {"roles": ["r"]},
    "task_lost": {"until": "t"},
    "moved_on": {"state": "s"},
    "unknown_migration": {"migration": 1},
    "migration_four_eyes": {"migration": 1},
    "migration_status": {"migration": 1, "status": "running", "do": "approve"},
    "migration_busy": {"other": 1, "process": "p"},
    "step_required": {"run": "sign_card"},
    "erase_live": {"case": 1, "state": "s"},
    "erase_card_valid": {"case": 1, "number": "n"},
    "erase_busy": {"case": 1},
    "unknown_report": {"report": "r"},
    "report_process": {"process": "p"},
    "unknown_number": {"number": "a/b/c"},
}


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_refusal_has_a_whole_sentence_in_both_languages(code: str, language: str) -> None:
    """No place of a sentence stays unfilled."""
    words = Refusal(code, DETAILS.get(code, {})).sentence(language)
    assert words.endswith(".")
    assert not re.search(r"[{}]", words)


@pytest.mark.parametrize("code", OF_ANOTHER)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_reason_can_be_told_of_somebody_else(code: str, language: str) -> None:
    """A supervisor who gives a task away reads about that person, not about itself."""
    words = Refusal(code, DETAILS.get(code, {})).of_another("Budi").sentence(language)
    assert words.startswith("Budi ")
    assert words.endswith(".")
    assert not re.search(r"[{}]", words)


def test_lists_are_told_as_words() -> None:
    """Fields and kinds read as a sentence."""
    assert "photo, ktp" in Refusal("document_missing", DETAILS["document_missing"]).sentence("en")
    assert "nik" in Refusal("data_incomplete", DETAILS["data_incomplete"]).sentence("id")


def test_the_definitions_own_words_come_first_and_indonesian_stands_in() -> None:
    """A guard's text outranks ours; a language that is missing is told in Indonesian."""
    own = Refusal("guard", {"do": "approve"}, {"id": "Belum lengkap"})
    assert own.sentence("en") == "Belum lengkap"
    assert Refusal("guard").sentence("xx") == SENTENCES["guard"]["id"]


def test_a_stored_refusal_is_told_again_from_its_json() -> None:
    """What a command's outcome stores is enough for the sentence."""
    refusal = Refusal("four_eyes", DETAILS["four_eyes"])
    stored = refusal.as_json()
    assert sentence(stored["code"], stored["details"], stored.get("text"), "en") == refusal.sentence("en")
    assert Refusal("guard", {}, {"id": "x"}).as_json()["text"] == {"id": "x"}
    assert sentence("never_heard_of", {}, None, "en") == SENTENCES["guard"]["en"]
