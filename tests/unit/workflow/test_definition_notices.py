"""Texts of notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.notices import NoticeTemplateError, check_notice, format_notice


def test_placeholders_are_filled_once():
    """A value that looks like a placeholder stays text, and a missing one is a dash."""
    text = format_notice("Halo {name}, {due}: {reason}", {"name": "{reason}", "reason": "buram"})
    assert text == "Halo {reason}, –: buram"


@pytest.mark.parametrize("text", ["{nama}", "{name.x}", "{}", "}", "{name!r}", "{0}", "{NAME}"])
def test_only_known_placeholders_stand_in_a_notice(text):
    """The formatter is closed; the place of the wrong one is told."""
    with pytest.raises(NoticeTemplateError) as caught:
        check_notice("Halo {name} " + text)
    assert caught.value.offset == 12


@given(text=st.text("{}name x", max_size=20))
def test_a_checked_text_has_no_braces_left(text):
    """What passes the check is filled completely."""
    try:
        check_notice(text)
    except NoticeTemplateError:
        return
    assert "{name}" not in format_notice(text, {"name": "Siti"})
