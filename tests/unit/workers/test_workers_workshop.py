"""What a worker process keeps at hand."""

from __future__ import annotations

from typing import Any

import pytest

from workers import workshop
from workers.workshop import Workshop


def make() -> Workshop:
    """A workshop of which nothing is opened."""
    nothing: Any = None
    return Workshop(engine=nothing, redis=nothing, library=nothing, vault=nothing, blobs=nothing, public_url="")


def test_a_part_is_made_once_until_it_broke() -> None:
    """A drain keeps its connection, and gets a new one after it was forgotten."""
    shop, made = make(), iter("ab")
    assert [shop.once("drainer", lambda: next(made)) for _ in range(2)] == ["a", "a"]
    shop.forget("drainer")
    shop.forget("drainer")
    assert shop.once("drainer", lambda: next(made)) == "b"


def test_a_job_outside_a_worker_is_told_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a workshop there is a sentence, not an attribute of None."""
    monkeypatch.setattr(workshop, "_current", None)
    with pytest.raises(RuntimeError, match="alur worker"):
        workshop.current()
    shop = make()
    workshop.enter(shop)
    assert workshop.current() is shop
