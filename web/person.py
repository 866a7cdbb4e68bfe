"""A person who is signed in, with the roles that hold during this request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.standing import EVERY_OFFICE, Held

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
    #: Pairs of role and office that hold during this request, lent ones included; the office may be `*`.
    memberships: frozenset[tuple[str, str]]
    #: How the request was signed in: by cookie or by bearer token.
    via: Literal["session", "token"]
    #: The lent ones among them: roles of those whose deputy the person is now.
    deputising: frozenset[Held] = frozenset()

    @property
    def called(self) -> str:
        """The name to show."""
        return self.title or self.name

    @property
    def is_staff(self) -> bool:
        """True when the person works for some office."""
        return bool(self.memberships)

    @property
    def own(self) -> frozenset[tuple[str, str]]:
        """Memberships of the person's own."""
        return self.memberships - {(h.role, h.office) for h in self.deputising}

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


def person_of(row: Mapping[str, Any], holds: Iterable[Held], via: Literal["session", "token"]) -> Person:
    """The person of a row of `account`, with the roles that hold now."""
    holds = tuple(holds)
    own = {(h.role, h.office) for h in holds if h.deputy_of is None}
    return Person(
        account=row["id"],
        name=row["name"],
        title=row["title"],
        language=row["language"],
        memberships=frozenset((h.role, h.office) for h in holds),
        via=via,
        deputising=frozenset(h for h in holds if (h.role, h.office) not in own),
    )
