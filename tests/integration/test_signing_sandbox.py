"""Uploads and files from outside, checked in real confined processes."""

from __future__ import annotations

import io
import json
import os
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from signing_kit import card_pdf, page_bomb, picture, plain_pdf, png_bomb, signed, stream_pdf

from signing import sandbox
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import UploadRefused
from signing.inspect import inspect, rendition
from signing.sandbox import Limits, Stopped, confine, pack, unpack
from signing.uploads import UploadRules
from signing.verify import verify, verify_untrusted

ANY = UploadRules(accept=("application/pdf", "image/jpeg", "image/png"), max_size=2_000_000)
PHOTO = UploadRules(accept=("image/jpeg", "image/png"), max_size=1_000_000, ratio=(3, 4))
LIMITS = Limits(memory=512 * 1024 * 1024, cpu=5, wall=10)

_TRY_EVERYTHING = """
import json, os, resource, socket, struct, subprocess, sys
sys.path.append(sys.argv[1])
from signing import confined
from signing.sandbox import pack, unpack
header, _ = unpack(sys.stdin.buffer.read())
confined._confine(header["limits"])
attempts = {
    "read": lambda: open("/etc/passwd").read(),
    "write": lambda: open("/tmp/confined", "w"),
    "socket": lambda: socket.socket(),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "fork": lambda: os.fork(),
    "run": lambda: subprocess.run(["/bin/true"]),
    "system": lambda: os.system("true"),
    "memory": lambda: bytearray(header["limits"]["memory"]),
    "root": lambda: os.setuid(0),
    "more": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)),
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        continue
    done.append(name)
sys.stdout.buffer.write(pack({"done": done, "uid": os.getuid()}, b""))
"""

_LOOK_AROUND = """
import os, sys
sys.path.append(sys.argv[1])
from signing.sandbox import pack
listed = (f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd"))
open_files = [os.readlink(path) for path in listed if os.path.exists(path)]
answer = {"environment": dict(os.environ), "files": open_files, "folder": os.getcwd(), "isolated": sys.flags.isolated}
sys.stdout.buffer.write(pack(answer, b""))
"""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


@pytest.fixture
def inherited(tmp_path: Path) -> Iterator[str]:
    """A file of ours that a careless child would inherit."""
    path = tmp_path / "secret"
    path.write_text("secret")
    descriptor = os.open(path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    yield str(path)
    os.close(descriptor)


def _code(data: bytes, rules: UploadRules = ANY) -> str:
    with pytest.raises(UploadRefused) as caught:
        inspect(data, rules)
    return caught.value.code


def _instead(monkeypatch: pytest.MonkeyPatch, program: str) -> dict[str, Any]:
    """Run another program exactly as a task is run."""
    monkeypatch.setattr(sandbox, "_BOOT", program)
    return confine("pdf", {}, b"", LIMITS)[0]


def test_good_photo_is_admitted_with_its_facts() -> None:
    """Media type, size, digest and upright pixels."""
    found = inspect(picture(600, 800), PHOTO)
    assert (found.media_type, found.pixels, found.pages, found.warnings) == ("image/jpeg", (600, 800), None, ())
    assert found.size == len(picture(600, 800))
    assert len(found.sha256) == 64


def test_small_photo_is_admitted_with_a_warning() -> None:
    """An officer decides whether it prints well enough."""
    assert inspect(picture(150, 200), PHOTO).warnings == ("photo_small",)


def test_good_scan_is_admitted_with_its_pages() -> None:
    """A PDF of two pages, and a drawn card."""
    assert inspect(plain_pdf(2), ANY).pages == 2
    assert inspect(card_pdf(), ANY).media_type == "application/pdf"


def test_photo_on_its_side_is_judged_upright() -> None:
    """A portrait that a phone stored as landscape has the right ratio."""
    exif = Image.Exif()
    exif[0x0112] = 6
    assert inspect(picture(400, 300, exif=exif), PHOTO).pixels == (300, 400)
    assert _code(picture(400, 300), PHOTO) == "image_ratio"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (png_bomb(30_000, 30_000), "image_bomb"),
        (page_bomb(6, 10), "pdf_bomb"),
        (stream_pdf(b"/FlateDecode", zlib.compress(bytes(300_000_000), 9)), "pdf_bomb"),
        (picture()[:-2000], "file_unreadable"),
        (b"%PDF-1.7 nothing", "file_unreadable"),
    ],
    ids=["image-bomb", "page-bomb", "stream-bomb", "half-photo", "half-pdf"],
)
def test_hostile_upload_is_refused_with_its_code(data: bytes, code: str) -> None:
    """The same codes come out of the confined process."""
    assert _code(data) == code


