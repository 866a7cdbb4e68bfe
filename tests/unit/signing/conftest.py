"""A development PKI for all tests of the folder."""

from __future__ import annotations

import pytest

from signing.development import DevelopmentPki, ensure_development_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


@pytest.fixture(scope="session")
def other_pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI of somebody else."""
    return ensure_development_pki(tmp_path_factory.mktemp("other") / "keys")
