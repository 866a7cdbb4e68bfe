"""One theatre for all scenarios: a furnished database of which each gets a copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alur.scenarios.run import Theatre, theatre
from alur.wiring import House


@pytest.fixture(scope="session")
def place(house: House) -> Iterator[Theatre]:
    """Where scenarios are performed, beside the database of the other tests."""
    with theatre(house.urls) as opened:
        yield opened
