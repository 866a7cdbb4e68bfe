"""Flask's configuration, from the ports alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from web.ports import Ports

MEGABYTE = 1024 * 1024
#: The largest request: one upload with its form, in bytes.
MAX_REQUEST = 6 * MEGABYTE
#: The largest part of a form that is not a file, in bytes.
MAX_FORM = 512 * 1024
#: How long a person stays signed in without asking for anything.
SESSION = timedelta(hours=12)


def configuration(ports: Ports) -> dict[str, Any]:
    """Settings of Flask and its extensions."""
    return {
        "SECRET_KEY": ports.secret_key,
        "MAX_CONTENT_LENGTH": MAX_REQUEST,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM,
        "MAX_FORM_PARTS": 200,
        "SQLALCHEMY_DATABASE_URI": ports.database_url,
        "PERMANENT_SESSION_LIFETIME": SESSION,
        "SESSION_COOKIE_NAME": "__Host-alur" if ports.production else "alur",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": ports.production,
        "PREFERRED_URL_SCHEME": "https" if ports.production else "http",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        **_security(),
        **_api(),
    }


def _security() -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        # argon2 salts by itself, and accounts are made by the command line too, which knows no HMAC.
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"name": {"mapper": str.strip}}],
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_ANONYMOUS_USER_DISABLED": True,
    }


def _api() -> dict[str, Any]:
    return {
        "API_TITLE": "Alur",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
    }
