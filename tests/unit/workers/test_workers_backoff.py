"""How long a failed step waits."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from workflow.db.outbox import MAX_BACKOFF, StepId, backoff

TEN = timedelta(seconds=10)


def test_the_wait_doubles_from_the_first_failure() -> None:
    """10, 20, 40, 80 seconds."""
    assert [backoff(TEN, n) for n in (1, 2, 3, 4)] == [TEN, 2 * TEN, 4 * TEN, 8 * TEN]


@pytest.mark.parametrize("attempt", [10, 21, 1000, 10**9])
def test_the_wait_is_capped(attempt: int) -> None:
    """Never longer than an hour, and no number is too large for it."""
    assert backoff(TEN, attempt) == MAX_BACKOFF


def test_the_wait_never_shrinks() -> None:
    """Later attempts wait at least as long."""
    assert all(a <= b for a, b in pairwise(backoff(TEN, n) for n in range(1, 60)))


def test_each_attempt_has_a_job_of_its_own() -> None:
    """A queue refuses a job whose id it knows, so the attempt is part of it."""
    id_ = StepId(17, 4, "sign_card")
    assert id_.job(1) != id_.job(2)
