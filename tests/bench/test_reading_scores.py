from collections import deque
from itertools import combinations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reading.calibration import calibrations
from bench.reading.scores import error_at, rejection, score, taken
from bench.reading.systems import Answer
from lenet.reading.distance import edits, matches

LONGEST = 3
words = st.text("012", max_size=LONGEST)


def steps(answer: str, label: str) -> int:
    """Return the fewest single edits by trying all of them, breadth first."""
    waiting, seen = deque([(answer, 0)]), {answer}
    while True:
        word, count = waiting.popleft()
        if word == label:
            return count
        near = {word[:i] + c + word[j:] for i in range(len(word) + 1) for j in (i, i + 1) for c in ("", *"012")}
        for other in {other for other in near if len(other) <= LONGEST} - seen:
            seen.add(other)
            waiting.append((other, count + 1))


@given(words, words)
def test_edits_are_the_fewest(answer, label):
    assert edits(answer, label) == steps(answer, label)


@given(words, words)
def test_matches_are_those_of_an_alignment_of_the_fewest_edits(answer, label):
    found = matches(answer, label)
    common = "".join(character for character, right in zip(answer, found, strict=True) if right)
    assert any("".join(label[i] for i in at) == common for at in combinations(range(len(label)), len(common)))
    assert max(len(answer), len(label)) - len(common) <= edits(answer, label) <= len(answer) + len(label)
    assert all(found) == (edits(answer, label) == len(label) - len(answer)) or not answer


@pytest.mark.parametrize(
    ("answer", "label", "right"),
    [("123", "123", "111"), ("1923", "123", "1011"), ("13", "123", "11"), ("193", "123", "101"), ("", "1", "")],
)
def test_matches(answer, label, right):
    assert matches(answer, label) == [mark == "1" for mark in right]


def answers() -> tuple[list[Answer], list[str]]:
    """Ten pictures of two digits: two have no answer, one is off by a digit, and it is the least sure but one."""
    found = [Answer(), Answer(seconds=2.0)]
    found += [Answer("12", 0.1, seconds=1.0), Answer("19", 0.2), *(Answer("12", 0.3 + n / 100) for n in range(6))]
    return found, ["12"] * 10


def test_score():
    worth = score(*answers())
    assert (worth.count, worth.right, worth.unanswered) == (10, 7, 2)
    assert worth.distance == pytest.approx((2 + 2 + 1) / 20)
    # None can be rejected for 5% until the wrong one goes, with the right one that is less sure.
    assert worth.rejected == (0.4, 0.4, 0.4, 0.4)
    # Without an answer 2, equally sure: rejecting one leaves 2 wrong of 9; rejecting both 1 of 8.
    assert worth.errors == pytest.approx((0.3, 2.5 / 9.5, 2 / 9, 1 / 8))
    assert (worth.median, worth.mean) == (0.0, pytest.approx(0.3))


def test_a_confident_wrong_answer_costs_everything():
    worth = score([Answer("1", 0.5), Answer("2", 0.9)], ["1", "1"])
    assert worth.rejected == (1.0,) * 4
    assert worth.errors[0] == 0.5


def test_error_at_a_share_within_equals():
    way = rejection([Answer("1", 0.5)] * 2 + [Answer("2", 0.5)] * 2, ["1"] * 4)
    assert [error_at(way, share) for share in (0.0, 0.2, 0.5)] == pytest.approx([0.5] * 3)


def test_taken():
    digits = [Answer(str(n % 10), n / 20) for n in range(20)]  # 95%: all but the least sure
    letters = [Answer("8", 0.04), Answer("3", 0.05), Answer(), Answer("6", 0.9), Answer("0", 0.9)]
    found = taken(letters, "AEFhO", digits, "them")
    assert (found.count, found.share, found.digits, found.threshold) == (4, 0.5, 0.95, 0.05)
    assert (found.all, found.share_of_all) == (5, 0.6)


def test_taken_where_too_few_digits_have_an_answer():
    found = taken([Answer("8", 0.1), Answer()], "AA", [Answer(), Answer("1", 0.5)], "them")
    assert (found.share, found.digits, found.threshold) == (0.5, 0.5, -inf)


def test_calibration():
    found = [Answer("12", 0.7, (0.6, 0.99), probable=True), Answer("3", 0.65, (0.7,), probable=True), Answer()]
    digits, whole = calibrations(found, ["42", "3", "1"])
    assert (digits.what, whole.what) == ("digit", "answer")
    low, high = digits.bins
    assert (low.low, low.high, low.count, low.expected, low.found) == (0.5, 0.8, 2, pytest.approx(0.65), 0.5)
    assert (high.low, high.high, high.count, high.found) == (0.99, 0.995, 1, 1.0)
    assert digits.every.count == 3
    assert digits.gap == pytest.approx((2 * 0.15 + 0.01) / 3)
    (only,) = whole.bins
    assert (only.count, only.expected, only.found) == (2, pytest.approx(0.675), 0.5)


def test_calibration_is_of_probabilities_alone_and_once_for_single_digits():
    assert calibrations([Answer("1", 17.0)], ["1"]) == []
    (only,) = calibrations([Answer("1", 1.0, (1.0,), probable=True)], ["1"])
    assert only.what == "answer"
    assert only.bins[0].low == 0.999
