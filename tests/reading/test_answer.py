"""The answer of a line whose candidates, and what is said of them, are made by hand."""

from math import log

import numpy as np
import pytest

from lenet.page.box import Box
from lenet.page.candidates import Candidates
from lenet.page.straight import Straight
from lenet.reading.answer import NOT_A_DIGIT, _comma, answer
from lenet.reading.confidence import Calibration
from lenet.reading.grammar import Length, Pattern, Values
from lenet.reading.line import SYMBOLS, CutLine
from lenet.reading.opinion import Opinion
from lenet.reading.scoring import Scoring

# A line 20 rows high and 40 columns wide, in four pieces of 10 columns, each with a bar of 4 by 20 in its middle.
HEIGHT, PIECE = 20, 10
HELD = 2e-3  # what the other digits have, which no path dies of
WHERE = Box(100, 50, 140, 70)  # in the picture
# Nothing but what the network says, and as sure of answers as it: the odds of the share, and of a character's symbol.
PLAIN = Calibration(
    Scoring(doubt=1.0, floor=1e-9, edge=0.0, mark=0.0, rubbish=-50.0, area=0.0, size=0.0, wide=0.0),
    single=(0.0, 1.0, 0, 0, 0, 0, 0),
    line=(0.0, 1.0, 0, 0, 0, 0, 0),
    digit=(0.0, 0.0, 0, 1.0, 0, 0, 0),
)


def chances(**said):
    """What is said of a candidate: the chances of symbols, such as _3, dot or dash; the rest is rubbish."""
    names = {**{f"_{digit}": digit for digit in range(10)}, "dot": 10, "dash": 11}
    row = np.zeros(len(SYMBOLS), np.float32)
    for name, chance in said.items():
        row[names[name]] = chance
    row[-1] = 1 - sum(said.values())
    return row


def line_of(*candidates, shear=0.0, scale=1.0, tall=HEIGHT):
    """A cut line: each candidate's first cut, last cut, and what is said of it."""
    count = max(end for _, end, _ in candidates)
    amount = np.zeros((HEIGHT, PIECE * count), np.float32)
    for piece in range(count):
        amount[:tall, PIECE * piece + 3 : PIECE * piece + 7] = 1
    cuts = np.repeat(np.arange(count + 1, dtype=np.int16)[:, None] * PIECE, HEIGHT, axis=1)
    starts, ends = (np.array([part[side] for part in candidates], np.int32) for side in (0, 1))
    boxes = np.column_stack([PIECE * starts + 3, np.zeros_like(starts), PIECE * ends - 3, np.full_like(ends, tall)])
    found = Candidates(starts, ends, np.zeros((len(starts), 28, 28), np.uint8), boxes.astype(np.int32))
    said = np.stack([row for *_, row in candidates])
    opinion = Opinion(said, np.zeros((len(said), 3), np.float32))
    return CutLine(Straight(amount, float(HEIGHT), scale, shear, 0.0, 0.0), cuts, found, opinion)


TWO = line_of((0, 1, chances(_1=0.9, _7=0.1)), (1, 2, chances(_4=0.8, _9=0.2)))


def test_the_likeliest_path_is_the_answer():
    line = answer(TWO, WHERE, "line", None, PLAIN)
    assert (line.text, line.rejected, line.reason) == ("14", False, "")
    assert line.confidence == pytest.approx(0.72, abs=HELD)  # 0.9 x 0.8
    assert [digit.label for digit in line.digits] == ["1", "4"]
    assert [digit.confidence for digit in line.digits] == pytest.approx([0.9, 0.8], abs=1e-4)
    assert [digit.alternatives for digit in line.digits] == [
        (("7", pytest.approx(0.1)),),
        (("9", pytest.approx(0.2)),),
    ]


def test_other_answers_share_what_is_left():
    others = dict(answer(TWO, WHERE, "line", None, PLAIN).alternatives)
    assert others == {"19": pytest.approx(0.18, abs=HELD), "74": pytest.approx(0.08, abs=HELD)}  # and 79, 2%


def test_a_join_of_pieces_is_read_where_it_is_likelier():
    def joined(chance):
        parts = [(0, 1, chances(_1=0.5)), (1, 2, chances(_1=0.5)), (0, 2, chances(_4=chance))]
        return answer(line_of(*parts), WHERE, "line", None, PLAIN)

    assert joined(0.2).text == "11"  # 0.5 x 0.5
    assert joined(0.3).text == "4"
    assert joined(0.3).confidence == pytest.approx(0.3 / 0.55, abs=1e-3)
    assert joined(0.3).digits[0].box == Box(103, 50, 117, 70)


def test_boxes_lie_on_the_ink():
    assert [digit.box for digit in answer(TWO, WHERE, "line", None, PLAIN).digits] == [
        Box(103, 50, 107, 70),
        Box(113, 50, 117, 70),
    ]
    assert answer(TWO, WHERE, "line", None, PLAIN).box == Box(103, 50, 117, 70)
    half = line_of((0, 1, chances(_1=0.9)), scale=0.5)  # the line is half as large as the picture
    assert answer(half, WHERE, "line", None, PLAIN).box == Box(106, 50, 114, 90)
    leaning = line_of((0, 1, chances(_1=0.9)), shear=0.5)  # its row 19 lies 9.5 further right there
    assert answer(leaning, WHERE, "line", None, PLAIN).box == Box(103, 50, 117, 70)


