"""From files, or from what the database stores, to a `Process`; all problems at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflow.definition.body import body_hash, make_body, parts_of
from workflow.definition.builder import build_process
from workflow.definition.checks.proofs import prove
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.process import Process
from workflow.definition.source import Source
from workflow.definition.templates import SUFFIX, find_template, is_template_name, known_templates
from workflow.definition.yaml import load

PROCESS_FILE = "process.yaml"
#: Parts of a definition that stand in files of their own, under the key that names the file.
PARTS = ("form", "notices", "standard", "card")
#: The template of the card goes with the definition, whether it stands beside the process or is a shipped one.
TEMPLATE = "template"


def read_process(path: Path) -> Process:
    """The process of a folder with `process.yaml`, or of a process file; the files it names stand beside it.

    Raises DefinitionError with all problems.
    """
    folder, name = (path, PROCESS_FILE) if path.is_dir() else (path.parent, path.name)
    files = {file.name: _text(file) for kind in ("*.yaml", f"*{SUFFIX}") for file in sorted(folder.glob(kind))}
    return parse_process(files, folder=str(folder), process_file=name)


def parse_process(files: Mapping[str, str], *, folder: str = "", process_file: str = PROCESS_FILE) -> Process:
    """The process of `files` (name → text); `folder` is put before the names told in problems.

    Raises DefinitionError with all problems: first those of reading, and when there are none, failed proofs.
    """
    report = Report()
    process = _load(files, process_file, folder, report)
    if process is None:
        raise DefinitionError(report.problems)
    parts = {"process": process}
    for part in PARTS:
        if source := _part(files, part, process, folder, report):
            parts[part] = source
    if "card" in parts and (template := _template(files, parts["card"], report)):
        parts[TEMPLATE] = template
    return prove(_make(parts, report), Node(process, report, (), process.data))


def load_process(body: Mapping[str, Any]) -> Process:
    """The process of a stored canonical body; equal to the one it was made from, with the same hash.

    It was proven when it was published; a case that pins it must go on, whatever later proofs say.
    """
    parts = {name: Source(file=f"{name}.yaml", data=data) for name, data in parts_of(body).items()}
    return _make(parts, Report())


def _make(parts: Mapping[str, Source], report: Report) -> Process:
    nodes = {name: Node(source, report, (), source.data) for name, source in parts.items()}
    for name, node in nodes.items():
        if name != TEMPLATE:
            check_format(node, name)
    absent = Node(Source(file="", data=None), Report(), (), None)
    built = build_process(*(nodes.get(name, absent) for name in ("process", *PARTS, TEMPLATE)))
    report.raise_if_any()
    body = make_body({name: source.data for name, source in parts.items()})
    return built(hash=body_hash(body), body=body)


def _part(files: Mapping[str, str], part: str, process: Source, folder: str, report: Report) -> Source | None:
    """The part that `process` names by its file; None where that is missing or told of."""
    name = process.data.get(part) if isinstance(process.data, dict) else None
    if not isinstance(name, str):
        return None
    if name not in files:
        Node(process, report, (part,), name).unknown("file", sorted(set(files) - {PROCESS_FILE}))
        return None
    return _load(files, name, folder, report)


def _template(files: Mapping[str, str], card: Source, report: Report) -> Source | None:
    """The text of the template that the card names; None where there is none or it was told of."""
    node = Node(card, report, (), card.data).get(TEMPLATE)
    text = find_template(node.text(), files)
    if text is None and is_template_name(node.text()):
        node.unknown("template", known_templates(files))
    return None if text is None else Source(file=node.text(), data=text)


def _load(files: Mapping[str, str], name: str, folder: str, report: Report) -> Source | None:
    told = f"{folder}/{name}" if folder else name
    if name not in files:
        report.problems.append(_missing(told, "missing_file", "There is no such file.").problems[0])
        return None
    try:
        return load(files[name], told)
    except DefinitionError as error:
        report.problems.extend(error.problems)
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _missing(str(file), "not_utf8", "The file is not UTF-8 text; save it as UTF-8.") from error


def _missing(file: str, code: str, message: str) -> DefinitionError:
    return DefinitionError([Problem(file=file, line=0, column=0, code=code, message=message)])
