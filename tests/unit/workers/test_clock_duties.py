"""The clock process goes on, whatever one of its duties meets."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError

from workers.clock import done


def failing() -> None:
    """A duty with a mistake of its own."""
    raise ValueError("a plan that cannot be read")


def away() -> None:
    """A duty that finds no database."""
    raise OperationalError("SELECT 1", {}, Exception("gone"))


def test_a_duty_that_fails_keeps_none_of_the_others() -> None:
    """A migration that cannot go on must not stop the timers of all cases."""
    assert done(failing) is True


def test_without_a_database_the_other_duties_are_not_tried() -> None:
    """They would fail alike; the next look tries again."""
    assert done(away) is False
