"""Evidence bundles in tests: made of a house, opened and written anew, and checked where only `cryptography` is."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import alur.verify
from alur.bundling import make_bundle
from alur.verify import FAILS, MANIFEST, SIGNATURE, Told, pack, read_keys, unpack, verify
from alur.wiring import House
from workflow.bundle.manifest import note_text
from workflow.canonical import canonical_bytes
from workflow.log.note import NoteSigner

VERIFIER = Path(alur.verify.__file__)
#: `cryptography` and what it loads.
_NEEDED = ("cryptography", "cffi", "pycparser", "_cffi_backend")


def bundle(house: House, case: int, reader: str | None = None) -> bytes:
    """A bundle of now."""
    return make_bundle(house, case, datetime.now(UTC), reader)


def members(content: bytes) -> dict[str, Any]:
    """The members of a bundle; JSON is read."""
    return {name: json.loads(body) if name.endswith(".json") else body for name, body in unpack(content).items()}


def failing(found: list[Told]) -> set[str]:
    """The checks that fail."""
    return {told.check for told in found if told.state == FAILS}


def judged(content: bytes, house: House) -> list[Told]:
    """What the verifier tells, with the keys of `house`."""
    return verify(content, read_keys(house.note_signer().verifier.line()))


def states(found: list[Told], check: str) -> list[str]:
    """The states of one check."""
    return [told.state for told in found if told.check == check]


class Alone:
    """An environment in which Python finds the standard library and `cryptography`, and nothing else."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "alone")], check=True)
        (place,) = (folder / "alone").glob("lib/python*/site-packages")
        for name in _NEEDED:
            spec = find_spec(name)
            if spec is not None and spec.origin is not None:
                origin = Path(spec.origin)
                (place / (origin.parent.name if spec.submodule_search_locations else origin.name)).symlink_to(
                    origin.parent if spec.submodule_search_locations else origin
                )
        self.python = folder / "alone" / "bin" / "python"
        self.verifier = folder / "handed-on.py"
        self.verifier.write_bytes(VERIFIER.read_bytes())

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """`python -I` with the verifier, copied away from Alur."""
        call = [str(self.python), "-I", str(self.verifier), *map(str, words)]
        return subprocess.run(call, capture_output=True, text=True, check=False, timeout=60, env={})

    def verify(self, *words: str | Path) -> tuple[int, str]:
        """Exit code and what is said; never a traceback."""
        ran = self.run(*words)
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.returncode, ran.stdout + ran.stderr


def resigned(there: Mapping[str, bytes], signer: NoteSigner) -> bytes:
    """A bundle of other members, its manifest made and signed anew by `signer`."""
    told = json.loads(there[MANIFEST])
    rest = {name: body for name, body in there.items() if name not in (MANIFEST, SIGNATURE)}
    listed = [{"name": n, "size": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in rest.items()]
    told |= {"house": signer.name, "key": signer.verifier.line(), "members": listed}
    manifest = canonical_bytes(told)
    note = signer.sign(note_text(signer.name, manifest)).encode()
    return pack({MANIFEST: manifest, SIGNATURE: note, **rest})
