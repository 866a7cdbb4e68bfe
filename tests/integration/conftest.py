"""A quiet house for tests in which nobody else may work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alur.wiring import House
from tests.drain_kit import quiet_house


@pytest.fixture(scope="module")
def quiet(house: House) -> Iterator[House]:
    """A house on a database of its own, one per test file."""
    with quiet_house(house) as own:
        yield own
