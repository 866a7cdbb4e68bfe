"""A proof that failed, before it is told with line and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.definition.errors import Path, Problem
from workflow.definition.node import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that a process gets wrong, found on the process alone."""

    #: Stable name of the proof that failed.
    code: str
    #: A sentence: what was found, and how to mend it.
    message: str
    #: The culprit in `process.yaml`.
    place: Path
    #: The culprit is the key, not its value.
    key: bool = False
    #: Shortest sequence of transitions from `submit` that runs into the fault; empty where none is needed.
    path: tuple[str, ...] = ()


def tell(faults: Iterable[Fault], process: Node) -> list[Problem]:
    """The faults as problems of the file that `process`, its root, was read from."""
    return [_problem(fault, process) for fault in faults]


def _problem(fault: Fault, process: Node) -> Problem:
    line, column = process.source.place(fault.place, key=fault.key)
    return Problem(
        file=process.source.file, line=line, column=column, code=fault.code, message=fault.message, path=fault.path
    )


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(f"`{name}`" for name in names)
