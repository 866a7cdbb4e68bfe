"""Fixtures over real parts: one house a session, on PostgreSQL and Valkey from their wheels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from alur.furnish import add_demo_accounts, furnish
from alur.settings import load
from alur.wiring import House, open_house

#: On a busy machine time says nothing about the code: no test asserts it.
settings.register_profile("alur", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("alur")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: Playwright leaves its loop running in the main thread, where `asyncio.run` then fails.

    After pytest itself has ordered them by their fixtures, which would bring them forward again.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An open house with its schema, shipped definitions and demo accounts; nobody works in it but the test."""
    data = tmp_path_factory.mktemp("house")
    with open_house(load({"ALUR_DATA": str(data)}, Path.cwd())) as opened:
        furnish(opened)
        add_demo_accounts(opened)
        yield opened
        opened.engine.dispose()
