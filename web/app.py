"""The web application, made from its ports. Nothing is opened at import."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from web import api, config, headers, health, here, limits, pages, problems
from web.auth import account, loading
from web.database import db
from web.ports import Ports
from web.services import access


def create_app(ports: Ports) -> Flask:
    """API and pages over `ports`. Connections are opened by the first request that needs them."""
    app = Flask(__name__)
    if ports.production:
        # Cookies are Secure there, so TLS ends at a proxy in front, which alone knows who asks; exactly one is trusted.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.config.from_mapping(config.configuration(ports))
    app.extensions[here.PORTS] = ports
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    db.init_app(app)
    limits.init(app, ports.redis_url)
    health.init(app)
    account.init(app)
    loading.init(app)
    access.init(app)
    headers.init(app, ports)
    problems.init(app)
    api.init(app)
    pages.init(app)
    return app
