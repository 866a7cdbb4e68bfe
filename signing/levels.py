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

    def __ge__(self, other: Level) -> bool:
        """Whether a file of this level is at least of that one."""
        return _ORDER.index(self) >= _ORDER.index(other)

    def __lt__(self, other: Level) -> bool:
        """Whether that level asks for more than this one."""
        return not self >= other

    @property
    def signing(self) -> Level:
        """The level of each signature in a file of this level: the archival stamp stands for all of them at once."""
        return Level.B_LT if self is Level.B_LTA else self


_ORDER = tuple(Level)
