"""What somebody drew with a finger or a pen, such as a signature at the counter: inspected and sealed like an upload.

A drawing belongs to what is done with it, not to the data of the case: the input of a transition names it by its
digest, so a print that was looked at before stays as it is.
"""

from __future__ import annotations

from signing.uploads import UploadRules
from web import here, limits
from web.database import rollback, session
from web.errors import ProblemError, WebError
from web.services import actions, documents
from web.services.documents import JPEG, Inspected
from web.services.sight import Seen, see
from workflow.db import cases

#: Kind of a drawing among a case's files.
KIND = "drawing"
RULES = UploadRules(accept=(JPEG, "image/png"), max_size=1_000_000, ratio=None)


def inspect(case: int, plain: bytes) -> Inspected:
    """What was found about a drawing; no transaction stays open meanwhile.

    Raises a refusal where nothing that takes a drawing may be done now, `WebError`, or `UploadRefused`.
    """
    _require(see(case))
    rollback()
    limits.count("upload")
    return documents.inspected(case, KIND, plain, RULES)


def keep(upload: Inspected) -> str:
    """Keep an inspected drawing; the digest that names it."""
    seen = see(upload.case, lock=True)
    _require(seen)
    key = cases.person_key_of(session(), here.ports().vault, seen.found)
    blob, facts = documents.sealed(upload, key)
    return cases.keep_file(session(), seen.found, KIND, upload.plain, blob, facts)[1]


def _require(seen: Seen) -> None:
    asking = [a for a in actions.actions(seen) if any(i.kind == KIND for i in a.inputs)]
    if any(a.allowed for a in asking):
        return
    problem = next((a.problem for a in asking if a.problem is not None), None)
    raise WebError("forbidden") if problem is None else ProblemError(problem)
