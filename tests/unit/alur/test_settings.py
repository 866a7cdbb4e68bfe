"""Settings come from the environment only, and every mistake in them is refused by name."""

import stat
import threading
from pathlib import Path

import pytest

from alur.setting_names import KNOWN
from alur.setting_values import SettingsError, decode_key, encode_key
from alur.settings import Settings, ensure_keys, load

CWD = Path("/srv/office")
KEYS = {"ALUR_SECRET_KEY": encode_key(b"s" * 32), "ALUR_DATA_KEY": encode_key(b"d" * 32)}


def refusal(environ: dict[str, str]) -> SettingsError:
    """The error that `environ` is refused with."""
    with pytest.raises(SettingsError) as caught:
        load(environ, CWD)
    return caught.value


def test_nothing_set_gives_a_development_service_on_this_machine() -> None:
    """Every setting is optional."""
    settings = load({}, CWD)
    assert (settings.env, settings.host, settings.port) == ("development", "127.0.0.1", 8000)
    assert settings.data == CWD / "var"
    assert settings.documents_url == "file:///srv/office/var/documents"
    assert (settings.database_url, settings.redis_url, settings.signer, settings.oidc) == (
        None,
        None,
        None,
        None,
    )
    assert not settings.production


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    """A typing mistake must not silently give the default."""
    error = refusal({"ALUR_DATABSE_URL": "postgresql://db/alur"})
    assert error.code == "setting_unknown"
    assert str(error) == "There is no setting ALUR_DATABSE_URL; did you mean ALUR_DATABASE_URL?"


def test_the_public_address_follows_host_and_port_unless_given() -> None:
    """It has no slash at its end, and an IPv6 address stands in brackets."""
    assert load({"ALUR_PORT": "8001"}, CWD).public_url == "http://127.0.0.1:8001"
    assert load({"ALUR_HOST": "::1"}, CWD).public_url == "http://[::1]:8000"
    assert load({"ALUR_PUBLIC_URL": "https://izin.example/"}, CWD).public_url == "https://izin.example"


def test_names_of_others_are_not_looked_at() -> None:
    """Only names that begin with ALUR_ are ours."""
    assert load({"PATH": "/bin", "ALURE": "x", "PORT": "nonsense"}, CWD).port == 8000


def test_an_empty_value_counts_as_not_set() -> None:
    """Compose files pass variables on as empty strings."""
    assert load({"ALUR_PORT": "", "ALUR_DATABASE_URL": " ", "ALUR_SECRET_KEY": ""}, CWD) == load({}, CWD)


def test_every_known_setting_has_a_sentence_and_is_read() -> None:
    """Each name in the table changes the settings, and nothing else is read."""
    given = {
        **KEYS,
        "ALUR_DATA": "/srv/data",
        "ALUR_DATABASE_URL": "postgres://u:p@db/alur",
        "ALUR_REDIS_URL": "rediss://queue:6380/1",
        "ALUR_HOST": "::1",
        "ALUR_PORT": "65535",
        "ALUR_PUBLIC_URL": "https://izin.example/",
        "ALUR_ENV": "production",
        "ALUR_DOCUMENTS_URL": "s3://bucket/documents",
        "ALUR_KEY_SAFE": "/mnt/safe",
        "ALUR_SIGNER": "pkcs11:token=office",
        "ALUR_SIGNER_PASSPHRASE": "/srv/passphrase",
        "ALUR_SIGNER_LOGIN": "/srv/login",
        "ALUR_SIGNERS": "/srv/signers.toml",
        "ALUR_TRUST": "/srv/trust",
        "ALUR_AUDIT_KEY": "/srv/audit.pem",
        "ALUR_CLAIM_KEY": "/srv/claim.pem",
        "ALUR_CLAIM_KEYS": "/srv/claim-keys.json",
        "ALUR_TSA_URL": "https://tsa.example/",
        "ALUR_CHROMIUM": "/usr/bin/chromium",
        "ALUR_OIDC_ISSUER": "https://id.example/",
        "ALUR_OIDC_CLIENT_ID": "alur",
        "ALUR_OIDC_CLIENT_SECRET": "hush",
        "ALUR_SMTP_URL": "smtps://mail.example:465",
    }
    assert set(given) == set(KNOWN)
    assert all(sentence.endswith(".") for sentence in KNOWN.values())
    settings = load(given, CWD)
    defaults = load({}, CWD)
    unread = [name for name in Settings.__dataclass_fields__ if getattr(settings, name) == getattr(defaults, name)]
    assert unread == []
    assert settings.database_url == "postgresql+psycopg://u:p@db/alur"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALUR_PORT", "0"),
        ("ALUR_PORT", "65536"),
        ("ALUR_PORT", "80 80"),
        ("ALUR_PORT", "٨٠"),
        ("ALUR_HOST", "http://localhost"),
        ("ALUR_ENV", "staging"),
        ("ALUR_DATABASE_URL", "sqlite:///alur.db"),
        ("ALUR_DATABASE_URL", "postgresql://"),
        ("ALUR_DATABASE_URL", "postgresql://db:port/alur"),
        ("ALUR_REDIS_URL", "http://queue"),
        ("ALUR_DOCUMENTS_URL", "/srv/documents"),
        ("ALUR_SIGNER", "pkcs12"),
        ("ALUR_SIGNER", "gpg:key"),
        ("ALUR_TSA_URL", "tsa.example"),
        ("ALUR_SMTP_URL", "mail.example"),
        ("ALUR_SECRET_KEY", "short"),
        ("ALUR_DATA_KEY", encode_key(b"d" * 31)),
        ("ALUR_DATA_KEY", "*" * 44),
    ],
)
def test_a_bad_value_is_refused_by_a_sentence_that_names_the_variable(name: str, value: str) -> None:
    """The person who set it learns which one and what would be right; a secret is not repeated."""
    error = refusal({name: value})
    assert error.code == "setting_bad"
    assert str(error).startswith(f"{name} ")
    assert str(error).endswith(".")


