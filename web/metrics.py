"""What the web counts: requests by route and status, and how long they took."""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

_EXTENSION = "alur.metrics"
#: Seconds.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class _Counted:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "alur_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "alur_request_seconds", "Time to the answer.", ("route",), buckets=_BUCKETS, registry=self.registry
        )


def init(app: Flask) -> None:
    """Count every request of `app`, by its route and never by its path: paths hold case numbers."""
    app.extensions[_EXTENSION] = _Counted()
    app.before_request(_start)
    app.after_request(_note)


def exposition() -> Response:
    """The counters as Prometheus reads them."""
    counted: _Counted = current_app.extensions[_EXTENSION]
    return Response(generate_latest(counted.registry), content_type=CONTENT_TYPE_LATEST)


def _start() -> None:
    g.started = time.perf_counter()


def _note(response: Response) -> Response:
    counted: _Counted = current_app.extensions[_EXTENSION]
    route = request.url_rule.rule if request.url_rule else "none"
    counted.requests.labels(request.method, route, str(response.status_code)).inc()
    started = g.get("started")
    if started is not None:
        counted.seconds.labels(route).observe(time.perf_counter() - started)
    return response
