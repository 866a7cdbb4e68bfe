"""The web server: gunicorn with threads, since requests wait on PostgreSQL and on outcomes, not on Python."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from alur.wiring import House
from workers.memory import leave_no_core

WORKERS = 2
THREADS = 60


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from here alone."""

    def __init__(self, house: House, port: int) -> None:
        self._house = house
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"{self._house.settings.host}:{self._port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 8,
            "keepalive": 5,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made after the fork: connections are never shared between processes."""
        from web.app import create_app

        return create_app(self._house.ports())


def run_server(house: House, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    leave_no_core()
    _Server(house, port).run()
