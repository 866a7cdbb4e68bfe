"""Every way in which a step can fail is told in words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from workers.jobs.publish_card import NOT_VALID
from workers.levels import REFUSED
from workflow.causes import CAUSES, cause
from workflow.db.card_files import AWAY

ROOT = Path(__file__).parents[3]
#: Errors that end a step; uploads are refused to their sender, not in a step.
ERRORS = {"StepError", "Rejected", "Unavailable", "Uncertain", "CardError"}
#: What `workers.jobs.performing` and `workflow.decide` say themselves.
OWN = {"step_error", "no_move_holds", "guard_error"}
#: What keeps a signed card below its level.
PENDING = {*AWAY, REFUSED, NOT_VALID}


def raised() -> set[str]:
    """Codes with which the errors of steps are made."""
    out = set()
    # What the signing worker is made of is read when a step first asks for it.
    made = ROOT / "alur" / "signers.py"
    for file in (*(ROOT / "signing").rglob("*.py"), *(ROOT / "workers").rglob("*.py"), made):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                out |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return out


@pytest.mark.parametrize("code", sorted(raised() | OWN | PENDING))
def test_every_cause_has_its_words(code: str) -> None:
    """A code that a step can end with is told to officers in both languages."""
    assert set(CAUSES[code]) == {"id", "en"}


def test_no_cause_is_left_over() -> None:
    """Words for what can no longer happen are removed."""
    assert set(CAUSES) == raised() | OWN | PENDING


def test_an_unknown_cause_is_told_by_its_code() -> None:
    """An incident of an older version still says what it knows."""
    assert "lost_reply" in cause("lost_reply")["en"]
