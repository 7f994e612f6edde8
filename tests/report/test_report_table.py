from __future__ import annotations

import pytest

from lenet.report.table import Table

TABLE = Table(
    ("name", "count", "spare", "words"),
    [("a", "1,000", "x", "one two three four five six"), ("bcd", "7", "y", "one|two")],
    words=("name", "words"),
    spare=("spare",),
)


def test_words_are_aligned_left_and_numbers_right():
    lines = TABLE.text().splitlines()
    assert lines == [
        "name  count  spare  words",
        "a     1,000      x  one two three four five six",
        "bcd       7      y  one|two",
    ]


def test_a_table_that_is_too_wide_loses_its_spare_column_first():
    assert TABLE.text(42).splitlines() == [
        "name  count  words",
        "a     1,000  one two three four five six",
        "bcd       7  one|two",
    ]


def test_then_its_last_column_is_wrapped():
    assert TABLE.text(30).splitlines()[1:3] == ["a     1,000  one two three", "             four five six"]


@pytest.mark.parametrize("width", range(29, 60))
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(len, TABLE.text(width).splitlines())) <= width


def test_markdown_has_a_rule_and_escapes_bars():
    assert TABLE.markdown().splitlines()[1:] == [
        "| :-- | --: | --: | :-- |",
        "| a | 1,000 | x | one two three four five six |",
        r"| bcd | 7 | y | one\|two |",
    ]


def test_a_total_is_set_off():
    lines = Table(("n",), [("12",), ("12",)], total=True).text().splitlines()
    assert lines == [" n", "12", "--", "12"]


def test_a_table_without_rows_is_its_head():
    assert Table(("a", "b"), []).text() == "a  b"
