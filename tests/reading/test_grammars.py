"""Lengths, values, check digits and several at once; how they become tables, and how answers are written out."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.errors import LenetError
from lenet.reading.grammar import (
    IBAN,
    ISBN10,
    ISBN13,
    Both,
    Grammar,
    Length,
    Luhn,
    Pattern,
    Values,
    both,
    either,
    of,
)
from lenet.reading.grammar.fill import fill
from lenet.reading.grammar.table import digits_only, tabulate

NUMBERS = st.text(alphabet="0123456789", max_size=20)


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    total = sum(digits[0::2]) + sum(sum(map(int, str(2 * digit))) for digit in digits[1::2])
    return len(number) >= 2 and total % 10 == 0


def isbn10(number: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in number]
    return (
        len(number) == 10
        and sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0
    )


def isbn13(number: str) -> bool:
    right = len(number) == 13 and number[:3] in ("978", "979")
    return right and sum(int(digit) * (1, 3)[i % 2] for i, digit in enumerate(number)) % 10 == 0


def iban(country: str, length: int):
    letters = "".join(str(int(letter, 36)) for letter in country)

    def right(number: str) -> bool:
        rest = int(number[2:] + letters + number[:2]) % 97 if len(number) == length - 2 else None
        return rest == 1 and 2 <= int(number[:2]) <= 98

    return right


CHECKED = {
    "luhn": (Luhn(), luhn),
    "isbn10": (ISBN10(), isbn10),
    "isbn13": (ISBN13(), isbn13),
    "NO": (IBAN("no"), iban("NO", 15)),
    "DE": (IBAN("DE"), iban("DE", 22)),
    "FR": (IBAN("FR"), iban("FR", 27)),
}


@pytest.mark.parametrize("name", CHECKED)
def test_check_digits_by_arithmetic(name):
    grammar, right = CHECKED[name]
    rng = np.random.default_rng(0)
    lengths = {"luhn": (1, 20), "isbn10": (10, 11), "isbn13": (13, 14), "NO": (13, 14), "DE": (20, 21), "FR": (25, 26)}
    found = 0
    for _ in range(300):
        number = "".join(map(str, rng.integers(0, 10, rng.integers(*lengths[name]))))
        number = "978" + number[3:] if name == "isbn13" else number
        variants = [number[:2] + number[2:-1] + last for last in "0123456789"]
        if name in ("NO", "DE", "FR"):
            variants = [f"{check:02}{number[2:]}" for check in range(100)]
        for variant in variants:
            assert grammar.fits(variant) == right(variant), variant
            found += right(variant)
    assert found > 100


@pytest.mark.parametrize("name", CHECKED)
@given(number=NUMBERS)
@settings(deadline=None, max_examples=50)
def test_check_digits_of_any_number(name, number):
    grammar, right = CHECKED[name]
    assert grammar.fits(number) == right(number)


def test_an_isbn_may_end_in_x_but_hold_none_elsewhere():
    nines = [f"{number:09}" for number in range(500)]
    ten = [number for number in nines if isbn10(number + "X")]
    assert len(ten) > 30
    assert [number for number in nines if ISBN10().fits(number + "X")] == ten
    assert not ISBN10().fits("X" * 10)
    assert not ISBN10().fits(ten[0] + "XX")
    assert ISBN10().fits(f"{ten[1][0]}-{ten[1][1:4]}-{ten[1][4:]}-X")


def test_check_digits_and_lengths_pass_over_marks():
    assert Luhn().fits("1-8")
    assert Length(4).fits("12.34")
    assert ISBN13().fits("978-0-306-40615-7") == isbn13("9780306406157") is True
    assert IBAN("NO").fits("93 8601 1117 947")


@pytest.mark.parametrize(
    ("value", "limits"),
    [(5, (5, 5)), ("5", (5, 5)), ("3-6", (3, 6)), (" 3 - 6 ", (3, 6)), ((3, 6), (3, 6)), ([2, 2], (2, 2))],
)
def test_lengths(value, limits):
    length = Length.of(value)
    fits = [n for n in range(10) if length.fits("1" * n)]
    assert (fits[0], fits[-1]) == limits
    assert fits == list(range(limits[0], limits[1] + 1))


@pytest.mark.parametrize("value", [0, -1, True, 2.0, "five", "6-3", (6, 3), (1, 2, 3), 1001, "3-", "", None, (3, 2.5)])
def test_what_is_no_length_is_said(value):
    with pytest.raises(LenetError, match=r"whole numbers of digits from 1 to 1000, such as 5 or 3-6, not "):
        Length.of(value)


@given(st.lists(st.text(alphabet="01.", min_size=1, max_size=4).filter(lambda value: value.strip("."))), NUMBERS)
@settings(deadline=None)
def test_values(values, other):
    if not values:
        return
    grammar = Values(values)
    assert all(grammar.fits(value) for value in values)
    assert grammar.fits(other) == (other in values)
    assert all(grammar.fits(value[:-1]) == (value[:-1] in values) for value in values)


def test_values_that_cannot_be():
    assert str(Values([12, "12", " 34 "])) == "one of 2 values"
    assert str(Values(["12.50"])) == "one of 1 value"
    for values, message in (([], "there are no values"), (["a"], "'a' holds none"), ("12", "not the one text '12'")):
        with pytest.raises(LenetError, match=message):
            Values(values)


def test_nothing_asked_for_is_no_grammar():
    assert of() is None


def test_all_that_is_asked_for_must_fit():
    grammar = of(length=(2, 3), pattern=r"[12]\d*", values=["18", "26", "27", "9", "1818"], check="luhn")
    assert [value for value in ("18", "26", "27", "9", "1818") if grammar.fits(value)] == ["18", "26"]
    assert str(grammar) == "length 2 to 3 and the pattern '[12]\\\\d*' and Luhn's check digit and one of 5 values"


def test_either_isbn():
    grammar = of(check="ISBN")
    assert grammar.fits("0306406152") and grammar.fits("9780306406157") and grammar.fits("080442957X")
    assert not grammar.fits("0306406153") and not grammar.fits("9780306406158")
    assert str(grammar) == "an ISBN of 10 or an ISBN of 13"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"length": 5, "pattern": r"\d{6}"},
            r"no answer fits length 5 and the pattern '\\\\d\{6\}' at once; change one",
        ),
        ({"length": 4, "pattern": r"\d\d\.\d"}, "no answer fits length 4"),
        ({"pattern": r"[0-4]+", "values": ["15", "16"]}, "no answer fits the pattern .* and one of 2 values at once"),
        ({"check": "luhn", "values": ["17", "19"]}, "no answer fits Luhn's check digit and one of 2 values"),
        ({"length": 10, "check": "isbn13"}, "no answer fits length 10 and an ISBN of 13"),
        ({"check": "iban"}, "needs a country, such as iban:DE; known: AD AE"),
        ({"check": "iban:de2"}, "there is no country of IBANs 'DE2'; did you mean DE"),
        ({"check": "iban:GB"}, "there is no country of IBANs 'GB'"),
        ({"check": "lun"}, "there is no check 'lun'; did you mean luhn"),
        ({"check": "luhn:DE"}, "there is no check 'luhn:DE'"),
        ({"check": 5}, "there is no check '5'"),
    ],
)
def test_what_cannot_be_is_said_early(asked, message):
    with pytest.raises(LenetError, match=message):
        of(**asked)


class Even(Grammar):
    """A user's own: an even number of digits."""

    start = 0

    def step(self, state, character):
        return 1 - state

    def accepts(self, state):
        return state == 0


