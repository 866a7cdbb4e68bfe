"""Reading scenarios: what is meant, and every mistake with its place and how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenario_kit import FIRST_LINE, ground, parse, trial
from workflow.definition.errors import DefinitionError
from workflow.scenario.model import SAMPLE, Act, ClockProcess, Expect, Fail, Mend, Open, Pass, Slow, Step
from workflow.scenario.reader import parse_scenarios, read_scenarios

HEAD_GIVEN = "{process: ak1-online, office: palembang, applicant: siti, at: '2026-11-20T08:00+07:00'}"


def steps(text: str) -> tuple[Step, ...]:
    """The steps of a trial."""
    return parse(trial(text))[0].steps


def problems(text: str) -> list[tuple[int, str, str]]:
    """Line, code and sentence of everything that is wrong with a text."""
    with pytest.raises(DefinitionError) as raised:
        parse(text)
    return [(p.line, p.code, p.message) for p in raised.value.problems]


def test_a_scenario_tells_who_is_there_and_what_is_given() -> None:
    """Persons with their roles at the scenario's office, the data of the file, a sample for each document."""
    (scenario,) = parse(trial("- {as: siti, do: submit}"))
    assert scenario.staff["budi"] == (("operator", "palembang"), ("signer", "palembang"))
    assert scenario.at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert scenario.accounts == ("ani", "budi", "citra", "dedi", "siti")
    assert scenario.opening.data["name"] == "Siti Rahmawati"
    assert dict(scenario.opening.documents) == {"photo": SAMPLE, "ktp": SAMPLE, "diploma": SAMPLE}
    assert (scenario.opening.applicant, scenario.opening.officer) == ("siti", None)


def test_every_kind_of_step_is_read() -> None:
    """The key that stands in it tells what it is; a step of time alone passes time."""
    found = steps("""
        - {as: siti, do: submit}
        - {as: siti, data: {name: Siti}}
        - {wait: P1D}
        - {open: second, applicant: siti}
        - {expect: {state: verifying}}
        - {fail: sign_card, code: tsa_unavailable, times: 2}
        - {slow: sign_card}
        - {mend: sign_card}
        - {clock: stopped}
    """)
    assert [type(s) for s in found] == [Act, Act, Pass, Open, Expect, Fail, Slow, Mend, ClockProcess]
    assert [s.line for s in found] == list(range(FIRST_LINE, FIRST_LINE + 9))


def test_moments_are_worked_out_in_the_zone_of_the_office() -> None:
    """`at` names a moment, `wait` counts on from the step before: months by the calendar, hours by the clock."""
    found = steps("""
        - {wait: P1M}
        - {wait: PT90M}
        - {at: "2027-01-01T00:00+07:00"}
        - {expect: {state: draft}}
    """)
    assert [s.at.isoformat() for s in found] == [
        "2026-12-20T01:00:00+00:00",
        "2026-12-20T02:30:00+00:00",
        "2026-12-31T17:00:00+00:00",
        "2026-12-31T17:00:00+00:00",
    ]


def test_a_checklist_of_all_ticks_what_the_task_asks_for() -> None:
    """`all` are the checks of the state that the move leaves."""
    (act,) = steps("- {as: ani, do: approve, checklist: all}")
    assert isinstance(act, Act)
    assert act.checklist == ("identity", "photo", "diploma")


def test_another_case_has_the_data_of_the_first_with_its_changes() -> None:
    """A mapping is laid over the data of before, null takes a field out; the documents are the same."""
    (opened,) = steps("- {open: second, applicant: rudi, data: {kind: renewal, phone: null}}")
    assert isinstance(opened, Open)
    assert opened.opening.data["kind"] == "renewal"
    assert "phone" not in opened.opening.data
    assert opened.opening.data["school"] == "Universitas Sriwijaya"
    assert set(opened.opening.documents) == {"photo", "ktp", "diploma"}
    assert opened.opening.office == "palembang"


def test_an_officer_opens_a_case_for_somebody_without_account() -> None:
    """`as` and `for`: the person gets no account."""
    given = HEAD_GIVEN.replace("applicant: siti", "as: ani, for: rina")
    text = f"- {{name: loket, given: {given}, staff: {{ani: [operator]}}, steps: [{{as: ani, do: submit}}]}}\n"
    (scenario,) = parse(text)
    assert (scenario.opening.officer, scenario.opening.applicant) == ("ani", "rina")
    assert scenario.accounts == ("ani",)


