"""`alur serve`: everything on one machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import click

from alur.commands.common import settings
from alur.furnish import DEMO_ACCOUNTS, add_demo_accounts, furnish
from alur.pki_folder import pki_folder
from alur.setting_values import SettingsError
from alur.settings import Settings
from alur.supervisor import Child, Supervisor
from alur.wiring import House, open_house
from signing.development import ensure_development_pki


@click.command()
@click.option("--port", type=int, help="Port to listen on instead of ALUR_PORT.")
@click.option("--engine-workers", default=1, show_default=True, help="Processes that perform commands.")
def serve(port: int | None, engine_workers: int) -> None:
    """Start everything: embedded services where no URL is set, web, workers and clock. Ctrl-C stops all of it."""
    if port is not None:
        os.environ["ALUR_PORT"] = str(port)
    chosen = settings()
    require_free(chosen.host, chosen.port)
    require_signers(chosen)
    with open_house(chosen) as house:
        furnish(house)
        if house.settings.signer is None:
            ensure_development_pki(pki_folder(house.settings))
        _greet(house)
        house.engine.dispose()
        sys.exit(Supervisor(children(house.settings, engine_workers)).run())


def children(chosen: Settings, engine_workers: int) -> list[Child]:
    """The processes of a whole house."""
    roles = {
        "web": ("web", "--port", str(chosen.port)),
        **{f"engine{n or ''}": ("worker", "engine") for n in range(engine_workers)},
        "effects": ("worker", "effects"),
        "signing": ("worker", "signing"),
        "clock": ("clock",),
    }
    return [
        Child(name=name, argv=(sys.executable, "-m", "alur", *arguments), env=dict(os.environ))
        for name, arguments in roles.items()
    ]


def require_free(host: str, port: int) -> None:
    """Raise `SettingsError` when another program listens on the address already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                "port_taken",
                f"Cannot listen on {host}:{port} ({error.strerror}); choose another with ALUR_PORT or --port.",
            ) from error


def require_signers(chosen: Settings) -> None:
    """End with the sentence that tells what is wrong with the keys that sign; what is merely away is no reason to."""
    if chosen.signer is None and chosen.signers is None and chosen.trust is None:
        chosen.chosen_signer()
        return
    # In a process of its own: a token's library stays with whoever loads it, and this one only watches the others.
    argv = (sys.executable, "-m", "alur", "keys", "check", "--start")
    ended = subprocess.run(argv, stdout=subprocess.DEVNULL, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)


def _greet(house: House) -> None:
    click.echo(f"Alur: {house.settings.public_url}")
    if house.settings.production:
        return
    password = add_demo_accounts(house)
    click.echo(f"Demo accounts, all with the password {password}: {', '.join(DEMO_ACCOUNTS)}", nl=True)
    sys.stdout.flush()
