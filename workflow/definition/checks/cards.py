"""Cards: what is drawn is described, and its end is the one that the process knows."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.checks.fault import Fault
from workflow.definition.checks.ground import Ground
from workflow.steps import COUNTERSIGNING, DRAWING, PUBLISHING, SIGNING


def missing_card(ground: Ground) -> Iterator[Fault]:
    """Steps that draw a card of which the process says nothing."""
    if ground.process.card is not None:
        return
    for move in ground.process.transitions.values():
        if move.run in DRAWING:
            yield Fault(
                code="no_card",
                message=f"`{move.run}` draws a card, and the process has none; describe it in a file and name that "
                "with `card:`.",
                place=("transitions", move.name, "run"),
            )


def missing_field(ground: Ground) -> Iterator[Fault]:
    """Second signatures for which no first one leaves a field."""
    moves = ground.process.transitions.values()
    if any(m.run == SIGNING and m.run_with.get("second") for m in moves):
        return
    for move in moves:
        if move.run == COUNTERSIGNING:
            yield Fault(
                code="no_second_field",
                message=f"`{COUNTERSIGNING}` needs a field that `{SIGNING}` leaves for it; give that step "
                "`with: {second: true}`.",
                place=("transitions", move.name, "run"),
            )


def other_end(ground: Ground) -> Iterator[Fault]:
    """States of issued cards whose end is not the one that is printed on the card."""
    card = ground.process.card
    if card is None:
        return
    for move in ground.process.transitions.values():
        if move.run not in PUBLISHING:
            continue
        for timer in ground.process.states[move.to].timers:
            if timer.fire and timer.after and timer.after.source != card.valid.source:
                yield Fault(
                    code="card_end_differs",
                    message=f"The card is valid for {card.valid.source}, and `{move.to}` ends after "
                    f"{timer.after.source}; write the same in both.",
                    place=("states", move.to, "timers", timer.index, "after"),
                )
