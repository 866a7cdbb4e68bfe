"""A running case takes another version of its definition: decided here, as one event, or refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.case import DRAFT, NONE, Case
from workflow.changes.definition import MIGRATED
from workflow.commands import LINE, MIGRATE, Command, Standing, Submission
from workflow.credit import carry_counts
from workflow.decision import Draft, Refused
from workflow.definition.form import check_data
from workflow.definition.process import Hold
from workflow.moves import cascade, pending
from workflow.permission import wrong_state
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.submission import missing_documents

#: The word of a plan for a state whose cases are not moved.
BLOCK = "block"
#: Refusals that pass by themselves: the case is asked again later.
PASSING = frozenset({"step_pending", "task_lost"})
#: Refusals that say that there is nothing left to do.
DONE = frozenset({"already_there"})


def migrate(draft: Draft, command: Command) -> None:
    """Move the case into the definition of `command.into`, and make the moves that follow there by themselves.

    `command.payload` says `migration` (its number), `from` (hashes), `to` (hash), `states` (old → new or `block`),
    `clocks` (old → new), `roles` (old → list of new); to go back also `back`: {`revision`, `state`, `fired`} as they
    were, and `map` where a case that moved on since is to go back by the mapping.
    """
    case, asked, new = draft.case, command.payload, command.into
    if case.state == DRAFT or new is None:
        raise Refused(wrong_state(case, MIGRATE))
    if case.definition == asked["to"]:
        raise Refused(Refusal("already_there"))
    if case.definition not in asked["from"]:
        raise Refused(Refusal("other_definition"))
    into = _into(case, new, asked)
    _require_quiet(draft, new, into)
    _require_roles(case, new, asked.get("roles", NONE))
    _require_task(draft, new, into, asked)
    _require_fit(draft, new, command)
    body = {
        "migration": asked["migration"],
        "from": case.definition,
        "to": asked["to"],
        "state": case.state,
        "into": into,
        **_said(draft, new, into, command),
    }
    draft.book = new
    draft.add(MIGRATED, command.actor.id, body)
    cascade(draft, command)


def was(case: Case) -> dict[str, Any]:
    """What the outcome of a migration tells of the case as it was, for going back."""
    return {"was": {"definition": case.definition, "state": case.state, "fired": dict(case.fired)}}


def _into(case: Case, new: Rulebook, asked: Mapping[str, Any]) -> str:
    """The state of the new definition; where a case goes back and never moved, the one from which it came."""
    back = asked.get("back")
    if back is not None:
        if case.revision == back["revision"]:
            return str(back["state"])
        if not asked.get("map"):
            raise Refused(Refusal("moved_on", {"state": case.state}))
    into = asked["states"].get(case.state)
    if into == BLOCK:
        raise Refused(Refusal("held_back", {"state": case.state}))
    if into is None or into not in new.process.states:
        raise Refused(Refusal("no_mapping", {"state": case.state}))
    return str(into)


def _require_quiet(draft: Draft, new: Rulebook, into: str) -> None:
    """A step under way ends first; a failed one, and moves that are owed, must make sense there, too."""
    case = draft.case
    step = case.step
    if step is not None and pending(case):
        raise Refused(Refusal("step_pending", {"run": step.run, "do": MIGRATE}))
    if step is not None:
        moves = [new.transitions.get(name) for name in step.moves]
        if any(t is None or t.run != step.run or into not in t.sources for t in moves):
            raise Refused(Refusal("incident_open", {"run": step.run}))
    gone = [name for name in case.owed if name not in new.transitions]
    if gone:
        raise Refused(Refusal("owed_move_gone", {"do": ", ".join(gone)}))


def _require_roles(case: Case, new: Rulebook, renamed: Mapping[str, Any]) -> None:
    """Who acted in which role must be known there, or four eyes would be forgotten (rule 15)."""
    known = {*new.process.roles, "system", "timer", "hold"}
    gone = sorted(r for r in case.performed if any(n not in known for n in renamed.get(r, [r]) or [r]))
    if gone:
        raise Refused(Refusal("role_gone", {"roles": gone}))


def _require_task(draft: Draft, new: Rulebook, into: str, asked: Mapping[str, Any]) -> None:
    """Work in somebody's hands is not taken away: where the task would be gone, the case waits for the lease to end."""
    task = draft.case.task
    if task is None or task.holder is None or task.until is None or task.until <= draft.now:
        return
    if new.process.states[into].task is None:
        raise Refused(Refusal("task_lost", {"until": task.until.isoformat()}))


