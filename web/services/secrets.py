"""A signer's PIN or passphrase on its way: sealed to the signing workers when it is needed, and never kept here."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from signing.secret import MAX_SECRET
from web import here
from web.database import session
from web.errors import WebError
from web.services.sight import Seen
from workflow.case import Step
from workflow.commands import SYSTEM
from workflow.db.tables import account
from workflow.definition.process import Process, Transition
from workflow.steps import COUNTERSIGNING, SIGNING

#: Steps that sign with the key of the officer who asked for them.
SIGNING_STEPS = frozenset({SIGNING, COUNTERSIGNING})
#: Codes of what may be wrong with a secret that was given or was not.
SECRET_PROBLEMS = frozenset({"secret_needed", "secret_not_taken", "secret_not_yours", "secret_too_long", "signer_away"})


def signs(process: Process, transition: Transition) -> bool:
    """True when a signature is asked for by `transition` itself, or by what the process does right after it."""
    if transition.run is not None:
        return transition.run in SIGNING_STEPS
    return any(t.by == SYSTEM and t.run in SIGNING_STEPS for t in process.moves_from(transition.to))


def asked_of(name: str) -> str | None:
    """What the key of the account `name` asks for: `passphrase`, `pin` or `totp`; None for nothing, and while no
    signing worker tells."""
    asks = here.ports().secrets.asks()
    return asks.of(name) if asks is not None else None


class Handed:
    """What a request gives to sign with, for all of its steps; it is handed over when the first of them needs it."""

    def __init__(self, secret: str | None, steps: int = 1) -> None:
        """`steps` is how many steps the request may ask for, at most."""
        self._secret, self._steps = secret or None, steps
        self._batch: str | None = None

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Handed(…)"

    def of_transition(self, seen: Seen, transition: Transition | None) -> str | None:
        """The name under which the steps of a transition find the secret; None where they need none.

        Raises `WebError`: `secret_needed`, `secret_not_taken`, `secret_too_long`, `signer_away`.
        """
        if transition is None or not signs(seen.process, transition):
            return self.not_taken()
        return self._of(here.signed_in().name)

    def of_incident(self, seen: Seen, step: Step) -> str | None:
        """Like `of_transition`, for a step that is asked for again; raises `secret_not_yours` where somebody else asked
        for it first: who gives the secret signs, and is judged by the transition's role and its four eyes."""
        if asked_for_retry(seen, step)[1]:
            raise WebError("secret_not_yours")
        if step.run not in SIGNING_STEPS:
            return self.not_taken()
        return self._of(_name(step.actor))

    def _of(self, name: str) -> str | None:
        asks = here.ports().secrets.asks()
        if asks is None:
            if self._secret is not None:
                raise WebError("signer_away")
            return None
        if asks.of(name) is None:
            return self.not_taken()
        if self._secret is None:
            raise WebError("secret_needed")
        return self._handed_over()

    def _handed_over(self) -> str:
        assert self._secret is not None
        if len(self._secret) > MAX_SECRET:
            raise WebError("secret_too_long", {"limit": MAX_SECRET})
        if self._batch is None:
            batch = uuid.uuid4().hex
            if not here.ports().secrets.hand_over(batch, here.signed_in().account, self._secret, self._steps):
                raise WebError("signer_away")
            self._batch = batch
        return self._batch

    def not_taken(self) -> str | None:
        """What nobody asks for is not passed over in silence: raises `WebError` (`secret_not_taken`)."""
        if self._secret is not None:
            raise WebError("secret_not_taken")
        return None


def asked_for_retry(seen: Seen, step: Step) -> tuple[str | None, bool]:
    """What has to be given so that a failed step can go on, and whether another officer is the one to give it."""
    if step.run not in SIGNING_STEPS:
        return None, False
    name = _name(step.actor)
    kind = asked_of(name)
    others = kind is not None and step.actor != seen.actor.id
    return (None if others else kind), others


def _name(account_id: str) -> str:
    if not account_id.isdecimal():
        return ""
    return str(session().execute(select(account.c.name).where(account.c.id == int(account_id))).scalar() or "")
