"""The stored form of a case."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from tests.kernel_kit import Desk, corrected, issued, stored_and_read, verifying
from workflow.case import Case, Erased, Grant, Reading, Step, Task, fold_from_json, fold_text, fold_to_json


def test_a_fresh_draft_stores_nothing() -> None:
    """Rule 1: a draft has no history, so its fold is empty."""
    assert fold_text(Desk().new) == "{}"


@pytest.mark.parametrize("make", [verifying, corrected, issued, Desk])
def test_a_stored_case_reads_back_as_it_was(make: type[Desk]) -> None:
    """Whatever a case carries, its row gives it back, moments and tuples included."""
    desk = make()
    assert stored_and_read(desk.case) == desk.case


def test_every_part_survives_storing_at_once() -> None:
    """A case with all parts filled reads back equal, also a step that failed and a claim in another zone."""
    moment = Desk().now
    case = Case(
        id=1,
        process="p",
        definition="h",
        office="o",
        owner="5",
        documents={"photo": "d"},
        complete=True,
        submitted_at=moment,
        entered_at=moment + timedelta(microseconds=1),
        moved_by="5",
        task=Task(3, "operator", "o", "11", moment + timedelta(minutes=30), -1),
        step=Step(4, "sign_card", ("sign", "other"), "12", "signer", {"do": "sign"}, "tsa_unavailable"),
        performed={"operator": ("11", "12"), "applicant": ("5",)},
        clocks={"service": Reading(moment, moment, ((moment, moment + timedelta(microseconds=7)),), None, (75, 100))},
        fired={"0": 2},
        holds={"holder": "k"},
        recused=("14", "15"),
        glass=(Grant(4, "16", "signer", moment + timedelta(hours=1)),),
    )
    assert stored_and_read(case) == case


def test_a_task_that_was_stored_before_there_were_priorities_is_a_normal_one() -> None:
    """Folds that are in the database already read as before."""
    assert fold_from_json({"task": [3, "operator", "o", None, None]})["task"] == Task(3, "operator", "o")


def test_every_field_is_a_column_or_in_the_fold() -> None:
    """A field that somebody adds and forgets to store is told here."""
    columns = {"id", "process", "definition", "office", "owner", "state", "revision", "seq", "head", "data"}
    moment = Desk().now
    full = Case(
        1, "p", "h", "o", "5", "s", 1, 1, b"x", 1, {"a": "b"}, True, moment, moment, "5",
        Task(1, "r", "o"), Step(1, "r", (), "a", "r"), {"r": ("1",)}, {"c": Reading(moment)}, {"d": Reading(moment)},
        {"0": 1}, {"h": "k"},
        {"l": "k"}, ("m",), ("9",), (Grant(4, "9", "signer", moment),),
        Erased(moment, "right"),
    )  # fmt: skip
    assert columns | set(fold_to_json(full)) == set(Case._fields)


def test_the_stored_text_is_the_same_for_the_same_case() -> None:
    """Byte for byte: two folds of one history store one text, with moments in UTC."""
    one, two = issued(), issued()
    assert fold_text(one.case) == fold_text(two.case)
    assert orjson.loads(fold_text(one.case))["submitted_at"].endswith("Z")
