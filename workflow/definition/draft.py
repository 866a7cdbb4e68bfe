"""Checking a draft: texts in, a sound process or every problem with its place out. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.canonical import NotCanonicalError, admit, canonical_bytes
from workflow.definition.checks.proofs import faults
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.process import Process
from workflow.definition.reader import PROCESS_FILE, load_process, parse_process
from workflow.definition.yaml import load

SCENARIOS_FILE = "scenarios.yaml"
#: Files that a draft may have.
MAX_FILES = 12
#: Characters that one of them may have.
MAX_TEXT = 200_000

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.yaml")
_PROCESS = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What a draft amounts to."""

    #: The process; None while it is unsound.
    process: Process | None
    #: Everything that is wrong, in file order; empty when the draft may be submitted.
    problems: tuple[Problem, ...]


def check_files(process: str, files: Mapping[str, str]) -> Checked:
    """Check the texts of a draft of `process`: form, names, proofs, and the form of its scenarios."""
    found: Process | None = None
    try:
        found = parse_process(files)
        problems = [*_misnamed(process, found, files), *_stored_problems(found)]
    except DefinitionError as error:
        problems = list(error.problems)
    problems += _scenario_problems(files)
    problems.sort(key=lambda p: (p.file, p.line, p.column))
    return Checked(process=None if problems else found, problems=tuple(problems))


def require_sound(process: Process) -> None:
    """Raise DefinitionError where a process fails a proof, wherever it came from; such problems have no line."""
    if problems := tuple(_stored_problems(process)):
        raise DefinitionError(problems)


def refuse_files(files: Mapping[str, str]) -> str | None:
    """What about names and sizes cannot be kept at all; None when all may be kept, sound or not."""
    if len(files) > MAX_FILES:
        return f"at most {MAX_FILES} files"
    for name, text in files.items():
        if not _NAME.fullmatch(name):
            return f"{name[:80]!r}: a name has small letters, digits, - and _, and ends with .yaml"
        if len(text) > MAX_TEXT:
            return f"{name}: at most {MAX_TEXT} characters"
    try:
        admit(dict(files))
    except NotCanonicalError as error:
        return str(error)
    return None


def is_process_name(name: str) -> bool:
    """True for what may be the name of a process."""
    return _PROCESS.fullmatch(name) is not None


def _misnamed(process: str, found: Process, files: Mapping[str, str]) -> Iterable[Problem]:
    if found.name != process:
        source = load(files[PROCESS_FILE], PROCESS_FILE)
        line, column = source.place(("process",))
        said = f"This is a draft of `{process}`, but the file says `{found.name}`; a process keeps its name."
        yield Problem(file=PROCESS_FILE, line=line, column=column, code="other_process", message=said)


def _stored_problems(process: Process) -> Iterable[Problem]:
    """Problems of `process` as it comes back from the database, where it has no lines."""
    back = load_process(json.loads(canonical_bytes(process.body)))
    if back.hash != process.hash:
        yield _stored("body_changes", "The definition does not come back from the database as it was written.", ())
    for fault in faults(back):
        yield _stored(fault.code, fault.message, fault.path)


def _scenario_problems(files: Mapping[str, str]) -> list[Problem]:
    """Of scenarios the form is checked; performing them needs their sample files."""
    if SCENARIOS_FILE not in files:
        return []
    report = Report()
    try:
        source = load(files[SCENARIOS_FILE], SCENARIOS_FILE)
        check_format(Node(source, report, (), source.data), "scenarios")
    except DefinitionError as error:
        return list(error.problems)
    return report.problems


def _stored(code: str, message: str, path: tuple[str, ...]) -> Problem:
    return Problem(file=PROCESS_FILE, line=0, column=0, code=code, message=message, path=path)
