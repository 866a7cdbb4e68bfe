"""A person's roles, which hold per office."""

from __future__ import annotations

from web.person import Person

OFFICES = ("palembang", "lamongan", "banda-aceh")


def person(*memberships: tuple[str, str]) -> Person:
    """Somebody with these memberships."""
    return Person(account=7, name="ani", title="", language="id", memberships=frozenset(memberships), via="session")


def test_a_role_holds_at_its_office_only() -> None:
    """What is had at one office is not had at another."""
    ani = person(("operator", "palembang"), ("signer", "lamongan"))
    assert ani.offices(OFFICES) == ("lamongan", "palembang")
    assert ani.roles_at("palembang") == {"operator"}
    assert ani.roles_at("lamongan") == {"signer"}


def test_a_star_means_every_office_that_there_is() -> None:
    """Also those of which the membership says nothing by name."""
    gita = person(("auditor", "*"))
    assert gita.offices(OFFICES) == tuple(sorted(OFFICES))
    assert gita.roles_at("lamongan") == {"auditor"}
    assert gita.is_staff


def test_an_office_that_was_given_up_shows_nothing() -> None:
    """A membership of an office that is not known opens nothing."""
    assert person(("operator", "nowhere")).offices(OFFICES) == ()


def test_an_applicant_is_no_staff() -> None:
    """No membership, no office; the name to sign in with stands in for a title."""
    siti = person()
    assert (siti.is_staff, siti.offices(OFFICES), siti.called) == (False, (), "ani")
