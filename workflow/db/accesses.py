"""Who looked at whose data: a row for every look by somebody other than the party."""

from __future__ import annotations

from sqlalchemy import insert, select

from workflow.db.cases import Executor
from workflow.db.tables import access_log, account, membership
from workflow.errors import AlurError
from workflow.standing import EVERY_OFFICE

#: Who may look at the data of cases in which they have no part.
WATCHERS = ("auditor", "supervisor")


class MayNotLookError(AlurError):
    """The account has no right of access to the case's data."""

    code = "may_not_look"


def note(db: Executor, account_: int, case: int, what: str) -> None:
    """Log that `account_` looks at `what` (`data`, `data/3`, `document/ktp`, `card`, `dossier`, `bundle`) of `case`."""
    db.execute(insert(access_log).values(account=account_, case_id=case, what=what))


def reader(db: Executor, name: str, office: str) -> int:
    """The account `name`, which watches over cases of `office`. Raises `MayNotLookError`."""
    m = membership.c
    query = select(account.c.id).join(membership, m.account == account.c.id)
    query = query.where(account.c.name == name, account.c.active, m.role.in_(WATCHERS))
    id_ = db.execute(query.where(m.office.in_([office, EVERY_OFFICE])).limit(1)).scalar()
    if id_ is None:
        raise MayNotLookError(f"{name} is neither auditor nor supervisor at {office}, so this data is not shown.")
    return int(id_)
