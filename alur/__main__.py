"""The front door: `alur …`. Errors are sentences on stderr, never tracebacks."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from alur.embedded.errors import EmbeddedError
from alur.setting_values import SettingsError
from signing.errors import SigningError
from workflow.errors import AlurError

#: Commands with the module of `alur.commands` that holds each: imported when called, since a worker's memory counts.
COMMANDS = {
    "accounts": "accounts",
    "audit": "audit",
    "backup": "backup",
    "calendars": "calendars",
    "cards": "cards",
    "cases": "cases",
    "clock": "roles",
    "db": "database",
    "definitions": "definitions",
    "demo": "demo",
    "keys": "keys",
    "reports": "reports",
    "restore": "backup",
    "retention": "erasing",
    "serve": "serve",
    "web": "roles",
    "worker": "roles",
}


#: Errors of libraries that say that a service is away; by name, since a command may never have loaded them.
_AWAY = {"OperationalError": "The database", "ConnectionError": "Redis"}


class _Commands(click.Group):
    """Finds commands by name without importing the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        commands = vars(import_module(f"alur.commands.{module}"))
        return next(c for c in commands.values() if isinstance(c, click.Command) and c.name == cmd_name)


@click.group(cls=_Commands)
@click.version_option(package_name="alur")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def alur(debug: bool) -> None:
    """Alur: a workflow engine for public services."""


def main() -> None:
    """Run the command line; 1 for what Alur refuses, 2 for what it does not understand, 70 for a fault of its own."""
    try:
        alur(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (AlurError, SettingsError, EmbeddedError, SigningError) as error:
        print(f"alur: {error}", file=sys.stderr)
        sys.exit(1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        if "--debug" in sys.argv[1:2]:
            raise
        print(f"alur: {error.strerror}: {error.filename}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if "--debug" in sys.argv[1:2]:
            raise
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        if type(error).__name__ in _AWAY:
            print(f"alur: {_AWAY[type(error).__name__]} cannot be reached ({said}).", file=sys.stderr)
            sys.exit(1)
        print(f"alur: something unexpected happened ({said}). `alur --debug …` shows where.", file=sys.stderr)
        sys.exit(70)


if __name__ == "__main__":
    main()
