"""What every shipped service owes by law, whatever it does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from alur.furnish import SHIPPED
from tests.kernel_kit import DEFINITIONS
from workflow.definition.process import Process
from workflow.definition.reader import load_process, read_process
from workflow.steps import STEPS

SCHEMA = Path(__file__).parents[3] / "workflow" / "definition" / "process.schema.json"
DELIVERY = {"requirements", "procedure", "duration", "cost", "product", "complaints"}
MANAGEMENT = {
    "legal_basis", "facilities", "competence", "supervision", "staff", "guarantee", "safety", "evaluation",
}  # fmt: skip
MONEY = re.compile(r"pay|price|invoice|bayar|tarif|tagih", re.IGNORECASE)


@pytest.fixture(params=SHIPPED)
def process(request: pytest.FixtureRequest) -> Process:
    """Each shipped process."""
    return read_process(DEFINITIONS / str(request.param))


def test_the_standard_has_its_six_and_eight_components(process: Process) -> None:
    """LMG14: structured, and a part of the version: another standard is another definition."""
    assert set(process.standard["delivery"]) == DELIVERY
    assert set(process.standard["management"]) == MANAGEMENT
    body = json.loads(json.dumps(process.body))
    body["standard"]["delivery"]["duration"]["items"][0]["en"] = "Whenever it suits"
    assert load_process(body).hash != process.hash


def test_the_service_is_free_and_its_legal_basis_is_data(process: Process) -> None:
    """PLM6, LMG6, LMG8: nothing to pay, and the law is named."""
    assert process.standard["fee"]["id"].startswith("GRATIS")
    assert all("GRATIS" in item["id"] for item in process.standard["delivery"]["cost"]["items"])
    assert any("25 Tahun 2009" in item["id"] for item in process.standard["management"]["legal_basis"]["items"])


def test_maklumat_and_code_of_ethics_are_published(process: Process) -> None:
    """LMG12: they stand in the standard that everybody reads."""
    assert "siap menerima sanksi" in process.standard["maklumat"]["id"]
    guarantees = " ".join(item["id"].lower() for item in process.standard["management"]["guarantee"]["items"])
    assert "maklumat pelayanan" in guarantees
    assert "kode etik" in guarantees


def test_no_payment_can_be_part_of_a_process(process: Process) -> None:
    """PLM6: no step asks for money, and the format has no word for it."""
    assert not [name for name in STEPS if MONEY.search(name)]
    assert not MONEY.search(SCHEMA.read_text())
    names = [*process.states, *process.transitions, *process.form.fields, *process.documents]
    assert not [name for name in names if MONEY.search(name)]
