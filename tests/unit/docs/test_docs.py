"""The documentation tells of everything that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alur.__main__ import COMMANDS
from alur.setting_names import KNOWN
from signing.claim_check import CLAIM_PROBLEMS
from signing.uploads import REFUSALS
from signing.verdict import PROBLEMS
from web.sentences import SENTENCES as WEB
from workflow.causes import CAUSES
from workflow.evolve import CHANGES
from workflow.finding import SENTENCES as FINDINGS
from workflow.refusals import SENTENCES
from workflow.steps import STEPS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]


def told(page: str) -> str:
    return (DOCS / "reference" / page).read_text()


@pytest.mark.parametrize("name", KNOWN)
def test_every_setting_is_documented(name: str) -> None:
    """A setting that is read stands on the page of settings."""
    assert f"`{name}`" in told("settings.md")


@pytest.mark.parametrize("code", sorted({*SENTENCES, *WEB, *REFUSALS, *PROBLEMS, *CAUSES, *FINDINGS, *CLAIM_PROBLEMS}))
def test_every_code_is_documented(code: str) -> None:
    """A code that people or programs may meet stands on the page of codes."""
    assert f"`{code}`" in told("codes.md")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_documented(step: str) -> None:
    """A step that a definition may name stands on the page of steps."""
    assert f"## `{step}`" in told("steps.md")


@pytest.mark.parametrize("event", CHANGES)
def test_every_event_is_documented(event: str) -> None:
    """A type of event stands on the page of events."""
    assert f"| `{event}` |" in told("events.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """A command stands on the page of commands."""
    assert f"| `alur {command}" in told("commands.md")


@pytest.mark.parametrize("adr", sorted(p.name for p in (DOCS / "adr").glob("0*.md")))
def test_every_decision_is_listed(adr: str) -> None:
    """A decision can be found from the list of decisions."""
    assert f"({adr})" in (DOCS / "adr" / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS.parent)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link of a page names a file or folder that exists."""
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
