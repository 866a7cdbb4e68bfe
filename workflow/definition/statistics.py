"""Facts that survive the erasure of personal data (rule 12): values turned into brackets that name nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflow.definition.process import Form

#: Lowest age of each group of the labour-market report (IPK), and its name.
_AGE_GROUPS = ((55, "55+"), (45, "45-54"), (30, "30-44"), (20, "20-29"), (15, "15-19"))
UNDER_AGE = "under-15"
#: The groups that reports list, youngest first.
AGE_GROUPS = tuple(name for _, name in reversed(_AGE_GROUPS))


def age_on(birth: date, today: date) -> int:
    """Full years of age; one born on 29 February has their birthday on 1 March of other years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def age_group(birth: date, today: date) -> str:
    """The group of the labour-market report: `15-19`, `20-29`, `30-44`, `45-54`, `55+`."""
    age = age_on(birth, today)
    return next((name for lowest, name in _AGE_GROUPS if age >= lowest), UNDER_AGE)


def _age_group_of(value: Any, today: date) -> str:
    return age_group(date.fromisoformat(value), today)


def _year_of_birth(value: Any, _today: date) -> str:
    return str(date.fromisoformat(value).year)


def _as_is(value: Any, _today: date) -> Any:
    return value


#: What `x-statistic` may name.
BRACKETS: Mapping[str, Callable[[Any, date], Any]] = {
    "age_group": _age_group_of,
    "year_of_birth": _year_of_birth,
    "as_is": _as_is,
}
#: Brackets made from dates.
OF_DATES = frozenset({"age_group", "year_of_birth"})


def statistics(form: Form, data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The facts of one application: bracket (or field, for `as_is`) → value; an absent value leaves no fact.

    `data` has passed `check_data`; `today` is the day in the office's zone.
    """
    facts: dict[str, Any] = {}
    for field, bracket in form.statistic.items():
        if data.get(field) not in (None, ""):
            facts[field if bracket == "as_is" else bracket] = BRACKETS[bracket](data[field], today)
    return facts