def test_a_grammar_of_ones_own():
    assert Even().fits("12") and not Even().fits("1")
    assert both(Even(), Length(1, 3)).fits("12")
    with pytest.raises(LenetError, match="no answer fits"):
        both(Even(), Length(3))


def walk(table, classes):
    state = table.start
    for kind in classes:
        state = table.next[state, kind]
        if state < 0:
            return False
    return bool(table.accepting[state])


@given(st.lists(st.sampled_from("0123456789"), max_size=6).map("".join))
@settings(deadline=None)
def test_a_table_accepts_digits_whose_marks_can_be_put_in(number):
    pattern = r"(\d{1,2}\.\d|\d-\d{3}|\.5)/?"
    table = digits_only(Pattern(pattern))
    written = [number[:i] + mark + number[i:] for i in range(len(number) + 1) for mark in (".", "-")]
    right = any(re.fullmatch(pattern, text) for text in written)
    assert walk(table, [table.classes[int(digit)] for digit in number]) == right


def test_tables_are_small():
    table = digits_only(Length(5))
    assert table.next.shape == (6, 1)
    assert digits_only(Luhn()).next.shape[1] == 10
    # With the length known, so is which digits are doubled: ten sums at each digit are enough.
    assert len(digits_only(Both(Luhn(), Length(8))).next) <= 7 * 10 + 2
    assert len(digits_only(Pattern(r"(12|32|52)\d|[135]2\d")).next) == 4


