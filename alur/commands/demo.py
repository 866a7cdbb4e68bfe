"""`alur demo`: one real application, from draft to a signed card, over HTTP."""

from __future__ import annotations

import click


@click.command()
def demo() -> None:
    """Drive one real application over HTTP from a draft to a signed, verified card."""
    from alur.demo import run_demo

    run_demo()