def _require_fit(draft: Draft, new: Rulebook, command: Command) -> None:
    """Data and documents that stand must be right for the new form; what the old one let pass already is let pass."""
    old, process, case = draft.book.process, new.process, draft.case
    same_form = old.form == process.form
    if same_form and old.documents == process.documents:
        return
    if command.data is None:
        raise Refused(Refusal("data_erased"))
    before = set() if same_form else _problems(draft.book, command.data, draft)
    wrong = [] if same_form else [p for p in sorted(_problems(new, command.data, draft)) if p not in before]
    if wrong:
        raise Refused(Refusal("data_incomplete", {"fields": [{"field": f, "code": c} for f, c in wrong]}))
    given = Submission(case.data, "", command.data, case.documents)
    known = set(missing_documents(old, given))
    missing = [kind for kind in missing_documents(process, given) if kind not in known]
    if missing:
        raise Refused(Refusal("document_missing", {"kinds": missing}))


def _problems(book: Rulebook, data: Mapping[str, Any], draft: Draft) -> set[tuple[str, str]]:
    found = check_data(book.process.form, data, complete=True, today=draft.today)
    return {(p.field, p.code) for p in found}


def _said(draft: Draft, new: Rulebook, into: str, command: Command) -> dict[str, Any]:
    """What the event says beside where it leads; only what is not the same as before."""
    case, asked = draft.case, command.payload
    out: dict[str, Any] = {name: dict(asked[name]) for name in ("clocks", "roles") if asked.get(name)}
    if asked.get("back") is not None:
        out["back"] = True
    if _keeps_task(case, new, into, asked.get("roles", NONE)):
        out["task"] = "kept"
    fired = _counts(draft, new, into, asked)
    if fired:
        out["fired"] = fired
    holds, line = _places(draft, new, into, command)
    if holds != case.holds:
        out["holds"] = holds
    if line != case.line:
        out["line"] = line
    return out


def _keeps_task(case: Case, new: Rulebook, into: str, renamed: Mapping[str, Any]) -> bool:
    """True when the open task goes on with its holder and lease: the same role at the same office asks for it."""
    spec, task = new.process.states[into].task, case.task
    if spec is None or task is None:
        return False
    return spec.role in renamed.get(task.role, (task.role,)) and (spec.office or case.office) == task.office


def _counts(draft: Draft, new: Rulebook, into: str, asked: Mapping[str, Any]) -> dict[str, int]:
    case, back = draft.case, asked.get("back")
    if case.entered_at is None:
        return {}
    old = draft.book.process.states[case.state].timers
    there = new.process.states[into].timers
    out = carry_counts((draft.book, old), (new, there), case.fired, case.entered_at)
    if back is not None and case.revision == back["revision"]:
        for index, n in back["fired"].items():
            out[index] = max(n, out.get(index, 0))
    return out


def _places(draft: Draft, new: Rulebook, into: str, command: Command) -> tuple[dict[str, str], dict[str, str]]:
    """Keys held and waited for by the rules of the new definition; refused when a hold that it adds is full."""
    case, old = draft.case, draft.book.process.holds
    holds: dict[str, str] = {}
    line: dict[str, str] = {}
    for name, hold in new.process.holds.items():
        before = old.get(name)
        known = before is not None and before.scope == hold.scope
        if into in hold.until:
            continue
        if known and name in case.holds:
            holds[name] = case.holds[name]
        elif known and name in case.line and hold.full == into:
            line[name] = case.line[name]
        elif not known and (standing := command.standings.get(name)) is not None:
            key, others = standing
            if _is_full(new, hold, others):
                raise Refused(Refusal("hold_full", {"hold": hold.key.removeprefix("data."), "others": []}))
            holds[name] = key
    return holds, line


def _is_full(new: Rulebook, hold: Hold, others: tuple[Standing, ...]) -> bool:
    sources = new.sources(hold.replaces) if hold.replaces else ()
    return sum(s.place != LINE and s.state not in sources for s in others) >= hold.limit
