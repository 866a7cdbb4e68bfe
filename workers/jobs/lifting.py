"""The signing worker's own job: cards that wait for their level reach it, and archives are renewed in time."""

from __future__ import annotations

from importlib import import_module

from workers import lift_bell
from workers.workshop import current


def lift() -> int:
    """Look once; how many files took another one's place. Does nothing in a worker that does not sign."""
    workshop = current()
    lift_bell.answer(workshop.redis)
    if workshop.signer is None:
        return 0
    # Read here: signing costs 67 MB that an engine worker never needs, and this module is imported by all of them.
    done: int = import_module("workers.lifting").look(workshop)
    return done