def test_marks_stay_where_they_are_kept():
    cut = line_of((0, 1, chances(_3=0.9)), (1, 2, chances(dash=0.9)), (2, 3, chances(_5=0.9)))
    plain, kept = (answer(cut, WHERE, "line", None, PLAIN, keep_marks=keep) for keep in (False, True))
    assert (plain.text, [digit.label for digit in plain.digits]) == ("35", ["3", "5"])
    assert (kept.text, [digit.label for digit in kept.digits]) == ("3-5", ["3", "-", "5"])
    assert plain.confidence == kept.confidence


def test_a_grammar_decides_what_may_be():
    assert answer(TWO, WHERE, "line", Values(("79", "444")), PLAIN).text == "79"
    assert answer(TWO, WHERE, "line", Length(2), PLAIN).text == "14"
    dotted = answer(TWO, WHERE, "line", Pattern(r"\d\.\d"), PLAIN)
    assert (dotted.text, [digit.label for digit in dotted.digits]) == ("1.4", ["1", "4"])
    nothing = answer(TWO, WHERE, "line", Length(3), PLAIN)
    assert (nothing.text, nothing.rejected, nothing.reason, nothing.box) == ("", True, "no answer fits", WHERE)
    assert (nothing.confidence, nothing.digits) == (0.0, ())


def test_what_a_grammar_leaves_is_no_surer_for_it():
    free, narrow = (answer(TWO, WHERE, "line", grammar, PLAIN) for grammar in (None, Values(("79",))))
    assert narrow.confidence == pytest.approx(0.02, abs=1e-4)  # 0.1 x 0.2 of what there is
    assert (narrow.rejected, narrow.reason) == (True, "not a digit")
    assert not free.rejected


def test_an_answer_less_sure_than_asked_for_is_none():
    assert answer(TWO, WHERE, "line", None, PLAIN, least=0.71).reason == ""
    line = answer(TWO, WHERE, "line", None, PLAIN, least=0.73)
    assert (line.text, line.answer, line.rejected, line.reason) == ("14", "", True, "unsure")


def test_ink_that_is_passed_over_is_not_a_digit():
    rubbish = Calibration(Scoring(rubbish=0.0, area=0.0, size=0.0, wide=0.0, floor=1e-9), line=PLAIN.line)
    line = answer(line_of((0, 1, chances(_1=0.01))), WHERE, "line", None, rubbish)
    assert (line.text, line.digits, line.rejected, line.reason, line.box) == ("", (), True, "not a digit", WHERE)
    assert line.confidence > 0.9


def test_a_weak_character_is_marked():
    weak = NOT_A_DIGIT - 0.01
    cut = line_of((0, 1, chances(_1=0.99)), (1, 2, chances(_4=weak, _9=0.02)))
    line = answer(cut, WHERE, "line", None, PLAIN)
    assert [digit.rejected for digit in line.digits] == [False, True]
    assert line.digits[1].alternatives[0] == ("?", pytest.approx(0.98 - weak, abs=1e-4))


def test_alone_and_in_a_line_other_factors_count():
    one = line_of((0, 1, chances(_1=0.9, _7=0.1)))
    calibration = Calibration(PLAIN.scoring, single=(log(3), 0, 0, 0, 0, 0, 0), line=PLAIN.line, digit=PLAIN.digit)
    assert answer(one, WHERE, "single", Length(1), calibration).confidence == pytest.approx(0.75)
    assert answer(one, WHERE, "line", None, calibration).confidence == pytest.approx(0.9, abs=HELD)


def test_what_slides_along_has_its_say():
    class Along:
        """It has read 19, and hardly anything else."""

        def likeliest(self, n, grammar):
            return []

        def log_probabilities(self, texts):
            return np.array([log(0.97) if text == "19" else log(0.01) for text in texts])

    alone, both = (answer(TWO, WHERE, "line", None, PLAIN, along=(Along(), weight)) for weight in (0.0, 0.5))
    assert (alone.text, both.text) == ("14", "19")
    weights = {"14": (0.72 * 0.01) ** 0.5, "19": (0.18 * 0.97) ** 0.5, "74": (0.08 * 0.01) ** 0.5,
               "79": (0.02 * 0.01) ** 0.5}  # fmt: skip
    assert both.confidence == pytest.approx(weights["19"] / sum(weights.values()), abs=0.01)


def test_a_dot_higher_than_wide_is_a_comma():
    assert _comma(".", Box(5, 5, 9, 9)) == _comma(".", Box(5, 5, 9, 11)) == "."
    assert _comma(".", Box(5, 5, 9, 12)) == ","
    assert _comma("-", Box(5, 5, 9, 12)) == "-"
