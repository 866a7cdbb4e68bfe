"""Addresses of time stampers."""

from __future__ import annotations

import pytest

from signing.errors import Rejected
from signing.timestamps import http_timestamper


@pytest.mark.parametrize("url", ["", "ftp://tsa", "file:///etc/passwd", "tsa.example"])
def test_address_of_another_kind_is_refused(url: str) -> None:
    """A time-stamping authority is reached over http or https."""
    with pytest.raises(Rejected) as caught:
        http_timestamper(url)
    assert caught.value.code == "tsa_url"


def test_address_over_http_or_https_is_admitted() -> None:
    """Both kinds give a client."""
    assert http_timestamper("https://tsa.example/tsr").url == "https://tsa.example/tsr"
    assert http_timestamper("http://tsa.example/tsr").url == "http://tsa.example/tsr"
