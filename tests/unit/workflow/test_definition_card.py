"""The card in a definition: its template goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.definition.errors import DefinitionError
from workflow.definition.reader import load_process, parse_process

ROOT = Path(__file__).parents[3]
BASE = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "tests/definitions/base").glob("*.yaml")}
OWN = {**BASE, "card.yaml": BASE["card.yaml"].replace("ak1.typ", "own.typ"), "own.typ": "#card.name"}


def test_a_template_beside_the_process_goes_with_the_definition() -> None:
    """Workers draw from what is stored: a template that changes is another version of the process."""
    process = parse_process(OWN)
    assert process.card is not None
    assert process.card.source == "#card.name"
    assert load_process(process.body) == process
    assert parse_process({**OWN, "own.typ": "#card.name #card.nik"}).hash != process.hash


def test_the_shipped_template_goes_with_the_definition_too() -> None:
    """A card of years ago is drawn again as it was then."""
    process = parse_process(BASE)
    assert process.card is not None
    assert process.card.source == (ROOT / "definitions/cards/ak1.typ").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line", ['#import "@preview/x:1.0.0": y', '#include "other.typ"', '#eval("1")', '#plugin("x")']
)
def test_a_template_takes_no_code_from_elsewhere(line: str) -> None:
    """What is drawn stands in the definition that two persons have read."""
    with pytest.raises(DefinitionError) as caught:
        parse_process({**OWN, "own.typ": line})
    assert [p.code for p in caught.value.problems] == ["template_not_alone"]


def test_a_process_without_a_card_needs_none() -> None:
    """A process that draws nothing describes nothing."""
    files = {**BASE, "process.yaml": BASE["process.yaml"].replace("card: card.yaml\n", "")}
    files["process.yaml"] = files["process.yaml"].replace("sign_card, with: {level: B-LT}", "intake_checks")
    files["process.yaml"] = files["process.yaml"].replace("step: sign_card", "step: intake_checks")
    assert parse_process(files).card is None
