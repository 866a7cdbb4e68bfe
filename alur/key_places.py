"""From `ALUR_SIGNER` and `ALUR_SIGNERS` to the places where keys lie. Nothing is opened or asked here."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates

from alur.pki_folder import pki_folder
from alur.setting_values import SettingsError, signer_form
from alur.settings import Settings
from signing.development import ensure_development_pki
from signing.errors import Rejected
from signing.keyholder import FileHolder, KeyHolder, KeyPlace, Pkcs12Place
from signing.secret import Secret, SecretKind
from signing.trust import is_development
from workers.keyring import Keyring

_KINDS = ("passphrase", "pin", "totp")


def keyring(settings: Settings) -> Keyring:
    """The keys of the house. Raises `SettingsError`, which names the setting, for what is not understood."""
    chosen = settings.chosen_signer()
    house: KeyPlace
    if chosen is None:
        house = Pkcs12Place(ensure_development_pki(pki_folder(settings)).pkcs12)
    else:
        house = _place("ALUR_SIGNER", chosen, settings, _secret(settings))
    own = {name: _place(f"ALUR_SIGNERS: {name}", form, settings, None) for name, form in _officers(settings).items()}
    return Keyring(house=house, own=own, admit=_admission(settings))


def _admission(settings: Settings) -> Callable[[KeyHolder | FileHolder], None]:
    def admit(holder: KeyHolder | FileHolder) -> None:
        if settings.production and any(map(is_development, (holder.certificate, *holder.chain))):
            raise Rejected("development_root", "ALUR_SIGNER: a development key signs nowhere but in development.")

    return admit


def _officers(settings: Settings) -> Mapping[str, str]:
    if settings.signers is None:
        return {}
    try:
        found = tomllib.loads(settings.signers.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError("setting_bad", f"ALUR_SIGNERS: {settings.signers} cannot be read ({error}).") from error
    for name, form in found.items():
        if not isinstance(form, str):
            raise SettingsError("setting_bad", f"ALUR_SIGNERS: {name} must be a text such as pkcs12:PATH.")
        signer_form(f"ALUR_SIGNERS: {name}", form)
    return found


def _place(name: str, form: str, settings: Settings, secret: Secret | None) -> KeyPlace:
    try:
        return _understood(name, form, settings, secret)
    except Rejected as error:
        raise SettingsError("setting_bad", f"{name}: {error} docs/reference/settings.md shows the forms.") from error


def _understood(name: str, form: str, settings: Settings, secret: Secret | None) -> KeyPlace:
    kind, _, rest = form.partition(":")
    if kind == "pkcs12":
        return Pkcs12Place(Path(rest), secret.reveal().encode() if secret else None)
    if kind == "pkcs11":
        return _token(form, secret)
    address, asked = _address(name, rest)
    if kind == "csc":
        return _csc(name, address, asked, settings, secret)
    return _bsre(name, address, asked, settings, secret)


def _token(form: str, secret: Secret | None) -> KeyPlace:
    from signing.pkcs11_token import Pkcs11Place
    from signing.pkcs11_uri import Pkcs11Uri

    uri = Pkcs11Uri.parse(form)
    pin = Secret(_line("pin-source", uri.pin_file)) if uri.pin_file is not None else secret
    return Pkcs11Place(uri, pin)


def _csc(name: str, address: str, asked: Mapping[str, str], settings: Settings, secret: Secret | None) -> KeyPlace:
    from signing.csc import CscPlace
    from signing.remote import Service

    _only(name, asked, {"credential", "secret"}, needed={"credential"})
    login = {"Authorization": f"Bearer {_login(settings)}"} if settings.signer_login else {}
    return CscPlace(Service(address, login), asked["credential"], secret, _kind(name, asked, "pin"))


def _bsre(name: str, address: str, asked: Mapping[str, str], settings: Settings, secret: Secret | None) -> KeyPlace:
    from signing.bsre import BsreIdentity, BsrePlace
    from signing.remote import Service

    _only(name, asked, {"nik", "email", "certificate", "secret"}, needed={"certificate"})
    if ("nik" in asked) == ("email" in asked):
        raise SettingsError("setting_bad", f"{name} must name the signer by nik or by email.")
    kind = _kind(name, asked, "passphrase")
    if kind is None:
        raise SettingsError("setting_bad", f"{name}: secret must be passphrase or totp.")
    identity = BsreIdentity(
        nik=asked.get("nik"), email=asked.get("email"), certificates=_certificates(name, Path(asked["certificate"]))
    )
    login = base64.b64encode(_login(settings).encode()).decode() if settings.signer_login else ""
    return BsrePlace(Service(address, {"Authorization": f"Basic {login}"} if login else {}), identity, secret, kind)


def _address(name: str, rest: str) -> tuple[str, Mapping[str, str]]:
    """The address of a service without its query, and what the query says of the signer."""
    try:
        parts = urlsplit(rest)
    except ValueError as error:
        raise SettingsError("setting_bad", f"{name}: the service's address is not understood: {error}.") from None
    try:
        asked = dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else [])
    except ValueError as error:
        raise SettingsError("setting_bad", f"{name}: what follows the ? is not understood.") from error
    return urlunsplit(parts._replace(query="")), asked


def _only(name: str, asked: Mapping[str, str], known: set[str], *, needed: set[str]) -> None:
    wrong = [*(asked.keys() - known), *(needed - asked.keys())]
    if wrong:
        names = ", ".join(sorted(known))
        raise SettingsError("setting_bad", f"{name} names the signer with {names}; look at {', '.join(sorted(wrong))}.")


def _kind(name: str, asked: Mapping[str, str], usual: SecretKind) -> SecretKind | None:
    """What the service asks for; `secret=none` says that it asks for nothing."""
    found = asked.get("secret", usual)
    if found not in (*_KINDS, "none"):
        raise SettingsError("setting_bad", f"{name}: secret must be one of {', '.join((*_KINDS, 'none'))}.")
    return None if found == "none" else cast(SecretKind, found)


def _certificates(name: str, path: Path) -> tuple[bytes, ...]:
    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError("setting_bad", f"{name}: {path} holds no certificate (PEM).") from error
    return tuple(c.public_bytes(Encoding.DER) for c in found)


def _secret(settings: Settings) -> Secret | None:
    """The passphrase or PIN that is set for the house's key."""
    path = settings.signer_passphrase
    return Secret(_line("ALUR_SIGNER_PASSPHRASE", path)) if path is not None else None


def _login(settings: Settings) -> str:
    assert settings.signer_login is not None
    return _line("ALUR_SIGNER_LOGIN", settings.signer_login)


def _line(name: str, path: Path) -> str:
    """The first line of a file."""
    try:
        return path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r").decode()
    except OSError as error:
        raise SettingsError("setting_bad", f"{name}: {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise SettingsError("setting_bad", f"{name}: {path} is not UTF-8.") from None
