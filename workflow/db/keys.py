"""Look-up keys of a case's data (rule 12): HMACs of what its form marks `x-search`; equal values can be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflow.db.cases import Executor
from workflow.db.tables import case_key
from workflow.definition.process import Form
from workflow.vault import Vault

#: One room for every process and field: a NIK is found whatever a form calls it.
_SCOPE = "search"


def key_of(vault: Vault, value: str) -> str:
    """The key under which a value is found, such as a NIK."""
    return vault.lookup(_SCOPE, value)


def search_keys(form: Form, vault: Vault, data: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Field and key of everything in `data` that can be searched; None for a field that is empty now."""
    values = ((field, data.get(field)) for field in sorted(form.search))
    return [(field, None if value in (None, "") else key_of(vault, str(value))) for field, value in values]


def cases_with(db: Executor, vault: Vault, value: str, limit: int = 1000) -> list[int]:
    """Cases in whose submitted data the value stands, newest first, among those that may be seen."""
    query = select(case_key.c.case_id).where(case_key.c.key == key_of(vault, value)).distinct()
    return [int(case) for case in db.scalars(query.order_by(case_key.c.case_id.desc()).limit(limit))]
