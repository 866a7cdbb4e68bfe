"""What deciding knows of a signer's secret, and of steps that may have been done."""

from __future__ import annotations

import orjson

from tests.kernel_kit import ANI, CITRA, DEDI, Desk, approved

LOOKED = {"input": {"reason": "Tidak ada tanda tangan di sana."}, "input_digest": "e" * 64}


def signing(**fields: object) -> Desk:
    """A case whose signature was asked for."""
    desk = approved()
    desk.do("sign", CITRA, **fields)
    return desk


def test_a_step_is_bound_to_the_secret_that_its_command_names() -> None:
    """The name goes to the worker, and stands in no event and not in the case."""
    desk = signing(payload={"secret": "b" * 32})
    assert desk.effects[-1].input["secret"] == "b" * 32
    assert "b" * 32 not in repr(desk.events) + repr(desk.case)
    desk.check()


def test_a_step_without_a_secret_names_none() -> None:
    """As with a key that asks nobody."""
    assert "secret" not in signing().effects[-1].input


def test_a_retry_is_bound_to_the_secret_of_the_retry() -> None:
    """The step is asked for again for its first officer, with what was given now."""
    desk = signing(payload={"secret": "b" * 32})
    desk.finish(ok=False, code="needs_signer", attempts=1)
    desk.do("incident.retry", CITRA, payload={"secret": "c" * 32})
    assert desk.effects[-1].input["secret"] == "c" * 32
    assert desk.effects[-1].input["actor"] == CITRA.id
    desk.check()


def test_what_may_have_been_done_is_asked_for_again_with_a_reason_only() -> None:
    """The reason's digest stands in the history; who looks is not who signed."""
    desk = signing()
    desk.finish(ok=False, code="uncertain", attempts=1)
    before = desk.events[-1].seq
    assert desk.refusal("incident.retry", CITRA) == "invalid_input"
    assert desk.refusal("incident.retry", CITRA, input={"reason": " "}) == "invalid_input"
    assert desk.events[-1].seq == before
    desk.do("incident.retry", CITRA, **LOOKED)
    assert desk.events[-1].body["input"] == "e" * 64
    assert "Tidak ada" not in orjson.dumps(desk.events[-1].body).decode()
    desk.finish()
    desk.finish()
    assert desk.case.state == "issued"
    desk.check()


def test_an_ordinary_failure_is_retried_without_a_reason() -> None:
    """Nothing was signed, so nobody has to look."""
    desk = signing()
    desk.finish(ok=False, code="secret_wrong", attempts=1)
    desk.do("incident.retry", CITRA)
    assert "input" not in desk.events[-1].body


def test_signing_anew_is_no_way_around_looking() -> None:
    """The transition is refused while its step may have been done; other ways stay open."""
    desk = signing()
    desk.finish(ok=False, code="uncertain", attempts=1)
    assert desk.refusal("sign", CITRA) == "step_uncertain"
    desk.do("incident.divert", DEDI, input=LOOKED["input"] | {"to": "verifying"}, input_digest="e" * 64)
    desk.do("approve", ANI, checklist=("identity", "photo", "diploma"))
    desk.do("sign", CITRA)
    desk.check()
