"""Rows in: what `claim` returns, as cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflow.case import Case, fold_from_json


class Claimed(NamedTuple):
    """One waiting command with its case, as the function `claim` returns it."""

    id: int
    case_id: int
    do: str
    actor: str
    payload: Mapping[str, Any]
    #: The actor's standing before the case, as `workflow.standing` reads it.
    memberships: list[str] | None
    process: str
    definition: str
    office: str
    owner: int | None
    person: int
    state: str
    revision: int
    seq: int
    head: bytes
    data: int
    saves: int
    fold: Mapping[str, Any]

    def case(self) -> Case:
        """The case as it is stored."""
        return Case(
            id=self.case_id,
            process=self.process,
            definition=self.definition,
            office=self.office,
            owner=None if self.owner is None else str(self.owner),
            state=self.state,
            revision=self.revision,
            seq=self.seq,
            head=self.head,
            data=self.data,
            **fold_from_json(self.fold),
        )