@pytest.mark.parametrize("missing", sorted(KEYS))
def test_production_requires_both_keys(missing: str) -> None:
    """A generated key would be lost with the machine."""
    given = {"ALUR_ENV": "production", **KEYS}
    del given[missing]
    error = refusal(given)
    assert (error.code, str(error)) == ("setting_missing", f"{missing} must be set in production.")


def test_production_refuses_the_development_signer() -> None:
    """A card signed with a development key must never leave an office."""
    settings = load({"ALUR_ENV": "production", **KEYS}, CWD)
    with pytest.raises(SettingsError, match="ALUR_SIGNER must be set in production"):
        settings.chosen_signer()
    assert load({}, CWD).chosen_signer() is None
    assert load({"ALUR_SIGNER": "csc:https://csc.example"}, CWD).chosen_signer() == "csc:https://csc.example"


def test_one_key_for_both_purposes_is_refused() -> None:
    """The key of cookies must not open personal data."""
    error = refusal({"ALUR_SECRET_KEY": encode_key(b"k" * 32), "ALUR_DATA_KEY": encode_key(b"k" * 32)})
    assert "ALUR_SECRET_KEY" in str(error)


def test_half_an_openid_registration_is_refused() -> None:
    """The three belong together."""
    error = refusal({"ALUR_OIDC_ISSUER": "https://id.example", "ALUR_OIDC_CLIENT_ID": "alur"})
    assert (error.code, "ALUR_OIDC_CLIENT_SECRET" in str(error)) == ("setting_missing", True)


def test_secrets_are_left_out_of_the_representation() -> None:
    """Settings end up in logs."""
    given = {
        **KEYS,
        "ALUR_DATABASE_URL": "postgresql://u:hush@db/alur",
        "ALUR_SMTP_URL": "smtp://u:hush@mail",
    }
    text = repr(load(given, CWD))
    assert "hush" not in text
    assert "ssss" not in text
    assert "dddd" not in text


def test_a_key_may_come_without_padding() -> None:
    """Both spellings of base64 are common."""
    assert decode_key("ALUR_DATA_KEY", encode_key(b"k" * 32).rstrip("=")) == b"k" * 32


def test_keys_are_generated_once_and_closed_to_others(tmp_path: Path) -> None:
    """The second start reads what the first one made; folder 0700, files 0600."""
    settings = load({"ALUR_DATA": str(tmp_path / "new" / "var")}, CWD)
    first = ensure_keys(settings)
    assert ensure_keys(settings) == first
    assert first.secret_key is not None
    assert first.data_key is not None
    assert len(first.secret_key) == len(first.data_key) == 32
    assert first.secret_key != first.data_key
    assert stat.S_IMODE(first.keys_folder.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in first.keys_folder.iterdir()}
    assert modes == {"secret_key": 0o600, "data_key": 0o600}


def test_given_keys_are_kept_and_nothing_is_written(tmp_path: Path) -> None:
    """What the environment says is never replaced."""
    settings = load({**KEYS, "ALUR_DATA": str(tmp_path / "var")}, CWD)
    assert ensure_keys(settings) == settings
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_together_get_the_same_keys(tmp_path: Path) -> None:
    """Two keys for one data folder would make personal data unreadable."""
    settings = load({"ALUR_DATA": str(tmp_path)}, CWD)
    found: list[Settings] = []
    threads = [threading.Thread(target=lambda: found.append(ensure_keys(settings))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len({(one.secret_key, one.data_key) for one in found}) == 1


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    """Whoever could read it may have read it."""
    settings = load({"ALUR_DATA": str(tmp_path)}, CWD)
    (ensure_keys(settings).keys_folder / "data_key").chmod(0o644)
    with pytest.raises(SettingsError, match="closed to others") as caught:
        ensure_keys(settings)
    assert caught.value.code == "key_exposed"


def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    """A new key would make all personal data unreadable for ever."""
    settings = load({"ALUR_DATA": str(tmp_path)}, CWD)
    file = ensure_keys(settings).keys_folder / "data_key"
    file.write_text("damaged")
    with pytest.raises(SettingsError, match="data_key must be 32 bytes"):
        ensure_keys(settings)
    assert file.read_text() == "damaged"
