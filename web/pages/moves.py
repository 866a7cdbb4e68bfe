"""What the party may do besides filling in, such as withdrawing: asked once more, then done."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web.errors import ProblemError, WebError
from web.language import language
from web.pages import inputs
from web.pages.answers import go, key_sent, new_key, require_person, revision_sent, shown
from web.pages.words import _, local
from web.services import actions, refusals, transitions
from web.services.actions import Action
from web.services.sight import Seen, see
from workflow.definition.process import Transition

pages = Blueprint("moves", __name__)
pages.before_request(require_person)

PATIENCE = 6.0  # seconds


@pages.route("/cases/<int:case>/do/<do>", methods=["GET", "POST"])
def confirm(case: int, do: str) -> Response:
    """Ask whether it is meant, then do it."""
    found = see(case)
    action, transition = _action(found, do)
    if request.method == "GET":
        if action.problem is not None:
            raise ProblemError(action.problem)
        return _page(found, action, transition, {}, 200)
    given = inputs.given(do, transition.input, request.form)
    outcome = transitions.perform(
        case, do, seconds=PATIENCE, given=given, revision=revision_sent(), key=f"{do}/{key_sent()}"
    )
    if outcome.problem is not None:
        return _page(see(case), action, transition, {"": outcome.problem.sentence(language())}, 409)
    done = _("Sudah dilakukan: %(what)s.", what=local(action.title))
    waits = _("Sudah diterima dan menunggu: %(what)s.", what=local(action.title))
    return go(url_for("case.show", case=case), done if outcome.settled else waits)


def _action(found: Seen, do: str) -> tuple[Action, Transition]:
    transition = found.process.transitions.get(do)
    if transition is None or transition.by != found.book.party or found.book.submits(transition):
        raise WebError("not_found")
    return next(a for a in actions.actions(found) if a.do == do), transition


def _page(found: Seen, action: Action, transition: Transition, errors: dict[str, str], status: int) -> Response:
    state = found.process.states[transition.to]
    says = _("Setelah ini statusnya: %(state)s.", state=local(refusals.state_title(found, transition.to)))
    if state.final:
        says += " " + _("Ini tidak dapat dibatalkan; Anda dapat mengajukan permohonan baru.")
    return shown(
        "mine/confirm.html",
        status,
        case=found.case.id,
        head=local(action.title),
        says=says,
        words=_("Ya, %(what)s", what=local(action.title).lower()),
        look="danger" if state.final else "",
        asked=inputs.asked(found, action.do, transition.input),
        entered=request.form,
        errors=errors,
        revision=found.found.revision,
        key=new_key(),
    )
