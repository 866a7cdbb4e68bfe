"""Addresses of keys on tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.errors import Rejected
from signing.pkcs11_uri import Pkcs11Uri

GOOD = "pkcs11:token=Dinas%20Kerja;object=Kepala%3B1;id=%01%ff?module-path=/usr/lib/x.so&pin-source=file:/run/pin"


def test_an_address_names_module_token_key_and_pin() -> None:
    """As RFC 7512 writes it, escapes included."""
    assert Pkcs11Uri.parse(GOOD) == Pkcs11Uri(
        module=Path("/usr/lib/x.so"),
        token="Dinas Kerja",
        serial=None,
        label="Kepala;1",
        id=b"\x01\xff",
        pin_file=Path("/run/pin"),
    )


@pytest.mark.parametrize(
    "address",
    [
        "file:token=a;object=b?module-path=/m",
        "pkcs11:token=a;object=b",
        "pkcs11:object=b?module-path=/m",
        "pkcs11:token=a?module-path=/m",
        "pkcs11:token=a;token=b;object=c?module-path=/m",
        "pkcs11:token=a;colour=red;object=c?module-path=/m",
        "pkcs11:token=a;object=c;type=public?module-path=/m",
        "pkcs11:token=%ff;object=c?module-path=/m",
        "pkcs11:token=a;object=c?module-path=/m&pin-source=|cat",
        "pkcs11:token=a;object=c?module-path=/m&pin-source=http://x/y",
        "pkcs11:token=a;object=c?module-path=/m&pin-value=739104",
    ],
)
def test_an_address_that_says_too_little_or_too_much_is_refused(address: str) -> None:
    """A PIN in the address is refused, too, and repeated nowhere."""
    with pytest.raises(Rejected) as caught:
        Pkcs11Uri.parse(address)
    assert caught.value.code == "key_address"
    assert "739104" not in str(caught.value)
