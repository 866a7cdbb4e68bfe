"""What `alur definitions test` does."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import click
import structlog

from alur.commands.common import settings
from alur.embedded import services
from alur.furnish import SHIPPED
from alur.logs import configure
from alur.scenarios.results import Tested
from alur.scenarios.run import Listener, Theatre, perform_script, theatre
from alur.scenarios.script import Script, read_script
from alur.scenarios.telling import Telling, summary
from alur.scenarios.telling import as_json as told_json
from workflow.definition.errors import did_you_mean
from workflow.errors import AlurError

#: A scenario is performed without a queue, so none is started.
_NO_QUEUE = "unix:///nowhere"


class UnknownScriptError(AlurError):
    """There is no such process, folder or file to test."""

    code = "unknown_process"


def run_tests(process: str | None, language: str, *, as_json: bool) -> bool:
    """Perform the scenarios and tell of them; True when all hold."""
    with ExitStack() as stack:
        scripts = [read_script(path) for path in _paths(process, stack)]
        place = stack.enter_context(_place())
        done = [_one(script, place, language, as_json) for script in scripts]
    if as_json:
        told = [told_json(s, t, language) for s, t in zip(scripts, done, strict=True)]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    return all(t.ok for t in done)


def _one(script: Script, place: Theatre, language: str, as_json: bool) -> Tested:
    listener = Listener() if as_json else Telling(script, language, click.echo)
    tested = perform_script(script, place, listener)
    if not as_json:
        click.echo(f"\n{summary(tested, language)}")
    return tested


def _paths(process: str | None, stack: ExitStack) -> Iterator[Path]:
    """The folders or files to test: one that is named, or those of all processes that ship."""
    names = SHIPPED if process is None else (process,)
    for name in names:
        if name in SHIPPED:
            yield stack.enter_context(as_file(files("definitions") / name))
        elif Path(name).exists():
            yield Path(name)
        else:
            raise UnknownScriptError(f"There is no process, folder or file `{name}`: {did_you_mean(name, SHIPPED)}")


@contextmanager
def _place() -> Iterator[Theatre]:
    """Beside the house's own database; what fails on purpose is not logged."""
    chosen = settings()
    configure(production=chosen.production)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with services(replace(chosen, redis_url=chosen.redis_url or _NO_QUEUE)) as urls, theatre(urls) as place:
        yield place
