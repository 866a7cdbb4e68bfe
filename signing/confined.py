"""The confined side of `sandbox`: limit this process for good, then run one task over untrusted bytes.

Only what runs before `_confine` may open a file, so a task's modules are imported first. Afterwards a file or
a socket cannot be opened at all (RLIMIT_NOFILE), and root's rights are gone.
"""

from __future__ import annotations

import asyncio
import codecs
import importlib
import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from signing.errors import UploadRefused
from signing.sandbox import OUT_OF_MEMORY, pack, unpack

Answer = tuple[Mapping[str, Any], bytes]
Task = Callable[[Mapping[str, Any], bytes], Answer]

_NOBODY = 65534
#: What parsers import or look up in the middle of their work, when a confined process no longer can.
_LATE_IMPORTS = (
    "cryptography.hazmat.backends.openssl.backend",
    "lxml.etree",
    "pyhanko.pdf_utils.crypt._saslprep",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
)
#: The same for the writer of reports.
_REPORTING = ("xsdata.formats.dataclass.serializers", "xsdata.formats.dataclass.serializers.config")
_CODECS = ("ascii", "latin-1", "cp1252", "utf-16", "utf-16-be", "utf-16-le", "idna", "unicode-escape")
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.")


def _inspect_pdf() -> Task:
    from signing.pdf_check import check_pdf

    return lambda _request, data: (check_pdf(data), b"")


def _inspect_image() -> Task:
    from signing.image_check import check_image

    return lambda _request, data: (check_image(data), b"")


def _rendition() -> Task:
    from signing.image_check import reencode

    return lambda _request, data: ({}, reencode(data))


def _bind() -> Task:
    from signing.binding import bind

    return lambda request, data: ({}, bind(request, data))


def _verify() -> Task:
    return _judging(lambda _validated: b"")


def _report() -> Task:
    from signing.report import reported

    for module in _REPORTING:
        importlib.import_module(module)
    return _judging(reported)


def _judging(told: Callable[[Any], bytes]) -> Task:
    """A task that answers with the verdict, and with what `told` makes of the validation."""
    from signing.trust import Trust
    from signing.validation import examine
    from signing.verdict import Problem, Verdict

    for module in _LATE_IMPORTS:
        importlib.import_module(module)
    # The loop opens its descriptors here, while it still can.
    loop = asyncio.new_event_loop()

    def task(request: Mapping[str, Any], data: bytes) -> Answer:
        trust = Trust.from_json(request["trust"])
        try:
            found = loop.run_until_complete(examine(data, trust, request["expected_signers"]))
            return found.verdict.to_json(), told(found)
        except MemoryError:
            raise
        except Exception:
            # A hostile file makes the parsers raise anything at all; whatever it is, the file cannot be
            # relied on.
            return Verdict(problems=(Problem(code="document_unreadable"),)).to_json(), b""

    return task


#: What a confined process can be asked to do: each entry imports what it needs and returns the task.
TASKS: Mapping[str, Callable[[], Task]] = {
    "pdf": _inspect_pdf,
    "image": _inspect_image,
    "rendition": _rendition,
    "bind": _bind,
    "verify": _verify,
    "report": _report,
}


def main() -> NoReturn:
    """Read one message, confine this process, run the task, write one message."""
    header, data = unpack(sys.stdin.buffer.read())
    task = TASKS[header["task"]]()
    for codec in _CODECS:
        codecs.lookup(codec)
    _confine(header["limits"])
    try:
        answer, blob = task(header["request"], data)
    except UploadRefused as error:
        answer, blob = {"refused": error.code}, b""
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(pack(answer, blob))
    sys.stdout.buffer.flush()
    os._exit(0)


def _confine(limits: Mapping[str, Any]) -> None:
    if os.geteuid() == 0:
        # A container may have taken this right from root, and with it most that makes root dangerous.
        with suppress(PermissionError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    sys.addaudithook(_refuse)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["answer"], limits["answer"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"]))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _refuse(event: str, _details: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a confined process")
