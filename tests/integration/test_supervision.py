"""What those who watch over an office can count on: work by officer, looks at data, recaps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from alur.wiring import House
from tests.api_kit import Api, key, officer, submitted
from tests.drain_kit import rows

SAMPLE = Path(__file__).parents[2] / "definitions" / "complaint" / "samples" / "siti.yaml"
CHECKLIST = ["identity", "photo", "diploma"]


def test_the_work_of_each_officer_is_told_by_the_history(quiet: House) -> None:
    """PLM13: who did how many tasks, and every look at personal data, stand in the database by person."""
    ani, budi = officer(quiet, "operator@palembang"), officer(quiet, "operator@palembang")
    cases = [submitted(quiet) for _ in range(3)]
    for who, case in ((ani, cases[0]), (ani, cases[1]), (budi, cases[2])):
        assert who.get(f"/cases/{case}").status_code == 200
        assert who.do(case, "approve", checklist=CHECKLIST).status_code == 200
    done = rows(
        quiet,
        "SELECT done_by, count(*) FROM task WHERE case_id = ANY(:c) AND status = 'done' GROUP BY 1 ORDER BY 2",
        c=cases,
    )
    told = rows(
        quiet,
        "SELECT actor, count(*) FROM event WHERE case_id = ANY(:c) AND body->>'do' = 'approve' GROUP BY 1 ORDER BY 2",
        c=cases,
    )
    assert [n for _, n in done] == [n for _, n in told] == [1, 2]
    assert [who for who, _ in done] == [who for who, _ in told]
    looked = rows(quiet, "SELECT account::text, case_id FROM access_log WHERE case_id = ANY(:c)", c=cases)
    assert {(told[1][0], cases[0]), (told[1][0], cases[1]), (told[0][0], cases[2])} <= {tuple(r) for r in looked}


def test_complaints_are_counted_by_channel_and_subject(quiet: House) -> None:
    """LMG13: the recap comes from facts of the history, which outlive the persons' data."""
    anybody = Api(quiet)
    sample: dict[str, Any] = dict(YAML(typ="safe", pure=True).load(SAMPLE.read_text()))
    filed = []
    for channel, subject in (("web", "delay"), ("web", "suggestion"), ("instagram", "delay")):
        body = {"office": "lamongan", "data": sample | {"channel": channel, "subject": subject}}
        filed.append(anybody.post("/complaints", body, **{"Idempotency-Key": key()}).json["case"])
    sql = "SELECT body->'facts'->>'{}', count(*) FROM event WHERE case_id = ANY(:c) AND type = 'submitted' GROUP BY 1"
    assert dict(rows(quiet, sql.format("channel"), c=filed)) == {"web": 2, "instagram": 1}
    assert dict(rows(quiet, sql.format("subject"), c=filed)) == {"delay": 2, "suggestion": 1}
