"""Programs of the system that some tests look through."""

from __future__ import annotations

import os
import shutil

import pytest


def need(tool: str) -> str:
    """Return the path of a program; without it skip the test in one line, or fail where CI promises to have it."""
    found = shutil.which(tool)
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"{tool} is not installed")
    return str(found)
