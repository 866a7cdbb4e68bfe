"""Versions of AK-1 that differ in one thing, for tests of moving cases between them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.kernel_kit import DEFINITIONS
from workflow.definition.process import Process
from workflow.definition.reader import read_process

#: `verifying` is called `checking`; the states of live cases, old → new.
TO_CHECKING = {
    "submitted": "submitted",
    "verifying": "checking",
    "correction": "correction",
    "approved": "approved",
    "signed": "signed",
    "issued": "issued",
}
BACK = {new: old for old, new in TO_CHECKING.items()}


def renamed_word(folder: Path, old: str, new: str) -> Process:
    """AK-1 with one name replaced wherever it stands as a word of `process.yaml`, texts left out."""
    return changed(folder, lambda text: re.sub(rf"(?<![\w\"-]){old}(?![\w-])", new, text))


def changed(folder: Path, edit: Callable[[str], str]) -> Process:
    """AK-1 with its `process.yaml` edited; written below `folder`."""
    copy = _copy(folder)
    text = (copy / "process.yaml").read_text()
    after = edit(text)
    assert after != text
    (copy / "process.yaml").write_text(after)
    return read_process(copy)


def with_field(folder: Path, name: str) -> Process:
    """AK-1 whose form asks for one more text."""
    copy = _copy(folder)
    yaml = YAML()
    form: Any = yaml.load((copy / "form.yaml").read_text())
    like = json.loads(json.dumps(form["properties"]["name"]))
    form["properties"][name] = {**like, "title": {"id": "Golongan darah", "en": "Blood type"}}
    form["required"].append(name)
    with (copy / "form.yaml").open("w") as out:
        yaml.dump(form, out)
    return read_process(copy)


def _copy(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{len(list(folder.iterdir()))}" / "ak1-online"
    shutil.copytree(DEFINITIONS / "ak1-online", copy)
    return copy
