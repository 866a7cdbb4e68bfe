"""What the packages import is what setup.cfg declares."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("alur", "workflow", "web", "workers", "signing")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options"]["install_requires"].split()
    return {canonical(re.split(r"[\[<>=!~;,]", line)[0]) for line in lines}


def imported(package: str) -> set[str]:
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {*PACKAGES, "definitions", "__future__"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_import_is_declared(package: str) -> None:
    """A module of another project comes from a distribution that setup.cfg names itself."""
    known = packages_distributions()
    missing = {
        module for module in imported(package) if not {canonical(d) for d in known.get(module, [module])} & declared()
    }
    assert not missing


def test_every_package_is_listed() -> None:
    """A folder with Python files is in the explicit list of packages, so that a wheel holds it."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for p in (*PACKAGES, "definitions")
        for path in (ROOT / p).rglob("*.py")
    }
    assert there == listed
