"""The persons of a scenario: their accounts, and acting as one of them behind row-level security."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select, text

from alur import accounts
from alur.scenarios.stage import Stage
from workflow.case import Case
from workflow.commands import Actor
from workflow.db import cases
from workflow.db.tables import membership
from workflow.scenario.words import person

_ACT_AS = text(
    "SELECT set_config('alur.account', :account, true), set_config('alur.offices', :offices, true), "
    "set_config('alur.now', :now, true)"
)


def engage(stage: Stage) -> None:
    """Make the accounts and memberships that the scenario names."""
    made: dict[str, int] = {}
    with stage.engine.begin() as db:
        for name in stage.scenario.accounts:
            made[name] = accounts.add(db, name, person(name), None)
            for role, office in stage.scenario.staff.get(name, ()):
                accounts.join(db, made[name], role, office)
    stage.accounts = made


@contextmanager
def acting(stage: Stage, name: str) -> Iterator[Connection]:
    """A transaction under the web's role, within what the person may see."""
    account = stage.accounts[name]
    with stage.web.begin() as db:
        places = set(db.scalars(select(membership.c.office).where(membership.c.account == account)))
        known = stage.kit.library.offices
        offices = sorted(known) if accounts.EVERY_OFFICE in places else sorted(places)
        now = stage.clock.now.isoformat()
        db.execute(_ACT_AS, {"account": str(account), "offices": "{" + ",".join(offices) + "}", "now": now})
        yield db


def actor(stage: Stage, db: Connection, name: str, case: Case) -> Actor:
    """The person as the engine's rules read it, before `case`."""
    return cases.actor(db, stage.accounts[name], case, stage.clock.now)


def roles_at(stage: Stage, name: str, office: str) -> frozenset[str]:
    """Roles that the scenario gives the person at `office`."""
    pairs = stage.scenario.staff.get(name, ())
    return frozenset(role for role, where in pairs if where in (office, accounts.EVERY_OFFICE))


def name_of(stage: Stage, account: str | None) -> str | None:
    """The person with this account; the id itself for `system`, `timer` and `hold`."""
    names = {str(id_): name for name, id_ in stage.accounts.items()}
    return names.get(account, account) if account else None
