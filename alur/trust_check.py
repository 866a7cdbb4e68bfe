"""Whether the folder of `ALUR_TRUST` holds what the keys that sign need, told before a case waits for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography import x509

from alur.setting_values import SettingsError
from alur.settings import Settings
from alur.signers import trust_of
from signing.errors import Rejected
from signing.trust import Trust, missing_root


def checked_trust(settings: Settings) -> Callable[[], Trust]:
    """Whom this house trusts, read once. Raises `SettingsError` where the folder that is named holds no root.

    The development PKI is made when asked for only.
    """
    folder = settings.trust
    if folder is None:
        if settings.production:
            raise SettingsError("setting_missing", "ALUR_TRUST must be set in production.")
        return trust_of(settings)
    if not folder.is_dir():
        raise SettingsError("setting_bad", f"ALUR_TRUST: {folder} is no folder. Make it, or mend the path.")
    try:
        found = trust_of(settings)()
    except OSError as error:
        raise SettingsError("setting_bad", f"ALUR_TRUST: {error.filename} cannot be read: {error.strerror}.") from error
    except Rejected as error:
        raise SettingsError("setting_bad", f"ALUR_TRUST: {error} Put there what cards are verified against.") from error
    return lambda: found


def untrusted(certificate: bytes, chain: Sequence[bytes], settings: Settings, trust: Trust) -> str | None:
    """The sentence that names the authority which is missing for a certificate (DER); None where none is."""
    name = missing_root(certificate, chain, trust)
    if name is None:
        return None
    own = x509.load_der_x509_certificate(certificate).subject.rfc4514_string()
    where = f"the folder {settings.trust} of ALUR_TRUST" if settings.trust else "the development keys (no ALUR_TRUST)"
    have = [x509.load_der_x509_certificate(c).subject.rfc4514_string() for c in (*trust.roots, *trust.intermediates)]
    other = "; what is there under this name has another key" if name in have else ""
    return f"The chain of {own} ends at {name}, which is not in {where}{other}. Put that certificate (*.pem) there."
