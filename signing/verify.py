"""Verify a signed PDF offline, in this process or, for files from outside, in a confined one."""

from __future__ import annotations

import asyncio

from signing.sandbox import Limits, Stopped, confine
from signing.trust import Trust
from signing.verdict import Problem, Verdict

_LIMITS = Limits(memory=1024 * 1024 * 1024, cpu=20, wall=30)


def verify(pdf: bytes, trust: Trust, expected_signers: int = 1) -> Verdict:
    """Return the verdict on a PDF that is expected to carry `expected_signers` signatures; nothing is
    fetched.

    Never raises over the file: what cannot be read is a problem of the verdict. Use it for files that this
    project made; a file from outside belongs to `verify_untrusted`.
    """
    # pyHanko costs 0.5 s and 67 MB, which a process that only wants the types or the confined check need not
    # pay.
    from signing.validation import validate

    try:
        return asyncio.run(validate(pdf, trust, expected_signers))
    except Exception:
        # A hostile file makes the parsers raise anything at all; whatever it is, the file cannot be relied
        # on.
        return Verdict(problems=(Problem(code="document_unreadable"),))


def verify_untrusted(pdf: bytes, trust: Trust, expected_signers: int = 1) -> Verdict:
    """Return the verdict on a PDF from anywhere, found in a process limited in memory, time and files."""
    return report_untrusted(pdf, trust, expected_signers, report=False)[0]


def report_untrusted(
    pdf: bytes, trust: Trust, expected_signers: int = 1, *, report: bool = True
) -> tuple[Verdict, bytes]:
    """Return the verdict as `verify_untrusted` does, and its report in the XML of ETSI TS 119 102-2.

    The report is empty where no signature could be read.
    """
    request = {"trust": trust.to_json(), "expected_signers": expected_signers}
    try:
        answer, xml = confine("report" if report else "verify", request, pdf, _LIMITS)
    except Stopped:
        return Verdict(problems=(Problem(code="verification_stopped"),)), b""
    return Verdict.from_json(answer), xml
