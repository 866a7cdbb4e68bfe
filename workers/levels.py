"""Bringing a signed file to its level, as far as what is at hand just now allows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from signing.archive import archive
from signing.errors import Unavailable
from signing.levels import Level
from signing.trust import Trust
from signing.verify import verify
from workers.signer import Signer

#: Why a file is below its level where nothing is away: with everything in place it does not verify.
REFUSED = "level_refused"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A file, and how far it is."""

    pdf: bytes
    level: Level
    #: Code of what keeps it below the level that is wanted; None where it is reached.
    pending: str | None = None
    #: A revision with a document time stamp was appended.
    extended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """What a file is to become."""

    #: The level that is wanted.
    level: Level
    #: Signatures in the file by now, and those that it must bear in the end.
    signatures: int
    expected: int

    @property
    def complete(self) -> bool:
        """Nobody will sign after this, so revisions may follow."""
        return self.signatures >= self.expected


def reach(signer: Signer, pdf: bytes, aim: Aim, *, stamped: str | None, lacks: str | None) -> Reached:
    """`pdf` at the level that it can have now.

    `stamped` is the code of what kept its last signature from being stamped, None where it is as it should be; `lacks`
    what was away when one of its signatures was prepared. Raises SigningError for what waiting does not mend.
    """
    if aim.level is Level.B_B:
        return Reached(pdf=pdf, level=Level.B_B)
    if stamped:
        return Reached(pdf=pdf, level=Level.B_B, pending=stamped)
    level = aim.level.signing
    if lacks and level.revocation and not _stands_alone(signer, pdf, aim):
        level = Level.B_T
    if level >= aim.level or not aim.complete:
        return Reached(pdf=pdf, level=level, pending=lacks if level < aim.level.signing else None)
    return _extended(signer, Reached(pdf=pdf, level=level, pending=lacks), aim)


def _extended(signer: Signer, now: Reached, aim: Aim) -> Reached:
    """With a last revision that brings what is missing; `pending` says what is away where it cannot be had."""
    try:
        pdf = asyncio.run(archive(now.pdf, signer.trust(), signer.timestamper))
    except Unavailable as error:
        return Reached(pdf=now.pdf, level=now.level, pending=error.code)
    if not _stands_alone(signer, pdf, aim):
        log.warning("a file does not reach its level", level=now.level.value, wanted=aim.level.value)
        return Reached(pdf=now.pdf, level=now.level, pending=REFUSED)
    return Reached(pdf=pdf, level=Level.B_LTA, extended=True)


def _stands_alone(signer: Signer, pdf: bytes, aim: Aim) -> bool:
    """Whether the file proves itself to somebody who knows the roots and nothing else: that is what B-LT means."""
    return verify(pdf, Trust(roots=signer.trust().roots), aim.signatures).ok
