"""Cases at the counter of Lamongan, and a card that two persons sign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alur.wiring import House
from tests.kernel_kit import variant
from tests.support import new_account, open_filled, sample_data, send, settle
from workflow.db.publishing import publish_shipped

OFFICE = "lamongan"
CHECKLIST = ("identity", "photo", "diploma")

_SIGNED = 'title: {id: "Ditandatangani", en: "Signed"}'
TWO = (
    ("with: {level: B-LT}", "with: {level: B-LT, second: true}"),
    (
        _SIGNED,
        f'{_SIGNED}\n    task: {{role: head}}\n  countersigned:\n    title: {{id: "Dua tanda tangan", en: "Twice"}}',
    ),
    (
        "    from: signed\n",
        "    from: countersigned\n",
    ),
    (
        "  report:\n    title:",
        "  countersign:\n    from: signed\n    to: countersigned\n    by: head\n    run: countersign_card\n"
        "  report:\n    title:",
    ),
)


def publish_two_signatures(house: House, folder: Path) -> None:
    """Publish AK-1 online with a second signature, by the head of section."""
    with house.engine.begin() as db:
        publish_shipped(db, variant(folder, *TWO).process, datetime.now(UTC))


def at_the_counter(house: House, *, owner: str | None = None, **changes: object) -> int:
    """A case that an officer checks at the counter."""
    case = open_filled(house, owner, office=OFFICE, data=sample_data(**changes), by="operator", process="ak1-counter")
    act(house, case, "submit", submits=True)
    return case


def printed(house: House, *, owner: str | None = None, **changes: object) -> int:
    """A case whose card is printed."""
    case = at_the_counter(house, owner=owner, **changes)
    act(house, case, "print", checklist=CHECKLIST)
    return case


def corrected(house: House, case: int) -> None:
    """Correct a printed case and print it anew."""
    act(house, case, "correct", given={"reason": "Keliru.", "fields": ["name"]})
    act(house, case, "amend", submits=True)
    act(house, case, "reprint", checklist=("amended",))


def handed_over(house: House, case: int) -> None:
    """Carry a printed case to its end."""
    act(house, case, "seeker_signs", given={"how": "paper"})
    act(house, case, "sign", by="signer")
    act(house, case, "handover")


def act(house: House, case: int, do: str, *, by: str = "operator", **more: object) -> int:
    """Perform a command and everything that follows; its id."""
    command = send(house, case, do, by, office=OFFICE, **more)  # type: ignore[arg-type]
    settle(house)
    return command


def two_to_sign(house: House, *, signer: str = "signer") -> int:
    """A case whose first signature is made and whose second waits."""
    siti = new_account(house)
    case = open_filled(house, siti)
    send(house, case, "submit", siti, submits=True)
    settle(house)
    send(house, case, "approve", "operator", checklist=CHECKLIST)
    settle(house)
    send(house, case, "sign", signer)
    settle(house)
    return case
