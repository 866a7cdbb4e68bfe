"""A scenario that expects something else fails, and says where, what and what was found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alur.scenarios.results import Result
from alur.scenarios.run import Theatre, perform_script
from alur.scenarios.script import Script
from alur.scenarios.telling import Telling
from tests.scenario_kit import FIRST_LINE, ground, perform, trial
from workflow.scenario.reader import parse_scenarios

SUBMITTED = "- {as: siti, do: submit}\n"
APPROVED = SUBMITTED + "- {as: ani, do: approve, checklist: all}\n"
ISSUED = APPROVED + "- {as: citra, do: sign}\n"
RETURNED = SUBMITTED + "- {as: ani, do: return, input: {reason: kurang, fields: [name]}}\n"

#: Steps before, what is expected wrongly, and the words of what is found instead.
WRONG = [
    (SUBMITTED, "state: approved", "Being verified"),
    (SUBMITTED, 'due: {service: "2026-11-21T08:01+07:00"}', "Saturday 21 November 2026 08:00"),
    (SUBMITTED, "due: {service: null}", "Saturday 21 November 2026 08:00"),
    (SUBMITTED, "breached: [service]", "none"),
    (SUBMITTED + "- {wait: PT24H1M}\n", "breached: []", "service"),
    (SUBMITTED + "- {wait: PT18H}\n", "told: {service: []}", "75%"),
    (SUBMITTED, "card: {state: valid}", "none"),
    (ISSUED, "card: null", "valid"),
    (ISSUED, "card: {number: PLG-AK1-2026-000002}", "PLG-AK1-2026-000001"),
    (ISSUED, "card: {level: B-T}", "B-LT"),
    (ISSUED, "card: {verifies: false}", "yes"),
    (ISSUED, 'card: {expires: "2028-11-21"}', "2028-11-20"),
    (ISSUED, "public: null", "valid"),
    (ISSUED, "notices: {siti: []}", "card_ready"),
    (ISSUED, "notices: {siti: [card_ready, card_ready]}", "card_ready"),
    (SUBMITTED, "warnings: [photo_small]", "none"),
    (SUBMITTED, "facts: {age_group: 15-19}", "20-29"),
    (SUBMITTED, "task: null", "operator"),
    (SUBMITTED, "task: {holder: ani}", "none"),
    (SUBMITTED, "task: {office: lamongan}", "palembang"),
    (SUBMITTED, "actions: {siti: []}", "“Withdraw”"),
    (
        SUBMITTED,
        "actions: {ani: [approve, reject, return]}",
        "“Approve”, “Reject”, “Return for correction”, “Withdraw”",
    ),
    (SUBMITTED, "refused: {ani: {approve: wrong_role}}", "none"),
    (SUBMITTED, "refused: {citra: {approve: four_eyes}}", "wrong_role"),
    (SUBMITTED, "owner: null", "Siti"),
    (RETURNED, "history: [moved return, submitted]", "submitted submitted, step_requested intake_checks"),
    (SUBMITTED, "history: [submitted, submitted]", "submitted submitted"),
    (SUBMITTED, "holds: {holder: false}", "yes"),
    (SUBMITTED, "line: {holder: 1}", "none"),
    (SUBMITTED, "queue: {ani: []}", "first"),
    (SUBMITTED, "incident: {step: sign_card, code: tsa_unavailable}", "none"),
    (SUBMITTED, "commands: 2", "1"),
    (SUBMITTED, "cases: {verifying: 2}", "1"),
]


@pytest.mark.parametrize(("before", "expected", "found"), WRONG, ids=[e for _, e, _ in WRONG])
def test_a_wrong_expectation_fails_with_its_line_and_what_was_found(
    place: Theatre, before: str, expected: str, found: str
) -> None:
    """Every kind of expectation can fail: the line is its own, the words say what is so instead."""
    result = perform(place, f"{before}- {{expect: {{{expected}}}}}\n- {{as: dedi, do: revoke}}\n")
    (failure,) = result.failures
    assert failure.line == FIRST_LINE + before.count("\n")
    assert failure.found["en"].startswith(found), failure
    assert len(result.steps) == before.count("\n") + 2, "what follows a failure is not performed"


#: Steps of which the last is not performed as it says, and what is told of it.
SURPRISES = [
    ("- {as: ani, do: approve, checklist: all}", "it is performed", "it is refused (wrong_state)"),
    (SUBMITTED + "- {as: citra, do: approve, checklist: all}", "it is performed", "it is refused (wrong_role)"),
    (
        SUBMITTED + "- {as: ani, do: approve}",
        "it is performed",
        "it is refused (guard) – The checklist is not finished",
    ),
    (
        SUBMITTED + "- {as: ani, do: approve, checklist: all, refused: four_eyes}",
        "it is refused (four_eyes)",
        "it is perf",
    ),
    (SUBMITTED + "- {as: ani, do: approve, refused: four_eyes}", "it is refused (four_eyes)", "it is refused (guard)"),
    ("- {as: siti, data: {nik: '1'}}", "it is performed", "it is refused (data_invalid)"),
    ("- {open: second, as: citra, for: rina, office: lamongan}", "it is performed", "it is refused (unknown_office"),
]


@pytest.mark.parametrize(("steps", "expected", "found"), SURPRISES, ids=[f for *_, f in SURPRISES])
def test_what_is_refused_against_expectation_fails_and_the_other_way_round(
    place: Theatre, steps: str, expected: str, found: str
) -> None:
    """The reason is told in the words that the person would have read."""
    (failure,) = perform(place, steps).failures
    assert failure.expected["en"].startswith(expected)
    assert failure.found["en"].startswith(found)


def told(place: Theatre, steps: str, language: str) -> tuple[Result, str]:
    """A performed trial, and everything that was said of it."""
    known = ground()
    script = Script(process=known.process, ground=known, scenarios=parse_scenarios(trial(steps), "trial.yaml", known))
    lines: list[str] = []
    tested = perform_script(script, place, Telling(script, language, lines.append))
    return tested.results[0], "\n".join(lines)


def test_a_failure_is_told_in_sentences_with_the_history_so_far(place: Theatre) -> None:
    """In the language of whoever reads: the step, the line of the file, what was expected, what was found."""
    result, said = told(place, RETURNED + "- {expect: {state: verifying}}\n", "id")
    assert not result.ok
    assert "✓ Jumat 20 November 2026 08.00: Siti mengajukan permohonan." in said
    assert "✗ Jumat 20 November 2026 08.00: diharapkan status Sedang diperiksa." in said
    assert f"baris {FIRST_LINE + 2} berkas trial.yaml" in said
    assert "diharapkan: status Sedang diperiksa" in said
    assert "ditemukan:  Menunggu perbaikan" in said
    assert "ani        moved return" in said


def test_what_is_due_in_between_happens_at_its_own_moment_in_order(place: Theatre) -> None:
    """A jump of a month fires what lies in it as the clock process would have: each when it was due."""
    result = perform(place, RETURNED + "- {wait: P1M, expect: {state: expired}}\n- {expect: {state: approved}}\n")
    fired = [(t.what, t.at) for t in result.history if t.who == "timer"]
    assert fired == [
        ("timer_fired correction/0", datetime(2026, 11, 27, 1, tzinfo=UTC)),
        ("timer_fired correction/1", datetime(2026, 12, 4, 1, tzinfo=UTC)),
        ("moved lapse", datetime(2026, 12, 4, 1, tzinfo=UTC)),
    ]


def test_many_cases_are_opened_and_moved_together(place: Theatre) -> None:
    """A group: each case has its own key, a step on the group is done with each, and one may be taken out of it."""
    result = perform(
        place,
        """
        - {open: crowd, applicant: rudi, times: 3, unique: nik}
        - {case: crowd, as: rudi, do: submit}
        - {case: crowd-2, as: ani, do: reject, input: {reason: dobel}}
        - {expect: {cases: {draft: 1, verifying: 2, rejected: 1}}}
        - {case: crowd, expect: {holds: {holder: true}}}
        """,
    )
    (failure,) = result.failures
    assert failure.line == FIRST_LINE + 4
    assert failure.found["en"] == "no"


def test_a_step_that_fails_some_times_is_tried_again_by_its_policy(place: Theatre) -> None:
    """Each attempt at its own moment: after 10 and after 20 seconds more."""
    result = perform(
        place,
        APPROVED
        + """
- {fail: sign_card, code: tsa_unavailable, times: 2}
- {as: citra, do: sign}
- {wait: PT30S, expect: {state: rejected}}
""",
    )
    signed = next(t for t in result.history if t.what == "moved sign")
    assert signed.at == datetime(2026, 11, 20, 1, 0, 30, tzinfo=UTC)
