"""What the commands share: settings from the environment, an open house, JSON or words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from alur.settings import Settings, load
from alur.wiring import House, open_house

F = TypeVar("F", bound=Callable[..., Any])


def settings() -> Settings:
    """The settings of this call."""
    return load(os.environ, Path.cwd())


@contextmanager
def house() -> Iterator[House]:
    """The open house, its schema current: for commands that read or write cases."""
    with open_house(settings()) as opened:
        if opened.urls.embedded_database:
            from workflow.db import schema

            schema.upgrade(opened.urls.database)
        yield opened


def json_option(function: F) -> F:
    """Adds `--json`: one JSON value on stdout instead of words."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def tell(value: Any, words: str, *, as_json: bool) -> None:
    """Print `value` as JSON or say `words`."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else words)
