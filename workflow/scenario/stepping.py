"""Reading the steps of a scenario, one after the other: each knows who and what was named before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow.commands import SUBMIT
from workflow.definition.node import Node
from workflow.incidents import DIVERT, RETRY, SKIP
from workflow.scenario.ground import Scene
from workflow.scenario.materials import read_changes, read_data, read_papers
from workflow.scenario.model import (
    CLAIM,
    FIRST,
    RELEASE,
    Act,
    ClockProcess,
    Expect,
    Fail,
    Mend,
    Open,
    Opening,
    Pass,
    Slow,
    Step,
)
from workflow.scenario.moments import read_passing
from workflow.scenario.wanted import read_expectations

#: What a person may do beside the transitions.
BUILT_IN = (SUBMIT, CLAIM, RELEASE, RETRY, SKIP, DIVERT)

_TIME = frozenset({"at", "wait"})
#: Key that makes the kind of a step → the keys that may stand beside it.
_KINDS: Mapping[str, frozenset[str]] = {
    "expect": frozenset({"case"}),
    "open": frozenset({"applicant", "as", "for", "office", "data", "documents", "times", "unique"}),
    "do": frozenset({"as", "case", "input", "checklist", "data", "documents", "sent", "refused"}),
    "fail": frozenset({"code", "times"}),
    "slow": frozenset(),
    "mend": frozenset(),
    "clock": frozenset(),
    "data": frozenset({"as", "case", "documents", "refused"}),
    "documents": frozenset({"as", "case", "refused"}),
}


def read_step(node: Node, scene: Scene, first: Opening) -> Step:
    """One step; problems go to the node's report."""
    scene.now = read_passing(node, scene.now, scene.zone)
    kind = next((k for k in _KINDS if node.get(k).present or k in (node.value or {})), None)
    beside = _TIME | ({kind} | _KINDS[kind] if kind else frozenset())
    for name, value in node.items():
        if name not in beside:
            said = f"`{name}` does not go with `{kind}`" if kind else f"`{name}` alone does nothing; add `do:`"
            value.problem("misplaced_key", f"{said}; remove one of them.", key=True)
    common = {"at": scene.now, "line": node.source.place(node.path)[0]}
    return _READERS[kind or "pass"](node, scene, first, common)


def read_opening(node: Node, scene: Scene, name: str, base: Mapping[str, Any], first: Opening | None) -> Opening:
    """The case that `given` or a step opens: `applicant`, or `as` an officer `for` somebody without account."""
    officer, for_, applicant = node.get("as"), node.get("for"), node.get("applicant")
    if for_.present != officer.present or applicant.present == for_.present:
        node.problem("who_opens", "A case is opened by `applicant:`, or by an officer: `as:` and `for:`.", key=True)
    if officer.present:
        scene.person(officer)
    if applicant.present:
        scene.persons.add(applicant.text())
    office = node.get("office")
    papers = node.get("documents")
    opening = Opening(
        case=name,
        office=scene.ground.one(office, "office") or (first.office if first else ""),
        applicant=applicant.text() or for_.text(),
        officer=officer.optional_text(),
        data=read_data(node.get("data"), scene.ground, base),
        documents=read_papers(papers, scene.ground) if papers.present else (first.documents if first else {}),
        times=node.get("times").integer(1),
        unique=scene.ground.one(node.get("unique"), "field") or None,
    )
    if opening.times > 1:
        scene.cases.update(f"{name}-{n}" for n in range(1, opening.times + 1))
    scene.cases.add(name)
    return opening


def _open(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    name = node.get("open").text()
    if name in scene.cases:
        node.get("open").problem("name_taken", f"There is a case `{name}` already; choose another name.")
    return Open(opening=read_opening(node, scene, name, first.data, first), **common)


def _act(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    ground = scene.ground
    if not node.get("as").present:
        node.problem("missing_key", "Who does it? Add `as:` with a person's name.", key=True)
    do = ground.one(node.get("do"), "move", *BUILT_IN) or None
    return Act(
        who=scene.person(node.get("as")),
        case=scene.case(node.get("case"), FIRST),
        do=do,
        given=node.get("input").value or {},
        checklist=_checklist(node.get("checklist"), scene, do),
        data=read_changes(node.get("data"), ground),
        documents=read_papers(node.get("documents"), ground),
        sent=node.get("sent").integer(1),
        refused=ground.one(node.get("refused"), "refusal") or None,
        **common,
    )


def _checklist(node: Node, scene: Scene, do: str | None) -> tuple[str, ...]:
    """The checks that are ticked; `all` are those of the states that the transition leaves."""
    process = scene.ground.process
    transition = process.transitions.get(do or "")
    tasks = [process.states[s].task for s in (transition.sources if transition else ())]
    known = list(dict.fromkeys(item for task in tasks if task for item in task.checklist))
    if node.value == "all":
        return tuple(known)
    for item in node.elements():
        if item.text() not in known:
            item.unknown("check", known)
    return node.names()


def _expect(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    case = scene.case(node.get("case"), FIRST)
    return Expect(case=case, wanted=read_expectations(node.get("expect"), scene), **common)


def _fail(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    if not node.get("code").present:
        node.problem("missing_key", "How does it fail? Add `code:`, such as `tsa_unavailable`.", key=True)
    times = node.get("times").integer() or None
    return Fail(run=scene.ground.one(node.get("fail"), "step"), code=node.get("code").text(), times=times, **common)


def _slow(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    return Slow(run=scene.ground.one(node.get("slow"), "step"), **common)


def _mend(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    return Mend(run=scene.ground.one(node.get("mend"), "step"), **common)


def _clock(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    return ClockProcess(runs=node.get("clock").text() == "started", **common)


def _pass(node: Node, scene: Scene, first: Opening, common: Mapping[str, Any]) -> Step:
    return Pass(**common)


_READERS: Mapping[str, Callable[[Node, Scene, Opening, Mapping[str, Any]], Step]] = {
    "expect": _expect,
    "open": _open,
    "do": _act,
    "data": _act,
    "documents": _act,
    "fail": _fail,
    "slow": _slow,
    "mend": _mend,
    "clock": _clock,
    "pass": _pass,
}
