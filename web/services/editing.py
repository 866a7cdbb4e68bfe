"""May the person change data and documents now?"""

from __future__ import annotations

from web.errors import ProblemError
from web.services import refusals
from web.services.sight import Seen
from workflow.permission import refuse_editing


def require_editing(found: Seen) -> None:
    """Raise the refusal that keeps the person from changing the working copy."""
    refusal = refuse_editing(found.book, found.case, found.actor)
    if refusal is not None:
        raise ProblemError(refusals.told(refusal, found))
