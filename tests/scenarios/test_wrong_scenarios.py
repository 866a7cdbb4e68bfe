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
from workflow.scenario.wanted import READERS

SUBMITTED = "- {as: siti, do: submit}\n"
APPROVED = SUBMITTED + "- {as: ani, do: approve, checklist: all}\n"
ISSUED = APPROVED + "- {as: citra, do: sign}\n"
RETURNED = SUBMITTED + "- {as: ani, do: return, input: {reason: kurang, fields: [name]}}\n"

#: Steps before; then what is expected wrongly, one a line, with the words of what is found instead.
WRONG = {
    "submitted": (
        SUBMITTED,
        {
            "state: approved": "Being verified",
            'due: {service: "2026-11-21T08:01+07:00"}': "Saturday 21 November 2026 08:00",
            "breached: [service]": "none",
            "card: {state: valid}": "none",
            "public: valid": "none",
            "warnings: [photo_small]": "none",
            "facts: {age_group: 15-19}": "20-29",
            "task: {office: lamongan}": "palembang",
            "actions: {siti: []}": "“Withdraw”",
            "refused: {ani: {approve: wrong_role}}": "none",
            "owner: null": "Siti",
            "history: [submitted, submitted]": "submitted submitted, step_requested intake_checks",
            "holds: {holder: false}": "yes",
            "line: {holder: 1}": "none",
            "queue: {ani: []}": "first",
            "incident: {step: sign_card, code: tsa_unavailable}": "none",
            "commands: 2": "1",
            "cases: {verifying: 2}": "1",
            "prints: [valid]": "none",
        },
    ),
    "submitted, a second time": (
        SUBMITTED,
        {
            "due: {service: null}": "Saturday 21 November 2026 08:00",
            "task: {holder: ani}": "none",
            "actions: {ani: [approve, reject, return]}": "“Approve”, “Reject”, “Return for correction”, “Withdraw”",
            "refused: {citra: {approve: four_eyes}}": "wrong_role",
        },
    ),
    "no task": (SUBMITTED, {"task: null": "operator"}),
    "late": (SUBMITTED + "- {wait: PT24H1M}\n", {"breached: []": "service", "told: {service: [75]}": "75%, 100%"}),
    "returned": (RETURNED, {"history: [moved return, submitted]": "submitted submitted, step_requested intake_checks"}),
    "issued": (
        ISSUED,
        {
            "card: {number: PLG-AK1-2026-000002}": "PLG-AK1-2026-000001",
            "public: null": "valid",
            "notices: {siti: []}": "card_ready",
        },
    ),
    "issued, the card's parts": (
        ISSUED,
        {
            "card: {level: B-T, verifies: false, expires: '2028-11-21', state: void}": "B-LT",
            "notices: {siti: [card_ready, card_ready]}": "card_ready",
        },
    ),
    "issued, no card": (ISSUED, {"card: null": "valid"}),
}


@pytest.mark.parametrize(("before", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_expectation_fails_with_its_line_and_what_was_found(
    place: Theatre, before: str, expected: dict[str, str]
) -> None:
    """Every kind of expectation can fail: the line is its own, the words say what is so instead."""
    wanted = "".join(f"    {line}\n" for line in expected)
    result = perform(place, f"{before}- expect:\n{wanted}- {{as: dedi, do: revoke}}\n")
    first = FIRST_LINE + before.count("\n") + 1
    told = {f.line: f.found["en"] for f in reversed(result.failures)}
    assert list(reversed(told)) == list(range(first, first + len(expected)))
    for line, found in zip(sorted(told), expected.values(), strict=True):
        assert told[line].startswith(found)
    assert len(result.steps) == before.count("\n") + 2, "what follows a failure is not performed"


def test_every_kind_of_expectation_is_seen_to_fail() -> None:
    """What cannot fail proves nothing."""
    kinds = {line.partition(":")[0] for _, expected in WRONG.values() for line in expected}
    assert kinds == READERS.keys()


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
