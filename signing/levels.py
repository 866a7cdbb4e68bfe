"""Levels of a PAdES signature (ETSI EN 319 142-1)."""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """How long a signature can be checked, from its day (B-B) to renewed for ever (B-LTA)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def stamped(self) -> bool:
        """Whether the signature carries a time stamp."""
        return self is not Level.B_B

    @property
    def revocation(self) -> bool:
        """Whether the file carries certificates and revocation lists."""
        return self in (Level.B_LT, Level.B_LTA)
