"""`alur demo`: real cases over HTTP, the first from draft to a signed card."""

from __future__ import annotations

import click


@click.command()
def demo() -> None:
    """Drive real cases over HTTP: a card online, a card at the counter, a complaint."""
    from alur.demo import run_demo

    run_demo()
