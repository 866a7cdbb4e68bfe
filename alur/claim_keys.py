"""The key that signs the claims in QR codes (`ALUR_CLAIM_KEY`), and the keys by which they are checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from alur.key_files import generated_key, named_key, new_key
from alur.setting_values import SettingsError
from alur.settings import Settings
from signing.claim_keys import ClaimSigner, PublishedKey, read_keys, read_private

#: File of the generated key.
_NAME = "claim_key"
#: Days on which a generated key signs: all on which a trial may put its clock.
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)


def claim_signer(settings: Settings) -> ClaimSigner:
    """Who signs claims here. The key must be a published one, or nobody could check what it signs.

    Raises `SettingsError` (`setting_missing`, `setting_bad`, `development_key`), Rejected for a file of another kind.
    """
    path = settings.chosen_claim_key()
    if path is None:
        key = read_private(generated_key(settings, _NAME))
    else:
        key = read_private(named_key(settings, "ALUR_CLAIM_KEY", path))
    for published in published_keys(settings)():
        if published.public == key.public:
            return ClaimSigner(key=key, published=published)
    raise SettingsError("setting_bad", "ALUR_CLAIM_KEYS does not publish the key of ALUR_CLAIM_KEY.")


def trial_signer() -> ClaimSigner:
    """A signer with a development key of its own, which is kept nowhere."""
    pem = new_key()
    return ClaimSigner(key=read_private(pem), published=_published(pem))


def published_keys(settings: Settings) -> Callable[[], tuple[PublishedKey, ...]]:
    """The published keys, read anew each time, since keys are changed while the house works.

    Raises `SettingsError` `setting_missing` where they must be named; what is returned raises `setting_bad`,
    Rejected `claim_keys_unreadable`, and in production `development_key`.
    """
    path = settings.chosen_claim_keys()
    if path is None:
        return lambda: (_published(generated_key(settings, _NAME)),)
    named = path
    return lambda: _read(settings, named)


def publishes(settings: Settings) -> bool:
    """Whether a house is set up here that has published keys; asking makes none."""
    return settings.production or settings.claim_keys is not None or (settings.keys_folder / _NAME).exists()


def _published(pem: bytes) -> PublishedKey:
    return PublishedKey(public=read_private(pem).public, first=_FIRST, last=_LAST, development=True)


def _read(settings: Settings, path: Path) -> tuple[PublishedKey, ...]:
    try:
        keys = read_keys(path.read_bytes())
    except OSError as error:
        raise SettingsError("setting_bad", f"ALUR_CLAIM_KEYS: {path} cannot be read ({error.strerror}).") from error
    if settings.production and any(key.development for key in keys):
        raise SettingsError("development_key", f"ALUR_CLAIM_KEYS: {path} holds a development key.")
    return keys
