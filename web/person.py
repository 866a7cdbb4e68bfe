"""A person who is signed in, with the roles that hold during this request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.commands import Actor
from workflow.db.rows import actor_at

#: An office of this name in a membership means every office.
EVERY_OFFICE = "*"

#: Roles that belong to no process.
SUPERVISOR, AUDITOR, ADMIN = "supervisor", "auditor", "admin"

#: Account under which the online desk enters what everybody may file, and its role.
DESK, INTAKE = "online-desk", "intake"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    #: Account id.
    account: int
    #: Name to sign in with.
    name: str
    #: Name as people read it.
    title: str
    #: Language chosen in the account: `id` or `en`.
    language: str
    #: Pairs of role and office; the office may be `*`.
    memberships: frozenset[tuple[str, str]]
    #: How the request was signed in: by cookie or by bearer token.
    via: Literal["session", "token"]

    @property
    def called(self) -> str:
        """The name to show."""
        return self.title or self.name

    @property
    def is_staff(self) -> bool:
        """True when the person works for some office."""
        return bool(self.memberships)

    def offices(self, known: Iterable[str]) -> tuple[str, ...]:
        """The offices among `known` for which the person works, sorted."""
        mine = {office for _, office in self.memberships}
        return tuple(sorted(o for o in known if o in mine or EVERY_OFFICE in mine))

    def roles_at(self, office: str) -> frozenset[str]:
        """The person's staff roles at `office`."""
        return frozenset(role for role, where in self.memberships if where in (office, EVERY_OFFICE))

    def has_role(self, role: str) -> bool:
        """True when the person has `role` at some office."""
        return any(r == role for r, _ in self.memberships)

    def actor(self, office: str) -> Actor:
        """The person as the engine's rules read it, at `office`."""
        return actor_at(str(self.account), [f"{role}@{where}" for role, where in self.memberships], office)


def person_of(
    row: Mapping[str, Any], memberships: Iterable[tuple[str, str]], via: Literal["session", "token"]
) -> Person:
    """The person of a row of `account`."""
    return Person(
        account=row["id"],
        name=row["name"],
        title=row["title"],
        language=row["language"],
        memberships=frozenset(memberships),
        via=via,
    )
