"""Checkpoints: what an office signs of its log at one moment (C2SP tlog-checkpoint, the moment as extension)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from workflow.errors import AlurError
from workflow.events import stamp
from workflow.log.tree import HASH_BYTES

_MOMENT = "moment "


class CheckpointError(AlurError):
    """The text is no checkpoint."""

    code = "checkpoint_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The log as it was."""

    #: Which log: the house's public address without its scheme, and `/alur`.
    origin: str
    #: How many leaves.
    size: int
    #: Root of the tree over them, 32 bytes.
    root: bytes
    #: When, by the clock of the process that sealed it; UTC.
    moment: datetime

    def text(self) -> str:
        """What is signed: four lines."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{_MOMENT}{stamp(self.moment)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a signed text; raises `CheckpointError`."""
    try:
        origin, size, root, moment, *rest = text.split("\n")
        found = Checkpoint(
            origin=origin,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            moment=datetime.fromisoformat(moment.removeprefix(_MOMENT)).astimezone(UTC),
        )
    except (ValueError, binascii.Error):
        raise CheckpointError("The text is no checkpoint.") from None
    if rest != [""] or len(found.root) != HASH_BYTES or found.size < 0 or found.text() != text:
        raise CheckpointError("The text is no checkpoint in the form that Alur writes.")
    return found
