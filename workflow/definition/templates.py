"""Templates of cards: beside the process, or among the shipped ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import as_file, files

FOLDER = "cards"
SUFFIX = ".typ"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.typ")
_FIELD = re.compile(r"\bcard\.([a-z][a-z0-9_]*)")
#: Templates stand alone: a package would be fetched from the network when a card is drawn.
_ELSEWHERE = re.compile(r"\b(?:import|include|plugin|eval)\b")


def find_template(name: str, beside: Mapping[str, str]) -> str | None:
    """The text of the template `name`: among the files `beside` the process, else a shipped one."""
    if not is_template_name(name):
        return None
    if name in beside:
        return beside[name]
    with as_file(files("definitions") / FOLDER) as folder:
        file = folder / name
        return file.read_text(encoding="utf-8") if file.is_file() else None


def is_template_name(name: str) -> bool:
    """True for what may be the name of a template at all."""
    return _NAME.fullmatch(name) is not None


def known_templates(beside: Mapping[str, str]) -> list[str]:
    """Names that `find_template` knows."""
    with as_file(files("definitions") / FOLDER) as folder:
        shipped = {file.name for file in folder.glob(f"*{SUFFIX}")}
    return sorted(shipped | {name for name in beside if name.endswith(SUFFIX)})


def fields_of(source: str) -> frozenset[str]:
    """Names that a template reads of its card."""
    return frozenset(_FIELD.findall(source)) - {"at"}


def stands_alone(source: str) -> bool:
    """False where a template may take code from outside itself."""
    return _ELSEWHERE.search(source) is None
