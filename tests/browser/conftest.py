"""A real browser before the real pages: the application on a thread, the workers' work done when it rings."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.serving import make_server

from alur.furnish import demo_password
from alur.wiring import House
from tests.api_kit import ports_of
from tests.tools import need
from web.app import create_app

SCREENS = Path("var/screens")
#: A cheap phone and a desk.
WIDTHS = (360, 1280)
MAX_PAGE = 100_000  # bytes of one page


@dataclass(frozen=True)
class Site:
    house: House
    url: str
    #: The password of the demo accounts.
    password: str


@pytest.fixture(scope="session")
def browser_type_launch_args() -> Mapping[str, Any]:
    """The system's chromium; a test machine may run as root, which its sandbox refuses."""
    return {"executable_path": need("chromium"), "args": ["--no-sandbox"]}


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[Site]:
    """The pages, served; whatever they ring for is done before they answer."""
    server = make_server("127.0.0.1", 0, create_app(ports_of(house)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(house, f"http://127.0.0.1:{server.server_port}", demo_password(house.settings))
    server.shutdown()
    thread.join()


class Eye:
    """Looks at pages: at both widths, through axe, and keeps a picture of each."""

    def __init__(self) -> None:
        self._axe = Axe()
        self._faults: list[str] = []
        SCREENS.mkdir(parents=True, exist_ok=True)

    def look(self, page: Page, name: str) -> None:
        """Note what makes the page unfit for somebody: axe's findings, sideways scrolling, weight."""
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
            for found in self._axe.run(page).response["violations"]:
                where = [node["html"][:160] for node in found["nodes"]]
                self._faults.append(f"{name} at {width} px: {found['id']}: {where}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                self._faults.append(f"{name} at {width} px scrolls sideways by {wide} px")
        if (weight := len(page.content().encode())) > MAX_PAGE:
            self._faults.append(f"{name} weighs {weight} bytes")

    def assert_fit(self) -> None:
        """Fail with everything that was noted."""
        told, self._faults = "\n".join(self._faults), []
        assert not told, told


@pytest.fixture
def eye() -> Iterator[Eye]:
    """A pair of eyes; what they noted fails the test at its end."""
    eyes = Eye()
    yield eyes
    eyes.assert_fit()
