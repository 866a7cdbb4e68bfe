"""Several time-stamping authorities behind one: the next is asked while one is away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath

#: How long an authority that did not answer is asked last, in seconds.
REST = 60.0
#: How an authority fails that is away or answers nonsense.
FAILURES = (OSError, TimeoutError, ValueError, TypeError)

log = structlog.get_logger()


@dataclass
class _Member:
    stamper: TimeStamper
    #: By the monotonic clock; until then it is asked last.
    rests_until: float = 0.0
    #: Its chain was looked at and is not trusted: it is not asked before the next look.
    distrusted: bool = False


class SeveralTimeStampers(TimeStamper):
    """Asks the first of its authorities that answers; one whose chain is not trusted is left out while another is."""

    def __init__(self, stampers: Sequence[TimeStamper], clock: Callable[[], float] = time.monotonic) -> None:
        """`stampers` in the order in which they are asked, one at least."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._members = [_Member(stamper) for stamper in stampers]
        self._clock = clock

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The time stamp of the first that gives one over this digest; raises as the last of them does."""

        async def stamped(stamper: TimeStamper) -> cms.ContentInfo:
            token = await stamper.async_timestamp(message_digest, md_algorithm)
            told = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            if told["hashed_message"].native != message_digest:
                raise ValueError("it stamped something else")
            return token

        return await self._first(stamped)

    async def async_dummy_response(self, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp over nothing, of the first that gives one."""
        return await self._first(lambda stamper: stamper.async_dummy_response(md_algorithm))

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[ValidationPath]:
        """The chains of all that answer, since any of them may be the one that stamps.

        Where none is both there and trusted, raises why one is not trusted, or how the last of them failed.
        """
        found: list[ValidationPath] = []
        why: Exception | None = None
        for member in self._in_order(everybody=True):
            if found and self._rests(member):
                continue
            try:
                found += [path async for path in member.stamper.validation_paths(validation_context)]  # type: ignore[no-untyped-call]
                member.distrusted = False
            except (PathError, ValidationError) as error:
                self._left_out(member, error)
                member.distrusted, why = True, error
            except FAILURES as error:
                self._left_out(member, error)
                why = why or error
        if not found and why is not None:
            raise why
        for path in found:
            yield path

    async def _first(self, ask: Callable[[TimeStamper], Awaitable[cms.ContentInfo]]) -> cms.ContentInfo:
        last: Exception = OSError("no time-stamping authority is trusted")
        for member in self._in_order():
            try:
                answer = await ask(member.stamper)
            except FAILURES as error:
                self._left_out(member, error)
                last = error
            else:
                member.rests_until = 0.0
                return answer
        raise last

    def _in_order(self, *, everybody: bool = False) -> list[_Member]:
        """As they were given, those that rest last; without those that are not trusted, unless nobody is."""
        asked = [m for m in self._members if everybody or not m.distrusted] or self._members
        return sorted(asked, key=self._rests)

    def _rests(self, member: _Member) -> bool:
        return self._clock() < member.rests_until

    def _left_out(self, member: _Member, error: Exception) -> None:
        if isinstance(error, FAILURES):
            member.rests_until = self._clock() + REST
        place = self._members.index(member) + 1
        log.warning("a time-stamping authority is left out", place=place, of=len(self._members), why=str(error))
