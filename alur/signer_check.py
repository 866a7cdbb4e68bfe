"""Whether the keys that `ALUR_SIGNER` and `ALUR_SIGNERS` name can sign, told before a case waits for them.

What is wrong with the house's key, or with the folder of trust, stops the start. What is merely away does not, nor does
one officer's key: the others sign on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from asn1crypto import pkcs12  # type: ignore[import-untyped]
from cryptography import x509

from alur.key_places import keyring
from alur.setting_values import SettingsError
from alur.settings import Settings
from alur.trust_check import checked_trust, untrusted
from signing.errors import Rejected, SigningError
from signing.keyholder import FileHolder, KeyHolder, KeyPlace
from signing.private_files import write_private

#: What to do, by the code of what is wrong.
_DO = {
    "key_file": "Mend the path, or put the file there.",
    "key_damaged": "Export it anew as PKCS#12.",
    "key_passphrase": "Mend the file of ALUR_SIGNER_PASSPHRASE, or leave it out so that officers are asked.",
    "key_kind": "Export key and certificate together.",
    "key_module": "Install the provider's library, or mend module-path.",
    "certificate_missing": "`pkcs11-tool --module MODULE -O` lists what is there: mend object or id, or write it.",
    "key_missing": "Look with `pkcs11-tool --module MODULE -O --login`, then mend object or id.",
    "secret_wrong": "Mend the file of the PIN; it is not tried again before that file changes.",
    "secret_wrong_last": "Sign in to the token with its provider's tool, then mend the file of the PIN.",
    "secret_last_try": "Sign in to the token with its provider's tool first.",
    "secret_locked": "Unlock the token with its provider's tool.",
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A key, and how it stands."""

    #: The setting that names it, with the officer's account where it is one's own.
    name: str
    #: What it asks its signer for; None where it asks nobody.
    asks: str | None
    #: Its certificate, DER; None where it is not known before somebody signs.
    certificate: bytes | None = None
    #: What keeps it from signing now; None where nothing was found.
    why: str | None = None

    @property
    def words(self) -> str:
        """One line."""
        told = [f"asks for {self.asks}" if self.asks else "asks nobody"]
        if self.certificate is not None:
            own = x509.load_der_x509_certificate(self.certificate)
            told.append(f"{own.subject.rfc4514_string()}, until {own.not_valid_after_utc:%Y-%m-%d}")
        return f"{self.name}: {self.why or '; '.join(told)}"


class _Held(NamedTuple):
    #: Certificate of a key, DER.
    certificate: bytes
    #: Certificates that come along with it, DER.
    chain: tuple[bytes, ...]


def check_signers(settings: Settings) -> list[Checked]:
    """Look at every key without signing anything.

    Raises `SettingsError` for settings that are not understood, where the folder of `ALUR_TRUST` holds no root, and
    where the house's own key is there and cannot sign. Nothing is asked of services elsewhere.
    """
    trust = checked_trust(settings)
    ring = keyring(settings)

    def found(name: str, place: KeyPlace, look: Callable[[KeyPlace], _Held | None], *, stops: bool) -> Checked:
        looked, held = _looked(name, place, look, stops=stops)
        why = untrusted(held.certificate, held.chain, settings, trust()) if held is not None else None
        if why and stops and settings.trust is not None:
            raise SettingsError("setting_bad", f"{name}: {why}")
        return replace(looked, why=looked.why or why)

    own = [
        found(f"ALUR_SIGNERS: {name}", place, lambda place: _held(place, ring.admit), stops=False)
        for name, place in ring.own.items()
    ]
    return [found("ALUR_SIGNER", ring.house, lambda place: _house(settings, place, ring.admit), stops=True), *own]


def _looked(
    name: str, place: KeyPlace, look: Callable[[KeyPlace], _Held | None], *, stops: bool
) -> tuple[Checked, _Held | None]:
    try:
        held = look(place)
    except SigningError as error:
        why = f"{error} {_DO.get(error.code, '')}".rstrip()
        # A file is no service that comes back by itself.
        if stops and (isinstance(error, Rejected) or error.code == "key_file"):
            raise SettingsError("setting_bad", f"{name}: {why}") from error
        return Checked(name=name, asks=place.asks, why=why), None
    return Checked(name=name, asks=place.asks, certificate=held.certificate if held else None), held


def _house(settings: Settings, place: KeyPlace, admit: Callable[[KeyHolder | FileHolder], None]) -> _Held | None:
    from signing.pkcs11_token import Pkcs11KeyHolder, Pkcs11Place

    held = _held(place, admit)
    if isinstance(place, Pkcs11Place) and place.asks is None:
        holder = place.open(None)
        assert isinstance(holder, Pkcs11KeyHolder)
        _once(settings, holder.try_pin)
    return held


def _held(place: KeyPlace, admit: Callable[[KeyHolder | FileHolder], None]) -> _Held | None:
    """The certificate of a key on this machine and what comes along with it, where it shows without a secret."""
    from signing.keyholder import Pkcs12Place

    if place.remote:
        return None
    if isinstance(place, Pkcs12Place) and place.asks is not None:
        _require_pkcs12(place.path)
        return None
    holder = place.open(None)
    admit(holder)
    return _Held(holder.certificate, tuple(holder.chain))


def _require_pkcs12(path: Path) -> None:
    try:
        version = pkcs12.Pfx.load(path.read_bytes())["version"].native
    except ValueError:
        version = None
    if version != "v3":
        raise Rejected("key_damaged", f"The key file {path.name} is no PKCS#12 file, or is damaged.")


def _once(settings: Settings, try_pin: Callable[[], None]) -> None:
    """Try the PIN that is set, unless it was refused before: a process that is started over and over would lock the
    token."""
    mark, same = settings.data / "signer-refused", _fingerprint(settings)
    if mark.exists() and mark.read_text() == same:
        raise Rejected("secret_wrong", "The PIN that is set was refused before.")
    try:
        try_pin()
    except Rejected as error:
        if error.code in ("secret_wrong", "secret_wrong_last"):
            settings.data.mkdir(parents=True, exist_ok=True)
            write_private(mark, same.encode())
        raise
    mark.unlink(missing_ok=True)


def _fingerprint(settings: Settings) -> str:
    """What changes when the setting or the file of the PIN does; nothing of the PIN itself."""
    from signing.pkcs11_uri import Pkcs11Uri

    address = settings.signer or ""
    path = Pkcs11Uri.parse(address).pin_file or settings.signer_passphrase
    state = path.stat() if path is not None else None
    parts = (address, path, state and (state.st_ino, state.st_mtime_ns, state.st_size))
    return hashlib.sha256(repr(parts).encode()).hexdigest()
