"""Look-ups that every decision needs."""

from __future__ import annotations

from pathlib import Path

from tests.kernel_kit import ak1, variant


def test_the_party_edits_where_it_has_the_task() -> None:
    """Rule 1: a draft and a correction are edited; every other state is not, nor one that does not exist."""
    assert [s for s in ("draft", *ak1().process.states, "gone") if ak1().editable(s)] == ["draft", "correction"]


def test_giving_the_task_back_submits_and_withdrawing_does_not() -> None:
    """Only the party's own move out of an editable state makes the working copy a version."""
    book = ak1()
    assert [name for name, t in book.transitions.items() if book.submits(t)] == ["resubmit"]


def test_system_moves_stand_in_the_order_written() -> None:
    """Rule 6: the first that holds wins, so their order is the definition's."""
    assert {s: [t.name for t in moves] for s, moves in ak1().system.items() if moves} == {
        "submitted": ["begin"],
        "signed": ["issue"],
    }


def test_roles_are_party_or_staff() -> None:
    """Everybody who is not the party is staff."""
    assert ak1().party == "applicant"
    assert ak1().staff == {"operator", "signer", "head", "supervisor"}


def test_a_hold_replaces_from_the_state_of_the_card() -> None:
    """`replaces: replace` fires when a case enters the state that `replace` leaves."""
    assert [h.name for h in ak1().replacing["issued"]] == ["holder"]
    assert not any(holds for state, holds in ak1().replacing.items() if state != "issued")


def test_only_decisions_that_read_data_have_it_opened(tmp_path: Path) -> None:
    """Personal data is opened for a guard that names it, also behind a system move, and for nothing else."""
    assert ak1().reads_data == frozenset()
    begin = "    from: submitted\n    to: verifying\n    by: system\n    run: intake_checks\n"
    book = variant(tmp_path, (begin, begin + "    when: \"data.kind == 'new'\"\n"))
    assert "withdraw" in book.reads_data
    moved = "    from: verifying\n    to: rejected\n    by: operator\n"
    book = variant(tmp_path, (moved, moved + "    when:\n      - {if: \"data.kind == 'new'\", else: {id: B, en: N}}\n"))
    assert book.reads_data == {"reject"}
