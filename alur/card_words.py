"""What was found about a card's file, in the words of the command line; its constants stand in the JSON alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from signing.aspects import SIGNERS, Aspect
from signing.verdict import SignatureFinding, Verdict

#: How an aspect is marked: it holds, it does not, nothing can be said.
_MARKS = {True: "[yes]", False: "[NO] ", None: "[ - ]"}
#: AdES indications, coverage and modifications of a signature, as `SignatureFinding` names them.
ADES: Mapping[str, str] = {
    "PASSED": "passes AdES",
    "INDETERMINATE": "AdES cannot tell",
    "FAILED": "fails AdES",
}
COVERS: Mapping[str, str] = {
    "ENTIRE_FILE": "covers the whole file",
    "ENTIRE_REVISION": "covers the file up to the end of its revision",
    "CONTIGUOUS_BLOCK_FROM_START": "covers a part from the beginning only",
    "UNCLEAR": "what it covers is not clear",
}
CHANGES: Mapping[str, str] = {
    "NONE": "no later revision",
    "LTA_UPDATES": "only archive data in later revisions",
    "FORM_FILLING": "only further signatures and archive data in later revisions",
    "ANNOTATIONS": "notes put over it in a later revision",
    "OTHER": "changed in a later revision",
    "UNKNOWN": "what was changed later could not be judged",
}


def file_lines(verdict: Verdict, aspects: Iterable[Aspect]) -> Iterator[str]:
    """A line an aspect, a signature and a time stamp, then whatever else speaks against the file."""
    told = list(aspects)
    for aspect in told:
        yield f"{_MARKS[aspect.holds]} {aspect.title['en']}: {aspect.text['en']}"
    established = any(aspect.name == SIGNERS and aspect.holds for aspect in told)
    for s in verdict.signatures:
        # A signature that does not fit names somebody, and nobody is established to have made it.
        by = "signed by" if established or s.integrity else "claims to be signed by"
        yield f"  {by} {_signature(s, verdict)}"
    for stamp in verdict.stamps:
        days = f"on {stamp.stamped_at:%Y-%m-%d}, whose certificate ends {stamp.expires_at:%Y-%m-%d}"
        yield f"  archived by {stamp.authority} {days}"
    if any(s.development for s in verdict.signatures):
        yield "DEV – TIDAK SAH: signed with a development certificate, so this is no official card."
    said = {aspect.code for aspect in told}
    signed = {s.field for s in verdict.signatures}
    yield from (p.text["en"] for p in verdict.problems if p.code not in said and p.field not in signed)


def _signature(found: SignatureFinding, verdict: Verdict) -> str:
    """Who signed at which level, and what speaks against it, or what it covers."""
    against = [p.text["en"].rstrip(".") for p in verdict.problems if p.field == found.field]
    sound = (ADES[found.ades], COVERS[found.coverage], CHANGES[found.modification])
    return f"{found.signer} (PAdES {found.level.value}): {'; '.join(against or sound)}"
