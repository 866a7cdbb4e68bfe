"""Looking for a secret in every byte that a house keeps."""

from __future__ import annotations

import base64
import subprocess
import urllib.parse
import zlib
from collections.abc import Iterator
from pathlib import Path

from alur.embedded.binaries import postgres_program
from alur.wiring import House
from workflow.db.connect import driver_dsn
from workflow.db.schema import OWNER


def forms(secret: str) -> list[bytes]:
    """How a secret may stand somewhere: as text in three encodings, hexadecimal, base64 at any offset, in a URL."""
    plain = [secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")]
    out = [*plain, urllib.parse.quote(secret, safe="").replace("-", "%2D").encode()]
    for form in plain:
        out += [form.hex().encode(), form.hex().upper().encode()]
        for shift in range(3):
            # Letters at the ends depend on what stands beside it.
            coded = base64.b64encode(b"\0" * shift + form)[4 if shift else 0 : -4]
            out += [coded, coded.translate(bytes.maketrans(b"+/", b"-_"))]
    return out


def unpacked(content: bytes) -> Iterator[bytes]:
    """What stands in zlib streams, as RQ packs jobs."""
    for start in (i for i in range(len(content) - 1) if content[i] == 0x78 and content[i + 1] in (0x01, 0x9C, 0xDA)):
        try:
            yield zlib.decompressobj().decompress(content[start : start + 100_000], 1_000_000)
        except zlib.error:
            continue


def search(works_folder: Path, house: House, secrets: tuple[str, ...]) -> set[str]:
    """Where any form of a secret is found: files by their place in the folder, the dump, Redis."""
    wanted = [form for secret in secrets for form in forms(secret)]

    def has(content: bytes) -> bool:
        return any(form in content for form in wanted)

    found = {
        str(p.relative_to(works_folder))
        for p in works_folder.rglob("*")
        if p.is_file() and not p.is_symlink() and has(p.read_bytes())
    }
    for path in (works_folder / "valkey").rglob("*.aof"):
        if any(has(part) for part in unpacked(path.read_bytes())):
            found.add(str(path.relative_to(works_folder)))
    dump = [postgres_program("pg_dump"), f"--role={OWNER}", "--inserts", driver_dsn(house.urls.database)]
    if has(subprocess.run([str(part) for part in dump], check=True, capture_output=True).stdout):
        found.add("pg_dump")
    for key in house.redis.scan_iter():
        held = bytes(house.redis.dump(key) or b"") + bytes(key)
        if has(held) or any(has(part) for part in unpacked(held)):
            found.add(f"redis {bytes(key).decode(errors='replace')}")
    return found
