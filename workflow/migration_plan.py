"""A plan: which cases are moved into which version of their definition, and how fast. Read from YAML, kept as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from workflow.case import DRAFT, Case
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.parts.scalars import read_exact
from workflow.definition.process import Process
from workflow.definition.yaml import load
from workflow.migrating import BLOCK

#: Cases that are tried first where the plan does not say; and how long their fate is watched.
CANARY_CASES, CANARY_WAIT = 10, timedelta(hours=1)
#: Cases a minute where the plan does not say.
PER_MINUTE = 600

#: What the condition of a plan may read.
VARIABLES: Mapping[str, str] = {
    "case.id": "INT",
    "case.state": "STRING",
    "case.office": "STRING",
    "case.submitted_at": "TIMESTAMP",
    "case.entered_at": "TIMESTAMP",
    "now": "TIMESTAMP",
}

#: The process of a name with a version or hash; None where there is none.
Find = Callable[[str, "int | str"], "Process | None"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    process: str
    #: Hashes of the definitions whose cases are moved.
    sources: tuple[str, ...]
    #: Hash of the definition into which they are moved.
    target: str
    #: State → new state, or `block`.
    states: Mapping[str, str]
    #: Clock → its new name, where it has another.
    clocks: Mapping[str, str] = field(default_factory=dict)
    #: Role → its new names, where it has others.
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: Offices whose cases are moved; empty for all.
    offices: tuple[str, ...] = ()
    #: CEL condition over `case`; None moves all.
    where: str | None = None
    #: Cases that are tried first; 0 for none.
    canary_cases: int = CANARY_CASES
    #: Percent of the cases instead; 0 where a number is given.
    canary_share: int = 0
    #: Seconds for which the fate of the canary is watched.
    canary_wait: int = int(CANARY_WAIT.total_seconds())
    #: Cases a minute.
    per_minute: int = PER_MINUTE

    def as_json(self) -> dict[str, Any]:
        """For storing; `plan_of` reads it."""
        return {name: _plain(getattr(self, name)) for name in Plan.__slots__}

    def canary(self, cases: int) -> int:
        """How many of `cases` are tried first."""
        return ceil(cases * self.canary_share / 100) if self.canary_share else self.canary_cases

    def payload(self, migration: int) -> dict[str, Any]:
        """What a command tells the engine of this plan."""
        out = {"migration": migration, "from": list(self.sources), "to": self.target, "states": dict(self.states)}
        out |= {"clocks": dict(self.clocks)} if self.clocks else {}
        return out | ({"roles": _plain(self.roles)} if self.roles else {})

    def payload_back(self, migration: int, was: Mapping[str, Any], revision: int, *, map_back: bool) -> dict[str, Any]:
        """What a command tells the engine to move a case back; `was` is what the outcome said of it."""
        back = {"revision": revision, "state": was["state"], "fired": was["fired"]}
        states = _inverse(self.states)
        out = {"migration": migration, "from": [self.target], "to": was["definition"], "states": states, "back": back}
        out |= {"clocks": _inverse(self.clocks)} if self.clocks else {}
        out |= {"roles": _origins(self.roles)} if self.roles else {}
        return out | ({"map": True} if map_back else {})

    def chooses(self) -> Callable[[Case, datetime], bool]:
        """True for a case that the condition and the offices mean; a case of which it cannot be told is left."""
        if self.where is None:
            return lambda case, now: not self.offices or case.office in self.offices
        # Read here: the library of guards is large, and most plans have no condition.
        from workflow.definition.guards import GuardError, compile_guard

        guard = compile_guard(self.where, VARIABLES)

        def chosen(case: Case, now: datetime) -> bool:
            if self.offices and case.office not in self.offices:
                return False
            try:
                return guard.holds({f"case.{n}": getattr(case, n) for n in _FIELDS} | {"now": now})
            except GuardError:
                return False

        return chosen


_FIELDS = ("id", "state", "office", "submitted_at", "entered_at")


def plan_of(stored: Mapping[str, Any]) -> Plan:
    """The plan that `as_json` stored."""
    lists = {name: tuple(stored[name]) for name in ("sources", "offices")}
    return Plan(**{**stored, **lists})


def read_plan(text: str, find: Find, offices: Collection[str], file: str = "plan.yaml") -> Plan:
    """The plan of a YAML text; DefinitionError tells all problems with their places."""
    report = Report()
    source = load(text, file)
    root = Node(source, report, (), source.data)
    check_format(root, "migration")
    report.raise_if_any()
    process = root.get("process").text()
    sources = [_version(node, process, find) for node in root.get("from").elements()]
    target = _version(root.get("to"), process, find)
    report.raise_if_any()
    old, new = [p for p in sources if p], target
    if new is not None:
        _check_names(root, old, new, offices)
    _check_condition(root.get("where"))
    canary = root.get("canary")
    plan = Plan(
        process=process,
        sources=tuple(p.hash for p in old),
        target=new.hash if new else "",
        states={name: node.text() for name, node in root.get("states").items()},
        clocks={name: node.text() for name, node in root.get("clocks").items()},
        roles={name: node.names() for name, node in root.get("roles").items()},
        offices=root.get("offices").names(),
        where=root.get("where").optional_text(),
        canary_cases=canary.get("cases").integer(0 if canary.get("share").present else CANARY_CASES),
        canary_share=int(canary.get("share").text("0%").rstrip("%")),
        canary_wait=int(read_exact(canary.get("wait"), CANARY_WAIT).total_seconds()),
        per_minute=root.get("throttle").get("per_minute").integer(PER_MINUTE),
    )
    report.raise_if_any()
    return plan


def _version(node: Node, process: str, find: Find) -> Process | None:
    found = find(process, node.value)
    if found is None:
        told = f"`{process}` has no published version `{node.value}`; see `alur definitions list`."
        node.problem("unknown_version", told)
    return found


def _check_names(root: Node, old: Sequence[Process], new: Process, offices: Collection[str]) -> None:
    if any(process.hash == new.hash for process in old):
        root.get("to").problem("same_version", "A case is not moved into the definition that it has.")
    lived = {name for process in old for name, state in process.states.items() if not state.final}
    for name, node in root.get("states").items():
        _known(node, lived | {DRAFT}, "state", key=True)
        if node.text() != BLOCK:
            _known(node, new.states, "state")
            if (state := new.states.get(node.text())) and state.final and name in lived:
                node.problem("final_state", f"`{node.text()}` is final: a migration ends no case. Write `{BLOCK}`.")
    for kind, names, there in (("clock", _all(old, "clocks"), new.clocks), ("role", _all(old, "roles"), new.roles)):
        for _, node in root.get(f"{kind}s").items():
            _known(node, names, kind, key=True)
            for element in node.elements():
                _known(element, there, kind)
    for node in root.get("offices").elements():
        _known(node, offices, "office")


def _all(processes: Sequence[Process], part: str) -> set[str]:
    return {name for process in processes for name in getattr(process, part)}


def _known(node: Node, known: Collection[str], kind: str, *, key: bool = False) -> None:
    if key:
        if node.name not in known:
            node.problem(f"unknown_{kind}", f"There is no {kind} `{node.name}` to move from.", key=True)
    elif node.text() not in known:
        node.unknown(kind, sorted(known))


def _check_condition(node: Node) -> None:
    if not node.present:
        return
    from workflow.definition.guards import GuardSyntaxError, compile_guard

    try:
        compile_guard(node.text(), VARIABLES)
    except GuardSyntaxError as error:
        node.problem(error.problem, str(error), hint=error.hint, offset=error.offset)


def _inverse(names: Mapping[str, str]) -> dict[str, str]:
    """New → old, where only one old name became the new one."""
    targets = list(names.values())
    return {new: old for old, new in names.items() if new != BLOCK and targets.count(new) == 1}


def _origins(roles: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """New role → every old one that it came from: who acted in it counts in all of them."""
    out: dict[str, list[str]] = {}
    for old, names in roles.items():
        for new in names:
            out.setdefault(new, []).append(old)
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple | list) else value
