"""A card's file that took another one's place, without anything being decided about its case.

The bodies name card, file and level under `result`, as the steps that sign do, so that whoever looks for the last word
on a card's file finds it in one way.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.changes.change import Change, nothing

#: The file reached its level after a time stamper or a revocation list had been away.
CARD_LIFTED = "card_lifted"
#: The archive of the file was stamped anew before its last time stamper's certificate ends.
CARD_RENEWED = "card_renewed"

CHANGES: Mapping[str, Change] = {CARD_LIFTED: nothing, CARD_RENEWED: nothing}
