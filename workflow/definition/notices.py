"""Texts of notices: a closed formatter with named placeholders, never `str.format`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflow.definition.errors import did_you_mean, nearest
from workflow.errors import AlurError

#: What a notice may name: of the case, of the process, and the address of the page.
PLACEHOLDERS = ("name", "case", "process", "office", "state", "due", "reason", "number", "link")

_PIECE = re.compile(r"\{(?P<name>[a-z]+)\}|(?P<stray>\{[^{}\s]*\}?|\})")


class NoticeTemplateError(AlurError):
    """A notice's text cannot be used. `offset` is the character (from 0) that is wrong."""

    code = "bad_notice_text"

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


def check_notice(text: str) -> None:
    """Raise NoticeTemplateError for a placeholder that notices do not have."""
    for piece in _PIECE.finditer(text):
        name = piece["name"]
        if name not in PLACEHOLDERS:
            written = (name or piece["stray"]).strip("{}")
            message = f"Unknown placeholder `{piece.group()}`: {did_you_mean(written, PLACEHOLDERS)}"
            raise NoticeTemplateError(message, piece.start(), nearest(written, PLACEHOLDERS))


def format_notice(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced; one without a value becomes a dash.

    Values are put in as they are, once: a value that looks like a placeholder stays text.
    """
    return _PIECE.sub(lambda piece: values.get(piece["name"] or "") or "–", text)
