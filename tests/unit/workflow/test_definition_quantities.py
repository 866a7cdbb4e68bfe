"""Sizes, ratios and percentages."""

import pytest

from workflow.definition.quantities import QuantityError, parse_percent, parse_ratio, parse_size


def test_sizes_are_counted_as_file_managers_show_them():
    """1 KB is 1,024 bytes."""
    assert [parse_size(s) for s in ("1B", "200KB", "2MB", "50 MB")] == [1, 204_800, 2_097_152, 52_428_800]


@pytest.mark.parametrize("text", ["", "2", "2mb", "2 GB", "0MB", "-1MB", "1.5MB", "51MB", "2MBx", "２MB"])
def test_what_is_no_size_is_refused(text):
    """Also what is larger than any document may be."""
    with pytest.raises(QuantityError, match="is not a size"):
        parse_size(text)


def test_a_ratio_is_width_to_height():
    """3:4 is a portrait."""
    assert parse_ratio("3:4") == (3, 4)


@pytest.mark.parametrize("text", ["3/4", "3", "0:4", "3:0", "3:4:5", "3x4"])
def test_what_is_no_ratio_is_refused(text):
    """Two whole numbers above zero."""
    with pytest.raises(QuantityError, match="is not a ratio"):
        parse_ratio(text)


def test_a_percentage_may_pass_the_target():
    """A clock tells of what is long overdue, too."""
    assert [parse_percent(p) for p in ("1%", "75%", "100%", "1000%")] == [1, 75, 100, 1000]


@pytest.mark.parametrize("text", ["75", "0%", "1001%", "-5%", "75 %", "7.5%"])
def test_what_is_no_percentage_is_refused(text):
    """Whole percents with their sign."""
    with pytest.raises(QuantityError, match="is not a percentage"):
        parse_percent(text)