def test_rendition_comes_out_of_the_confined_process() -> None:
    """An upright JPEG of at most 1200x1600 pixels."""
    found = Image.open(io.BytesIO(rendition(picture(3000, 4000, "PNG"))))
    assert (found.format, found.size) == ("JPEG", (1200, 1600))
    with pytest.raises(UploadRefused):
        rendition(picture()[:100])


def test_confined_process_can_do_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, no network, no other process, no memory beyond its limit, and no way back to those rights."""
    answer = _instead(monkeypatch, _TRY_EVERYTHING)
    assert answer["done"] == []
    assert answer["uid"] != 0


def test_confined_process_inherits_nothing(monkeypatch: pytest.MonkeyPatch, inherited: str) -> None:
    """Neither environment nor files nor folder of ours reach it."""
    monkeypatch.setenv("ALUR_SECRET_KEY", "secret")
    answer = _instead(monkeypatch, _LOOK_AROUND)
    assert "ALUR_SECRET_KEY" not in answer["environment"]
    assert set(answer["environment"]) <= {"LC_CTYPE"}, "Python itself sets this one"
    assert inherited not in answer["files"]
    assert (answer["folder"], answer["isolated"]) == ("/", 1)


def test_deadline_ends_a_check() -> None:
    """A process that does not answer in time is killed, and the upload refused."""
    started = time.monotonic()
    with pytest.raises(Stopped) as caught:
        confine("pdf", {}, plain_pdf(), Limits(memory=LIMITS.memory, cpu=5, wall=0.05))
    assert caught.value.code == "sandbox_time"
    assert time.monotonic() - started < 5


def test_slow_upload_is_refused_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """The uploader reads that the check took too long."""
    monkeypatch.setattr("signing.inspect._LIMITS", Limits(memory=LIMITS.memory, cpu=5, wall=0.05))
    assert _code(plain_pdf()) == "inspection_timeout"


def test_computing_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that computes for ever is ended by the kernel."""
    spin = _TRY_EVERYTHING.split("attempts =")[0] + "\nwhile True: pass"
    monkeypatch.setattr(sandbox, "_BOOT", spin)
    with pytest.raises(Stopped) as caught:
        confine("pdf", {}, b"", Limits(memory=LIMITS.memory, cpu=1, wall=20))
    assert caught.value.code == "sandbox_time"


def test_memory_is_limited() -> None:
    """A picture that needs more memory than there is stops the check, and nothing else."""
    with pytest.raises(Stopped) as caught:
        confine("image", {}, picture(5000, 6000), Limits(memory=130 * 1024 * 1024, cpu=5, wall=10))
    assert caught.value.code in ("sandbox_memory", "sandbox_crashed")


def test_large_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process cannot fill our disk or memory with its answer."""
    flood = _TRY_EVERYTHING.split("attempts =")[0] + "\nsys.stdout.buffer.write(pack({}, bytes(50_000_000)))"
    monkeypatch.setattr(sandbox, "_BOOT", flood)
    with pytest.raises(Stopped) as caught:
        confine("pdf", {}, b"", Limits(memory=LIMITS.memory, cpu=5, wall=10, answer=1_000_000))
    assert caught.value.code == "sandbox_crashed"


@pytest.mark.parametrize("answer", [b"", b"\0\0", b"\0\0\0\x09not json!"])
def test_answer_that_is_none_is_a_crash(answer: bytes) -> None:
    """What is not a message is never taken for one."""
    with pytest.raises(Stopped) as caught:
        unpack(answer)
    assert caught.value.code == "sandbox_crashed"


def test_message_survives_packing() -> None:
    """Header and bytes come back."""
    assert unpack(pack({"a": ["é"]}, b"\0rest")) == ({"a": ["é"]}, b"\0rest")


def test_file_from_outside_gets_the_same_verdict(pki: DevelopmentPki) -> None:
    """The confined verification finds what the plain one finds."""
    card = signed(pki)
    for data in (card, card + b"\n%garbage", b"GIF89a"):
        verdict = verify_untrusted(data, pki.trust)
        assert json.dumps(verdict.to_json()) == json.dumps(verify(data, pki.trust).to_json())
    assert verify_untrusted(card, pki.trust).ok


def test_verification_that_is_stopped_is_no_approval(pki: DevelopmentPki, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too demanding to check is not in order."""
    monkeypatch.setattr("signing.verify._LIMITS", Limits(memory=LIMITS.memory, cpu=5, wall=0.05))
    verdict = verify_untrusted(signed(pki), pki.trust)
    assert verdict.codes == ("verification_stopped",)
    assert not verdict.ok
