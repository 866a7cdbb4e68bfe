"""One process, one role: what `alur serve` starts together and production starts apart."""

from __future__ import annotations

import threading

import click

from alur.commands.common import settings
from alur.settings import Settings
from alur.wiring import open_house, until_stopped

#: How long the end of the clock process waits for a seal that is being made; one cut short is made again.
SEAL_SECONDS = 5


@click.command()
@click.option("--port", type=int, help="Port to listen on instead of ALUR_PORT.")
def web(port: int | None) -> None:
    """Serve pages and API."""
    from alur.server import run_server

    with open_house(settings()) as house:
        run_server(house, port or house.settings.port)


@click.command()
@click.argument("queue", type=click.Choice(["engine", "effects", "signing"]))
def worker(queue: str) -> None:
    """Perform commands (engine) or do steps (effects, signing)."""
    from workers.run import run_worker

    chosen = settings()
    if queue == "signing":
        _check_signers(chosen)
    with open_house(chosen) as house:
        run_worker(house.workshop(signs=queue == "signing"), queue)


def _check_signers(chosen: Settings) -> None:
    """What is wrong with the keys, before the first case waits for them; raises `SettingsError`."""
    if chosen.production or chosen.signer or chosen.signers or chosen.trust:
        from alur.signer_check import check_signers

        for key in check_signers(chosen):
            if key.why:
                click.echo(f"alur: {key.words}", err=True)


@click.command()
def clock() -> None:
    """Fire timers, seal what moved, and see that nothing waits unheard."""
    from workers.clock import run
    from workers.workshop import system_clock

    stop = threading.Event()
    until_stopped(stop)
    with open_house(settings()) as house:
        sealing = threading.Thread(target=house.sealer().run, args=(stop,), name="sealing", daemon=True)
        sealing.start()
        run(house.engine, house.redis, house.library, system_clock, stop, house.eraser())
        sealing.join(SEAL_SECONDS)