def test_staff_may_belong_to_other_offices() -> None:
    """A mapping names the offices, `*` is every one of them."""
    staff = "staff: {joko: {lamongan: [operator], '*': [supervisor]}}"
    (scenario,) = parse(f"- {{name: far, given: {HEAD_GIVEN}, {staff}, steps: [{{wait: P1D}}]}}\n")
    assert scenario.staff["joko"] == (("operator", "lamongan"), ("supervisor", "*"))


def test_a_file_of_a_kinds_name_wins_over_a_sample(tmp_path: Path) -> None:
    """`documents: folder/` takes what lies there, and draws the rest."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "photo.jpg").write_bytes(b"x")
    text = f"- {{name: own, given: {HEAD_GIVEN}, steps: [{{wait: P1D}}]}}\n".replace(
        "siti, at", "siti, documents: papers/, at"
    )
    (scenario,) = parse_scenarios(text, "s.yaml", replace(ground(), folder=tmp_path))
    assert dict(scenario.opening.documents) == {"photo": "papers/photo.jpg", "ktp": SAMPLE, "diploma": SAMPLE}


#: A step, the code of what is wrong with it, and words of the sentence.
BAD_STEPS = [
    ("{as: sitti, do: submit}", "unknown_person", "did you mean `siti`?"),
    ("{as: siti, do: sumbit}", "unknown_transition", "did you mean `submit`?"),
    ("{as: siti, do: lapse}", "unknown_transition", "There is no transition `lapse`"),
    ("{as: siti, do: submit, refused: four_eye}", "unknown_refusal", "did you mean `four_eyes`?"),
    ("{as: ani, do: approve, checklist: [identiti]}", "unknown_check", "did you mean `identity`?"),
    ("{as: siti, data: {nama: Siti}}", "unknown_field", "did you mean `name`?"),
    ("{as: siti, documents: [foto]}", "unknown_document", "did you mean `photo`?"),
    ("{as: siti, documents: {photo: samples/none.jpg}}", "unknown_file", "samples/none.jpg"),
    ("{as: siti, documents: {photo: ../course/form.yaml}}", "unknown_file", "beside the scenarios"),
    ("{as: siti, documents: ../course}", "unknown_file", "lies elsewhere"),
    ("{open: second, applicant: siti, data: ../course/samples/siti.yaml}", "unknown_file", "There is no file"),
    ("{expect: {queue: {ani: [secnd]}}}", "unknown_case", "known here: `first`"),
    ("{do: submit}", "missing_key", "Add `as:`"),
    ("{as: siti}", "misplaced_key", "`as` alone does nothing"),
    ("{expect: {state: draft}, do: submit}", "misplaced_key", "`do` does not go with `expect`"),
    ("{fail: sign_card}", "missing_key", "Add `code:`"),
    ("{fail: sign_cart, code: x}", "unknown_step", "did you mean `sign_card`?"),
    ("{mend: sign}", "unknown_step", "did you mean `sign_card`?"),
    ("{clock: stoped}", "not_allowed", "did you mean `stopped`?"),
    ("{at: '2026-11-19T08:00+07:00'}", "time_runs_back", "The step before is later"),
    ("{at: '2026-11-21T08:00'}", "bad_moment", "names no zone"),
    ("{at: tomorrow}", "bad_moment", "is no moment"),
    ("{wait: 3 days}", "bad_duration", "ISO 8601"),
    ("{wait: P3D working}", "bad_duration", "office time"),
    ("{at: '2026-11-21T08:00+07:00', wait: P1D}", "at_and_wait", "not both"),
    ("{open: first, applicant: siti}", "name_taken", "choose another name"),
    ("{open: second}", "who_opens", "`as:` and `for:`"),
    ("{open: second, applicant: siti, for: rina}", "who_opens", "`as:` and `for:`"),
    ("{open: second, applicant: siti, office: palembnag}", "unknown_office", "did you mean `palembang`?"),
    ("{open: second, applicant: siti, data: samples/sitti.yaml}", "unknown_file", "did you mean `samples/siti.yaml`?"),
    ("{open: second, applicant: siti, times: 2, unique: nikk}", "unknown_field", "did you mean `nik`?"),
    ("{case: secnd, as: siti, do: submit}", "unknown_case", "known here: `first`"),
    ("{wiat: P1D}", "unknown_key", "did you mean `wait`?"),
    ("{expect: {stat: draft}}", "unknown_key", "did you mean `state`?"),
    ("{expect: {state: verifing}}", "unknown_state", "did you mean `verifying`?"),
    ("{expect: {due: {servis: null}}}", "unknown_clock", "did you mean `service`?"),
    ("{expect: {due: {service: soon}}}", "bad_moment", "is no moment"),
    ("{expect: {breached: [servis]}}", "unknown_clock", "did you mean `service`?"),
    ("{expect: {told: {service: [50]}}}", "unknown_level", "`service` tells at 75%, 100%."),
    ("{expect: {card: {level: B-LTX}}}", "not_allowed", "did you mean `B-LT"),
    ("{expect: {card: gone}}", "wrong_type", "what the card is like"),
    ("{expect: {notices: {siti: [card_redy]}}}", "unknown_notice", "did you mean `card_ready`?"),
    ("{expect: {notices: {sitti: []}}}", "unknown_person", "did you mean `siti`?"),
    ("{expect: {facts: {birth_date: 20-29}}}", "unknown_fact", "`age_group`"),
    ("{expect: {task: {role: oprator}}}", "unknown_role", "did you mean `operator`?"),
    ("{expect: {task: {holder: anni}}}", "unknown_person", "did you mean `ani`?"),
    ("{expect: {actions: {ani: [aprove]}}}", "unknown_transition", "did you mean `approve`?"),
    ("{expect: {refused: {ani: {aprove: guard}}}}", "unknown_transition", "did you mean `approve`?"),
    ("{expect: {refused: {ani: {approve: gaurd}}}}", "unknown_refusal", "did you mean `guard`?"),
    ("{expect: {owner: sitti}}", "unknown_person", "did you mean `siti`?"),
    ("{expect: {history: [submited]}}", "unknown_event", "did you mean `submitted`?"),
    ("{expect: {holds: {holdr: true}}}", "unknown_hold", "did you mean `holder`?"),
    ("{expect: {incident: {step: sign, code: x}}}", "unknown_step", "did you mean `sign_card`?"),
    ("{expect: {cases: {verifing: 1}}}", "unknown_state", "did you mean `verifying`?"),
]


@pytest.mark.parametrize(("step", "code", "said"), BAD_STEPS, ids=[step for step, *_ in BAD_STEPS])
def test_a_mistake_is_told_at_its_line_with_how_to_mend_it(step: str, code: str, said: str) -> None:
    """As in definitions: file, line, code, what was found, and the nearest name that there is."""
    ((line, found, message),) = problems(trial(f"- {{wait: P1D}}\n- {step}"))
    assert (line, found) == (FIRST_LINE + 1, code)
    assert said in message


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("process: ak1-online", "process: ak1-onlin", "unknown_process", "did you mean `ak1-online`?"),
        ("office: palembang", "office: palembagn", "unknown_office", "did you mean `palembang`?"),
        ("ani: [operator]", "ani: [oprator]", "unknown_role", "did you mean `operator`?"),
        ("ani: [operator]", "ani: [applicant]", "unknown_role", "There is no role `applicant`"),
        ("ani: [operator]", "ani: {lamongn: [operator]}", "unknown_office", "did you mean `lamongan`?"),
        ("ani: [operator]", "Ani: [operator]", "bad_person_name", "small letters"),
        ("ani: [operator]", "ani: 3", "wrong_type", "a list of roles"),
        ("applicant: siti", "applicant: Siti", "bad_person_name", "small letters"),
        ("applicant: siti", "as: siti", "who_opens", "`as:` and `for:`"),
        ("samples/siti.yaml", "samples/siti.yml", "unknown_file", "did you mean `samples/siti.yaml`?"),
        ("  steps:", "  stesp:", "unknown_key", "did you mean `steps`?"),
    ],
)
def test_a_mistake_in_what_is_given_is_told(old: str, new: str, code: str, said: str) -> None:
    """The heading of a scenario is checked like its steps."""
    text = trial("- {as: siti, do: submit}")
    assert text.count(old) == 1
    found = [(c, m) for _, c, m in problems(text.replace(old, new))]
    assert any(c == code and said in m for c, m in found), found


def test_two_scenarios_of_one_name_are_told() -> None:
    """The name is how people speak of it."""
    text = trial("- {wait: P1D}")
    assert [code for _, code, _ in problems(text + text)] == ["name_taken"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    """Nobody mends a file one mistake a run."""
    found = problems(trial("- {as: sitti, do: sumbit}\n- {expect: {state: nowhere, owner: nobody}}"))
    assert [code for _, code, _ in found] == ["unknown_person", "unknown_transition", "unknown_state", "unknown_person"]


def test_a_process_without_scenarios_is_told_by_its_file(tmp_path: Path) -> None:
    """What has no scenario has not been shown to work."""
    with pytest.raises(DefinitionError, match="missing_file"):
        read_scenarios(tmp_path / "scenarios.yaml", ground())
