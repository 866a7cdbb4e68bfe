"""The validation report of ETSI TS 119 102-2: what the AdES routines found about each signature, in XML.

It never passes what the verdict refuses: AdES knows nothing of revisions that were appended, so a signature against
which anything else speaks is told as indeterminate, its constraints not met.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed
from pyhanko.sign.validation.ades import AdESBasicValidationResult
from pyhanko.sign.validation.report.tools import generate_report

from signing.validation import Judged, Validated

_REPORT = "{http://uri.etsi.org/19102/v1.2.1#}"
_SIGNATURE, _OBJECTS = f"{_REPORT}SignatureValidationReport", f"{_REPORT}SignatureValidationObjects"


def reported(validated: Validated) -> bytes:
    """Return the report, one part for each signature; empty where the file bears none that can be told of."""
    parts = [_part(one, refused=bool(validated.verdict.problems)) for one in validated.judged if one.ades.api_status]
    if not parts:
        return b""
    whole = parts[0]
    for part in parts[1:]:
        _join(whole, part)
    told: bytes = etree.tostring(whole, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return told


def _part(one: Judged, *, refused: bool) -> etree._Element:
    xml = generate_report(one.signature, _lowered(one.ades) if refused else one.ades)
    part = etree.fromstring(xml.encode(), parser=etree.XMLParser(resolve_entities=False, remove_blank_text=True))
    # What has passed has no sub-indication (ETSI TS 119 102-2, 4.2.5); pyHanko writes one of its own.
    for found in list(part.iter(f"{_REPORT}SubIndication")):
        if str(found.text).endswith(":OK"):
            found.getparent().remove(found)
    return part


def _lowered(result: AdESBasicValidationResult[Any]) -> AdESBasicValidationResult[Any]:
    """What AdES passed, although the file as a whole is refused."""
    if result.ades_subindic is not AdESPassed.OK:
        return result
    return dataclasses.replace(result, ades_subindic=AdESIndeterminate.SIG_CONSTRAINTS_FAILURE)


def _join(whole: etree._Element, part: etree._Element) -> None:
    """Put the signatures and the objects of `part` that are not there yet into `whole`."""
    last = whole.findall(_SIGNATURE)[-1]
    for signature in reversed(part.findall(_SIGNATURE)):
        last.addnext(signature)
    objects, more = whole.find(_OBJECTS), part.find(_OBJECTS)
    if objects is None or more is None:
        return
    known = {found.get("id") for found in objects}
    for found in list(more):
        if found.get("id") not in known:
            objects.append(found)
