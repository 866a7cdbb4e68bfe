"""Standing in line for a place, and moves that a hold asks for while a step is pending."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from tests.kernel_kit import CITRA, DEDI, DEFINITIONS, HOLD, SITI, Desk, approved, issued, variant
from workflow.commands import CALLED, LINE, Standing, Submission
from workflow.db.material import places_of
from workflow.definition.reader import read_process
from workflow.rulebook import Rulebook

KEY, OTHER = "k" * 64, "o" * 64
DATA = {
    "course": "welding-1",
    "nik": "1671015708010003",
    "name": "Siti Rahmawati",
    "birth_date": "2001-08-17",
    "sex": "female",
    "address": "Jl. Merdeka No. 12",
    "kecamatan": "Bukit Kecil",
    "phone": "0812 3456 7890",
    "education": "sma",
}


def course(*places: str) -> Desk:
    """A submitted registration, where others have or wait for places as told."""
    desk = Desk(Rulebook(read_process(DEFINITIONS / "course"), ZoneInfo("Asia/Jakarta")))
    others = tuple(Standing(100 + n, "registered", str(n), place, n) for n, place in enumerate(places))
    copy = Submission(1, "1" * 64, DATA, {"ktp": "d" * 64})
    assert desk.give(copy=copy, standings={"seat": (KEY, others)}).refusal is None
    return desk


def test_a_place_is_taken_while_there_is_one() -> None:
    """149 others leave one."""
    desk = course(*["held"] * 149)
    assert (desk.case.state, desk.case.holds, desk.case.line) == ("registered", {"seat": KEY}, {})


def test_a_called_case_has_its_place_already() -> None:
    """A newcomer does not take the place to which somebody was called."""
    desk = course(*["held"] * 149, CALLED)
    assert (desk.case.state, desk.case.holds, desk.case.line) == ("waiting", {}, {"seat": KEY})


def test_nobody_passes_those_who_wait() -> None:
    """Where a line stands, a free place is not for the newcomer."""
    assert course(*["held"] * 149, LINE).case.state == "waiting"


def test_moving_up_turns_the_wait_into_a_place() -> None:
    """`freed` takes the key from the line to the holds, and the fold says the same."""
    desk = course(*["held"] * 150)
    assert places_of(desk.case) == {"seat": (KEY, LINE)}
    desk.do("promote", HOLD)
    assert desk.case.state == "registered"
    assert places_of(desk.case) == {"seat": (KEY, "held")}
    desk.check()


def test_who_cancels_leaves_the_line() -> None:
    """A state of `until` ends the wait as it ends a place."""
    desk = course(*["held"] * 150)
    desk.do("cancel", SITI)
    assert places_of(desk.case) == {}
    desk.check()


def test_a_person_cannot_move_itself_up() -> None:
    """The move of a hold is nobody else's."""
    assert course(*["held"] * 150).refusal("promote", SITI) == "wrong_role"


def busy_card(tmp_path: Path) -> Desk:
    """An issued card whose check is under way."""
    book = variant(
        tmp_path,
        (
            "  report:\n",
            "  check:\n    title: {id: P, en: C}\n    from: issued\n    to: issued\n    by: head\n"
            "    run: intake_checks\n  report:\n",
        ),
    )
    desk = issued(book)
    desk.do("check", DEDI)
    assert desk.case.step is not None
    return desk


def test_a_move_that_a_hold_asks_for_waits_for_the_pending_step(tmp_path: Path) -> None:
    """The card that is replaced is busy: it is replaced as soon as the step has ended, never left valid."""
    desk = busy_card(tmp_path)
    desk.do("replace", HOLD)
    assert (desk.case.state, desk.case.owed) == ("issued", ("replace",))
    desk.finish()
    assert (desk.case.state, desk.case.owed) == ("replaced", ())
    desk.check()


def test_a_step_that_failed_does_not_keep_an_owed_move(tmp_path: Path) -> None:
    """An incident waits for people; the hold's move does not."""
    desk = busy_card(tmp_path)
    desk.do("replace", HOLD)
    desk.finish(ok=False)
    assert desk.case.state == "replaced"
    desk.check()


def test_a_hold_that_asks_in_the_wrong_state_is_refused() -> None:
    """A case that has not come so far, or is over, owes nothing."""
    desk = approved()
    assert desk.refusal("replace", HOLD) == "wrong_state"
    desk.do("sign", CITRA)
    desk.finish()
    assert desk.refusal("replace", HOLD) == "wrong_state"
    assert desk.case.owed == ()