def test_silent_symbols_change_nothing_and_marks_stand_for_their_likes():
    symbols = (*"0123456789", ".", " ")
    table = tabulate(Pattern(r"\d,\d"), symbols, (False,) * 11 + (True,))
    one, dot, rubbish = (table.classes[symbols.index(symbol)] for symbol in "1. ")
    assert walk(table, [one, dot, one])  # the reader's "." is a dot or a comma
    assert walk(table, [one, one])
    assert walk(table, [rubbish, one, rubbish, one])
    assert not walk(table, [one, dot, dot, one])
    assert not walk(table, [one])


def test_grammars_go_to_other_processes():
    for grammar in (of(5, r"\d+", ["12345"]), of(check="isbn"), of(check="iban:DE")):
        again = pickle.loads(pickle.dumps(grammar))
        assert np.array_equal(digits_only(again).next, digits_only(grammar).next)


def read(text: str, silent: str = ".-=$ ") -> tuple[str, list[bool]]:
    return text, [character in silent for character in text]


@pytest.mark.parametrize(
    ("pattern", "characters", "answer"),
    [
        (r"\d{2}\.\d{2}\.\d{4}", "31122024", "31.12.2024"),
        (r"\d{2}\.\d{2}\.\d{4}", "31.12 2024", "31.12.2024"),
        (r"\d{2},\d", "12.5", "12,5"),
        (r"\d{1,2}\.\d{2,3}", "123", "1.23"),
        (r"\d{1,2}\.\d{2,3}", "1.234", "1.234"),
        (r"\d{1,2}\.\d{2,3}", "12.34", "12.34"),
        (r"\d+\.?\d*", "1234", "1234"),
        (r"\d+\.?\d*", "12.34", "12.34"),
        (r"\d+\.?\d*", "=12.34-", "12.34"),
        (r"DE\d{2} \d{2}", "1234", "DE12 34"),
        (r"\d[/-]\d", "12", "1-2"),
        (r"\d(/|-)\d", "12", "1/2"),
        (r"1\.--2|12", "1.2", "12"),
        (r"1\.-\.2|12", "1..2", "1.-.2"),
        (r"-*1", "1", "1"),
        (r"-*1", "--1", "--1"),
    ],
)
def test_answers_are_written_out(pattern, characters, answer):
    text, places = fill(Pattern(pattern), *read(characters))
    assert text == answer
    assert len(places) == len(text)
    assert all(
        place == -1 or character in (characters[place], ",") for character, place in zip(text, places, strict=True)
    )
    assert [text[i] for i, place in enumerate(places) if place >= 0 and text[i].isdigit()] == re.findall(
        r"\d", characters
    )


def test_of_values_alike_the_marks_that_were_read_decide():
    values = Values(["12.5", "1.25"])
    assert fill(values, *read("1.25"))[0] == "1.25"
    assert fill(values, *read("12.5"))[0] == "12.5"
    assert fill(either(Values(["12.6"]), Luhn()), *read("126"))[0] == "12.6"
