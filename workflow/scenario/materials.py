"""Data and documents of a scenario: written out, or named by files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.errors import DefinitionError
from workflow.definition.node import Node
from workflow.definition.yaml import load
from workflow.scenario.ground import Ground
from workflow.scenario.model import SAMPLE, Papers


def read_data(node: Node, ground: Ground, base: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data that a file or a mapping gives; a mapping is laid over `base`, where None takes a field out."""
    if isinstance(node.value, str):
        return read_changes(node, ground)
    changes = read_changes(node, ground)
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def read_changes(node: Node, ground: Ground) -> Mapping[str, Any]:
    """Fields with their new values, of a file or each of them known to the form."""
    if isinstance(node.value, str):
        found = _file(node, ground)
        return found if isinstance(found, dict) else {}
    for _, value in node.items():
        ground.key(value, "field")
    return dict(node.value) if isinstance(node.value, dict) else {}


def read_papers(node: Node, ground: Ground) -> Papers:
    """Documents by kind: of a folder, those of a list as samples, or each as it is named."""
    if isinstance(node.value, str):
        return _folder(node, ground)
    if isinstance(node.value, list):
        return {ground.one(kind, "document"): SAMPLE for kind in node.elements()}
    papers: dict[str, str | None] = {}
    for kind, file in node.items():
        ground.key(file, "document")
        papers[kind] = _paper(file, ground) if file.present else None
    return papers


def _paper(node: Node, ground: Ground) -> str:
    if node.text() == SAMPLE:
        return SAMPLE
    if not is_beside(node.text(), ground) or not (ground.folder / node.text()).is_file():
        node.problem("unknown_file", f"There is no file `{node.text()}` beside the scenarios; or write `{SAMPLE}`.")
    return node.text()


def _folder(node: Node, ground: Ground) -> Papers:
    """Every kind that is not optional: the file of its name in the folder, or else a sample."""
    folder = ground.folder / node.text()
    if not is_beside(node.text(), ground):
        node.problem("unknown_file", "The folder lies elsewhere; documents stand beside the scenarios.")
        return {}
    found = {p.stem: p for p in sorted(folder.glob("*")) if p.is_file()} if folder.is_dir() else {}
    return {
        name: str(found[name].relative_to(ground.folder)) if name in found else SAMPLE
        for name, kind in ground.process.documents.items()
        if name in found or (not kind.optional and kind.required_when is None)
    }


def is_beside(name: str, ground: Ground) -> bool:
    """True when a file of this name lies in the folder of the scenarios or below: a test reads nothing else."""
    return (ground.folder / name).resolve().is_relative_to(ground.folder.resolve())


def _file(node: Node, ground: Ground) -> Any:
    path = ground.folder / node.text()
    if not is_beside(node.text(), ground) or not path.is_file():
        near = sorted(str(p.relative_to(ground.folder)) for p in ground.folder.rglob("*.yaml"))
        node.unknown("file", near)
        return None
    try:
        return load(path.read_text(encoding="utf-8"), str(path)).data
    except DefinitionError as error:
        node.report.problems.extend(error.problems)
        return None
