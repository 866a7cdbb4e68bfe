"""The address of a key on a token (RFC 7512): `pkcs11:token=…;object=…?module-path=…&pin-source=file:…`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote_to_bytes, urlsplit

from signing.errors import Rejected

_PATH = frozenset({"token", "serial", "object", "id", "manufacturer", "model", "type"})
_QUERY = frozenset({"module-path", "pin-source"})


@dataclass(frozen=True, kw_only=True)
class Pkcs11Uri:
    """Which key, on which token, reached through which module."""

    #: Path of the PKCS#11 module, a shared library.
    module: Path
    #: Label of the token; None: any.
    token: str | None
    #: Serial number of the token; None: any.
    serial: str | None
    #: Label of key and certificate; None: any.
    label: str | None
    #: Id of key and certificate; None: any.
    id: bytes | None
    #: File of the PIN; None when the signer is asked.
    pin_file: Path | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The URI in `text`; raises Rejected `key_address` for one that is not understood or names too little.

        A PIN in the address itself (`pin-value`) is refused: addresses stand in environments and logs.
        """
        scheme, _, rest = text.partition(":")
        path, _, query = rest.partition("?")
        if scheme != "pkcs11":
            raise _bad("it does not begin with pkcs11:")
        named = _pairs(path, ";", _PATH) if path else {}
        asked = _pairs(query, "&", _QUERY) if query else {}
        if "module-path" not in asked:
            raise _bad("module-path is missing")
        if not {"object", "id"} & named.keys() or not {"token", "serial"} & named.keys():
            raise _bad("it must name the token (token or serial) and the key (object or id)")
        if named.get("type", b"private") not in (b"private", b"cert"):
            raise _bad("type must be private")
        return cls(
            module=Path(_text(asked["module-path"])),
            token=_text(named["token"]) if "token" in named else None,
            serial=_text(named["serial"]) if "serial" in named else None,
            label=_text(named["object"]) if "object" in named else None,
            id=named.get("id"),
            pin_file=_file(_text(asked["pin-source"])) if "pin-source" in asked else None,
        )


def _pairs(text: str, separator: str, known: frozenset[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for piece in text.split(separator):
        name, equals, value = piece.partition("=")
        # The value is never repeated in a message: it might be a PIN.
        if name not in known or not equals or name in found:
            raise _bad(f"{name or 'an empty part'} is not known here, has no value, or stands twice")
        found[name] = unquote_to_bytes(value)
    return found


def _file(source: str) -> Path:
    parts = urlsplit(source)
    path = parts.path if parts.scheme == "file" else source
    if parts.scheme not in ("", "file") or not path.startswith("/"):
        raise _bad("pin-source must be an absolute path or a file: address")
    return Path(path)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise _bad("a value is not UTF-8") from None


def _bad(why: str) -> Rejected:
    return Rejected("key_address", f"The key's address is not understood: {why}.")
