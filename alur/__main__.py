"""The front door: `alur …`. Errors are sentences on stderr, never tracebacks."""

from __future__ import annotations

import sys

import click

from alur.commands.accounts import accounts
from alur.commands.cards import cards
from alur.commands.cases import cases
from alur.commands.database import database
from alur.commands.definitions import definitions
from alur.commands.demo import demo
from alur.commands.roles import clock, web, worker
from alur.commands.serve import serve
from alur.embedded import EmbeddedError
from alur.settings import SettingsError
from signing.errors import SigningError
from workflow.definition.errors import DefinitionError
from workflow.errors import AlurError


@click.group()
@click.version_option(package_name="alur")
def alur() -> None:
    """Alur: a workflow engine for public services."""


for command in (accounts, cards, cases, clock, database, definitions, demo, serve, web, worker):
    alur.add_command(command)


def main() -> None:
    """Run the command line; 1 for what Alur refuses, 2 for what it does not understand."""
    try:
        alur(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except DefinitionError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except (AlurError, SettingsError, EmbeddedError, SigningError) as error:
        print(f"alur: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
