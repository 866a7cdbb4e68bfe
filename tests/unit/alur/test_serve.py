"""What `alur serve` starts, and when it refuses to."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from alur.commands.serve import children, require_free
from alur.setting_values import SettingsError
from alur.settings import load


def test_a_taken_port_is_told_before_anything_starts() -> None:
    """Another program on the address: one sentence that names the way out."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SettingsError, match="choose another with ALUR_PORT or --port") as refused:
            require_free("127.0.0.1", other.getsockname()[1])
    assert refused.value.code == "port_taken"


def test_a_house_is_one_process_per_role(tmp_path: Path) -> None:
    """Web, effects, signing, clock, and as many engines as were asked for, each with a name of its own."""
    names = [c.name for c in children(load({}, tmp_path), engine_workers=2)]
    assert names == ["web", "engine", "engine1", "effects", "signing", "clock"]
