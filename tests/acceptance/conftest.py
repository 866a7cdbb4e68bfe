"""A sealed house and the bundles of a case with a card, one of each for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alur.wiring import House
from tests.audit_kit import Scene, sealed_house
from tests.bundle_kit import bundle


@pytest.fixture(scope="module")
def scene(house: House) -> Iterator[Scene]:
    """A sealed house with a card, a returned case and a case at the counter."""
    with sealed_house(house) as made:
        yield made


@pytest.fixture(scope="module")
def full(scene: Scene) -> bytes:
    """The bundle of the case with the card, with its data."""
    return bundle(scene.house, scene.case, "auditor")


@pytest.fixture(scope="module")
def lean(scene: Scene) -> bytes:
    """The same without data."""
    return bundle(scene.house, scene.case)
