"""What may be appended to a signed card: further signatures and time stamps, their fields, and validation data.

pyHanko's own policy also admits that a revision fills in form fields or tells another title: whoever has the result
time-stamped by anybody's authority would have a file that covers itself again. A card has nothing to fill in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lxml import etree  # type: ignore[import-untyped]
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.misc import IndirectObjectExpected
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate

#: What programs write anew with every revision: when, and with what.
_VOLATILE_INFO = frozenset({"/ModDate", "/Producer"})
_VOLATILE_XMP = frozenset(
    {
        "{http://ns.adobe.com/xap/1.0/}ModifyDate",
        "{http://ns.adobe.com/xap/1.0/}MetadataDate",
        "{http://ns.adobe.com/pdf/1.3/}Producer",
        "{adobe:ns:meta/}xmptk",
    }
)


class _SameInfo(DocInfoRule):
    """The document's information tells the same, but for the time of its last change."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        if _information(old) != _information(new):
            raise SuspiciousModification("The document's information tells something else.")
        yield from super().apply(old, new)


class _SameMetadata(MetadataUpdateRule):
    """The metadata stream tells the same, but for the time of its last change."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        # First pyHanko's own look, which refuses entities and what is no XMP.
        admitted = list(super().apply(old, new))
        if _told(old) != _told(new):
            raise SuspiciousModification("The metadata tell something else.")
        yield from admitted


_MAINTENANCE = (
    _SameInfo(),
    XrefStreamRule(),
    ObjectStreamRule(),
    DSSCompareRule(),
    _SameMetadata(),  # type: ignore[no-untyped-call]
)
_FIELDS = (SigFieldCreationRule(), SigFieldModificationRule())  # type: ignore[no-untyped-call]

#: Judges what was appended to a card after a signature.
CARD_POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        *(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in _MAINTENANCE),
    ],
    form_rule=FormUpdatingRule(field_rules=list(_FIELDS)),
)


def _information(revision: HistoricalResolver) -> dict[str, str]:
    reference = revision.trailer_view.get_value_as_reference("/Info", optional=True)
    told = {} if reference is None else revision.get_object(reference)
    return {str(name): str(value) for name, value in told.items() if name not in _VOLATILE_INFO}


def _told(revision: HistoricalResolver) -> Counter[tuple[str, str]]:
    """What the metadata say, whether as attributes or as elements, which programs turn into each other."""
    try:
        reference = revision.root.get_value_as_reference("/Metadata")
    except (KeyError, IndirectObjectExpected):
        return Counter()
    parser = etree.XMLParser(resolve_entities=False, encoding="utf-8")
    told: Counter[tuple[str, str]] = Counter()
    stream = reference.get_object()
    assert isinstance(stream, StreamObject)
    for element in etree.fromstring(stream.data, parser=parser).iter(etree.Element):
        said = (element.text or "").strip()
        pairs = [*element.attrib.items(), *([(element.tag, said)] if said else [])]
        told.update((str(name), str(value)) for name, value in pairs if value and name not in _VOLATILE_XMP)
    return told
