"""One PDF of a whole case: its cover and data, what was uploaded as it may be shown, and the originals attached.

A rewritten signed PDF is not signed any more, so originals are attached byte for byte beside the pages that show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signing.errors import DossierError
from signing.sandbox import Limits, Stopped, confine

_LIMITS = Limits(memory=1024 * 1024 * 1024, cpu=40, wall=60, answer=256 * 1024 * 1024)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of a dossier."""

    #: What people call it.
    title: str
    #: Rows of name and value that stand on its page.
    facts: tuple[tuple[str, str], ...]
    #: What its page says where it follows, and where it cannot be shown.
    shown: str
    failed: str
    #: Media type of what is shown: application/pdf or image/jpeg.
    media_type: str
    #: What is shown: a PDF, or the safe picture; empty where it could not even be read.
    content: bytes
    #: Name under which the original is attached; empty where it is not.
    attached: str = ""
    #: The original, byte for byte.
    original: bytes = b""


def bound(told: Mapping[str, Any], members: Sequence[Member]) -> bytes:
    """Return the dossier as PDF bytes.

    `told` is what `definitions/dossier/dossier.typ` reads, but for the members. A member that cannot be shown is told
    on its page and attached all the same. Raises DossierError `dossier_failed`.
    """
    # Read here: typst is large, and whoever only serves dossiers sets them in other processes.
    from signing.typeset import TypesetError, set_dossier

    pages = [_page(member) for member in members]
    try:
        base = set_dossier({**told, "members": pages})
        listed = [
            {
                "title": m.title,
                "media_type": m.media_type,
                "size": len(m.content),
                "attached": m.attached,
                "original": len(m.original),
            }
            for m in members
        ]
        request = {"title": told["title"], "base": len(base), "members": listed}
        data = b"".join((base, *(part for m in members for part in (m.content, m.original))))
        return confine("bind", request, data, _LIMITS)[1]
    except (TypesetError, Stopped) as error:
        raise DossierError("dossier_failed", f"The dossier could not be put together: {error}") from error


def _page(member: Member) -> dict[str, Any]:
    return {"title": member.title, "facts": member.facts, "shown": member.shown, "failed": member.failed}
