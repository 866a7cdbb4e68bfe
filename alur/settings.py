"""Settings, read from environment variables only."""

import difflib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from alur.embedded.write_once import write_once
from alur.setting_names import KNOWN, PREFIX
from alur.setting_values import (
    KEY_BYTES,
    Environment,
    SettingsError,
    address,
    addresses,
    bad,
    database,
    decode_key,
    encode_key,
    environment,
    host_name,
    port_number,
    signer_form,
)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Oidc:
    """Our registration at an OpenID Connect provider."""

    #: The provider's issuer address.
    issuer: str
    #: Our client id there.
    client_id: str
    #: Our client secret there.
    client_secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the environment decides. Secrets are left out of `repr`."""

    #: Folder of everything kept on this machine, absolute.
    data: Path
    #: Whether this is a real office's service or somebody's trial.
    env: Environment
    #: Address that the web server listens on.
    host: str
    #: TCP port that the web server listens on.
    port: int
    #: Address of the pages for people and QR codes, without a slash at the end.
    public_url: str
    #: SQLAlchemy's address of PostgreSQL, or None for the embedded one.
    database_url: str | None = field(repr=False)
    #: Address of Redis or Valkey, or None for the embedded one.
    redis_url: str | None = field(repr=False)
    #: Key of sessions and forms, 32 bytes; None in development until `ensure_keys`.
    secret_key: bytes | None = field(repr=False)
    #: Key that wraps every person's key, 32 bytes; None in development until `ensure_keys`.
    data_key: bytes | None = field(repr=False)
    #: Folder of the persons' keys that backups leave out, absolute.
    key_safe: Path
    #: Where documents are kept, a file:// or s3:// address.
    documents_url: str
    #: Who signs, as `kind:rest`, or None for the development key.
    signer: str | None
    #: File of the passphrase or PIN of the signer, or None where it has none or its officers give it.
    signer_passphrase: Path | None
    #: File of this house's login at the signing service, or None.
    signer_login: Path | None
    #: File of the keys that officers have for themselves, or None.
    signers: Path | None
    #: Folder of trusted certificates and revocation lists, or None for the development PKI.
    trust: Path | None
    #: File of the key that signs checkpoints, or None for the one that is generated in development.
    audit_key: Path | None
    #: File of the key that signs the claims in QR codes, or None for the one that is generated in development.
    claim_key: Path | None
    #: File of the published keys of such claims, or None for that one's alone.
    claim_keys: Path | None
    #: Addresses of the time-stamping authorities, the one to be asked first at the head; or none.
    tsa_urls: tuple[str, ...]
    #: Path of the chromium program, or None.
    chromium: Path | None
    #: OpenID Connect provider for staff, or None.
    oidc: Oidc | None
    #: Address of the mail server, or None when no mail is sent; may hold a password.
    smtp_url: str | None = field(repr=False)

    @property
    def production(self) -> bool:
        """Whether this is a real office's service."""
        return self.env == "production"

    @property
    def keys_folder(self) -> Path:
        """Where generated keys are kept, mode 0700."""
        return self.data / "keys"

    def chosen_signer(self) -> str | None:
        """The signer, None for the development key. Raises `SettingsError` for that one in production."""
        if self.production and self.signer is None:
            raise _missing("ALUR_SIGNER")
        return self.signer

    def chosen_audit_key(self) -> Path | None:
        """The file of the audit key, None for the generated one. Raises `SettingsError` for that one in production."""
        if self.production and self.audit_key is None:
            raise _missing("ALUR_AUDIT_KEY")
        return self.audit_key

    def chosen_claim_key(self) -> Path | None:
        """The file of the claim key, None for the generated one. Raises `SettingsError` for that one in production."""
        if self.production and self.claim_key is None:
            raise _missing("ALUR_CLAIM_KEY")
        return self.claim_key

    def chosen_claim_keys(self) -> Path | None:
        """The file of published claim keys, None for the generated key's; `SettingsError` for that in production."""
        if self.claim_keys is None and (self.production or self.claim_key is not None):
            raise _missing("ALUR_CLAIM_KEYS", "in production" if self.production else "where ALUR_CLAIM_KEY is")
        return self.claim_keys


