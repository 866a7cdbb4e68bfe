"""What a setting's text means: a value, or what is wrong with it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final, Literal, cast
from urllib.parse import urlsplit

Environment = Literal["development", "production"]

KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is unknown, missing or not understood; `code` is stable, the message names the variable."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Final = code


def bad(name: str, why: str) -> SettingsError:
    """The error about the setting `name`."""
    return SettingsError("setting_bad", f"{name} {why}.")


def encode_key(key: bytes) -> str:
    """A key as the environment and the key files hold it: URL-safe base64 with padding."""
    return base64.urlsafe_b64encode(key).decode()


def decode_key(name: str, value: str) -> bytes:
    """The 32 bytes of the key `name`, padding optional. Raises `SettingsError` when it is anything else."""
    try:
        key = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise bad(name, f"must be {KEY_BYTES} bytes in URL-safe base64")
    return key


def environment(value: str) -> Environment:
    """`development` or `production`."""
    if value not in ("development", "production"):
        raise bad("ALUR_ENV", "must be development or production")
    return cast(Environment, value)


def host_name(value: str) -> str:
    """A host name or an IP address."""
    if any(character.isspace() or character in "/@" for character in value):
        raise bad("ALUR_HOST", "must be a host name or an IP address")
    return value


def port_number(value: str) -> int:
    """A port, 1 to 65535."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 65535):
        raise bad("ALUR_PORT", "must be a number from 1 to 65535")
    return int(value)


def address(*schemes: str) -> Callable[[str, str], str]:
    """A reader of addresses that begin with one of `schemes`."""

    def read(name: str, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError as error:
            raise bad(name, "is not an address") from error
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise bad(name, f"must be an address that begins with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return read


def addresses(*schemes: str) -> Callable[[str, str], tuple[str, ...]]:
    """A reader of one address or several, with commas or spaces between them."""
    one = address(*schemes)

    def read(name: str, value: str) -> tuple[str, ...]:
        found = tuple(one(name, part) for part in value.replace(",", " ").split())
        if not found:
            raise bad(name, "holds no address")
        return found

    return read


def database(name: str, value: str) -> str:
    """A PostgreSQL address as SQLAlchemy takes it."""
    value = address("postgresql", "postgres", "postgresql+psycopg")(name, value)
    return "postgresql+psycopg:" + value.split(":", 1)[1]


def signer_form(name: str, value: str) -> str:
    """A signer as `kind:rest`; raises `SettingsError` for another form, without repeating it."""
    kind, _, rest = value.partition(":")
    if kind not in ("pkcs12", "pkcs11", "csc", "bsre") or not rest:
        raise bad(name, "must be pkcs12:PATH, pkcs11:URI, csc:URL or bsre:URL")
    return value
