"""Step `void_card`: a card that was signed after its step had been cancelled is void, with the reason (rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.workshop import Workshop
from workflow.db import register
from workflow.db.outbox import Work


def void_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{card}: the card whose number is void now."""
    with workshop.engine.begin() as connection:
        register.change(connection, work.input["card"], register.VOID, reason="cancelled")
    return {"card": work.input["card"]}