def load(environ: Mapping[str, str], cwd: Path) -> Settings:
    """Read the settings; no file is read or written. An empty variable counts as not set.

    `cwd` is absolute. Raises `SettingsError` for an unknown `ALUR_` name, a value that is not understood and,
    in production, a missing key.
    """
    given = {name: value.strip() for name, value in environ.items() if name.startswith(PREFIX) and value.strip()}
    for name in sorted(given):
        if name not in KNOWN:
            raise _unknown(name)
    data = cwd / given.get("ALUR_DATA", "var")
    host, port = host_name(given.get("ALUR_HOST", "127.0.0.1")), port_number(given.get("ALUR_PORT", "8000"))
    file = partial(_optional, given, read=lambda _name, value: cwd / value)
    settings = Settings(
        data=data,
        env=environment(given.get("ALUR_ENV", "development")),
        host=host,
        port=port,
        public_url=_public(given, host, port),
        database_url=_optional(given, "ALUR_DATABASE_URL", database),
        redis_url=_optional(given, "ALUR_REDIS_URL", address("redis", "rediss", "unix")),
        secret_key=_optional(given, "ALUR_SECRET_KEY", decode_key),
        data_key=_optional(given, "ALUR_DATA_KEY", decode_key),
        key_safe=file(name="ALUR_KEY_SAFE") or data / "key-safe",
        documents_url=_optional(given, "ALUR_DOCUMENTS_URL", address("file", "s3")) or (data / "documents").as_uri(),
        signer=_optional(given, "ALUR_SIGNER", signer_form),
        signer_passphrase=file(name="ALUR_SIGNER_PASSPHRASE"),
        signer_login=file(name="ALUR_SIGNER_LOGIN"),
        signers=file(name="ALUR_SIGNERS"),
        trust=file(name="ALUR_TRUST"),
        audit_key=file(name="ALUR_AUDIT_KEY"),
        claim_key=file(name="ALUR_CLAIM_KEY"),
        claim_keys=file(name="ALUR_CLAIM_KEYS"),
        tsa_urls=_optional(given, "ALUR_TSA_URL", addresses("http", "https")) or (),
        chromium=file(name="ALUR_CHROMIUM"),
        oidc=_oidc(given),
        smtp_url=_optional(given, "ALUR_SMTP_URL", address("smtp", "smtps")),
    )
    _check_keys(settings)
    return settings


def ensure_keys(settings: Settings) -> Settings:
    """The settings with both keys: those given, else those in `<data>/keys`, generated there the first time.

    Folder 0700, files 0600, written whole or not at all; processes that start together get the same keys.
    Raises `SettingsError` when the folder or a file is open to other users or unreadable.
    """
    if settings.secret_key is not None and settings.data_key is not None:
        return settings
    folder = settings.keys_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_exposed(folder)
    return replace(
        settings,
        secret_key=settings.secret_key or _kept_key(folder / "secret_key"),
        data_key=settings.data_key or _kept_key(folder / "data_key"),
    )


def _kept_key(path: Path) -> bytes:
    content = write_once(path, encode_key(os.urandom(KEY_BYTES)).encode() + b"\n")
    _refuse_exposed(path)
    return decode_key(str(path), content.decode("ascii", "replace").strip())


def _refuse_exposed(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise SettingsError("key_exposed", f"{path} must belong to you and be closed to others: run chmod go= on it.")


def _check_keys(settings: Settings) -> None:
    if settings.production and settings.secret_key is None:
        raise _missing("ALUR_SECRET_KEY")
    if settings.production and settings.data_key is None:
        raise _missing("ALUR_DATA_KEY")
    if settings.secret_key is not None and settings.secret_key == settings.data_key:
        raise bad("ALUR_DATA_KEY", "must not be the same key as ALUR_SECRET_KEY")


def _optional(given: Mapping[str, str], name: str, read: Callable[[str, str], T]) -> T | None:
    return read(name, given[name]) if name in given else None


def _public(given: Mapping[str, str], host: str, port: int) -> str:
    chosen = _optional(given, "ALUR_PUBLIC_URL", address("http", "https"))
    return (chosen or f"http://{f'[{host}]' if ':' in host else host}:{port}").rstrip("/")


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    names = ("ALUR_OIDC_ISSUER", "ALUR_OIDC_CLIENT_ID", "ALUR_OIDC_CLIENT_SECRET")
    absent = [name for name in names if name not in given]
    if len(absent) == len(names):
        return None
    if absent:
        raise SettingsError("setting_missing", f"{absent[0]} must be set, too, where another ALUR_OIDC_ setting is.")
    issuer = address("http", "https")(names[0], given[names[0]])
    return Oidc(issuer=issuer, client_id=given[names[1]], client_secret=given[names[2]])


def _unknown(name: str) -> SettingsError:
    near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.0)
    return SettingsError("setting_unknown", f"There is no setting {name}; did you mean {near[0]}?")


def _missing(name: str, where: str = "in production") -> SettingsError:
    return SettingsError("setting_missing", f"{name} must be set {where}.")
