"""Logs: one line an entry on stderr, so that what a command prints stays clean; JSON in production."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, production: bool) -> None:
    """Send structlog's and the libraries' lines to stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    last = structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        # Asked at each line: stderr may have been replaced since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
