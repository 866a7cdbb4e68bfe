"""Every demand of the three offices is shown by a scenario or a test that is there and carries its number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "demands.md"
DEMANDS = [
    *(f"BA{n}" for n in range(1, 5)),
    *(f"PLM{n}" for n in range(1, 18)),
    *(f"LMG{n}" for n in range(1, 15)),
]


def rows() -> dict[str, list[str]]:
    """What shows each demand, as the page tells."""
    found = re.findall(r"^\| ([A-Z]+\d+) \| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {id_: re.findall(r"`([^`]+)`", cell) for id_, cell in found}


def scenarios(process: str) -> list[str]:
    """Names of a shipped process's scenarios."""
    text = (ROOT / "definitions" / process / "scenarios.yaml").read_text()
    return [s["name"] for s in YAML(typ="safe", pure=True).load(text)]


def docstring(path: str, name: str) -> str:
    """What a test says of itself; raises when it is not there."""
    functions = [n for n in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(n, ast.FunctionDef)]
    return next(ast.get_docstring(f) or "" for f in functions if f.name == name)


@pytest.mark.parametrize("demand", DEMANDS)
def test_each_demand_is_shown_by_what_carries_its_number(demand: str) -> None:
    """A scenario by its name, a test by its docstring; both must exist."""
    shown = rows()[demand]
    assert shown
    for reference in shown:
        if reference.startswith("tests/"):
            assert re.search(rf"\b{demand}\b", docstring(*reference.split("::"))), reference
        else:
            process, _, name = reference.partition(": ")
            assert name in scenarios(process), reference
            assert re.search(rf"\b{demand}\b", name), reference


def test_the_page_names_no_demand_that_there_is_not() -> None:
    """And each of them once."""
    assert list(rows()) == DEMANDS
