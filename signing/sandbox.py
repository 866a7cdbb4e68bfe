"""Run a check of untrusted bytes in a process of its own that can do next to nothing.

The process gets no environment, no file of ours but a pipe in and a bounded temporary file out, limits on
memory, CPU time and new files set before it reads a byte of the upload, and is killed at a deadline. See
`confined` for its side.
"""

from __future__ import annotations

import json
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from signing.errors import SigningError

_BOOT = "import sys; sys.path.append(sys.argv[1]); from signing.confined import main; main()"
_PACKAGES = str(Path(__file__).resolve().parent.parent)
_HEADER = struct.Struct(">I")
_MAX_ANSWER = 32 * 1024 * 1024  # 32 MiB


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a confined process may use."""

    #: Address space, in bytes.
    memory: int
    #: CPU time, in seconds.
    cpu: int
    #: Time until it is killed, in seconds.
    wall: float
    #: Largest answer, in bytes.
    answer: int = _MAX_ANSWER


class Stopped(SigningError):
    """A confined process gave no answer: `sandbox_time`, `sandbox_memory` or `sandbox_crashed`."""


def confine(task: str, request: Mapping[str, Any], data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Run a task of `confined.TASKS` over `data`; return its JSON answer and its bytes. Raises Stopped."""
    header = json.dumps({"task": task, "limits": asdict(limits), "request": request}).encode()
    with TemporaryFile() as answer:
        # Started in isolated mode: no PYTHON* variable, no user folder and no current folder reaches its
        # imports.
        command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, _PACKAGES]
        try:
            done = subprocess.run(
                command,
                input=_HEADER.pack(len(header)) + header + data,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=limits.wall,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Stopped("sandbox_time", "The check took too long.") from error
        if done.returncode:
            raise _stopped(done.returncode)
        answer.seek(0)
        return unpack(answer.read())


def pack(header: Mapping[str, Any], data: bytes) -> bytes:
    """Return a message of a JSON header and bytes."""
    encoded = json.dumps(header).encode()
    return _HEADER.pack(len(encoded)) + encoded + data


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and bytes of a message. Raises Stopped `sandbox_crashed` for anything else."""
    try:
        (length,) = _HEADER.unpack_from(message)
        start = _HEADER.size
        return json.loads(message[start : start + length]), message[start + length :]
    except (struct.error, ValueError) as error:
        raise Stopped("sandbox_crashed", "The check ended without an answer.") from error


#: Exit status by which a confined process says that it ran out of memory.
OUT_OF_MEMORY = 77


def _stopped(status: int) -> Stopped:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return Stopped("sandbox_time", "The check used too much computing time.")
    if status == OUT_OF_MEMORY:
        return Stopped("sandbox_memory", "The check used too much memory.")
    return Stopped("sandbox_crashed", "The check ended without an answer.")
