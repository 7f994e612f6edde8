"""Patterns against Python's own regular expressions."""

from __future__ import annotations

import re
import warnings
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.errors import LenetError
from lenet.reading.grammar import Pattern

TEXTS = ["".join(letters) for length in range(5) for letters in product("01.a", repeat=length)]


def agrees(pattern: str, texts: list[str] = TEXTS) -> None:
    grammar = Pattern(pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = re.compile(pattern)
    wrong = [text for text in texts if grammar.fits(text) != bool(oracle.fullmatch(text))]
    assert not wrong, (pattern, wrong[:5])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "0",
        "01|10|a0",
        r"\d",
        r"\d{2}\.\d",
        r"\d{,2}",
        r"\d{2,}",
        r"\d{1,3}a?",
        "0{0}1",
        r"(0|1)*\.",
        r"(?:0a)+",
        r"((0|1)?\.)*",
        "(|0)1",
        ".",
        ".*0.",
        "[01]+",
        "[^0]1",
        "[^.a]*",
        "[^a]1|.0",
        "[]0]+",
        "[^]0]+",
        "[0-]+",
        r"[\d.]{3}",
        r"[\].-]*0",
        "[-0]*",
        r"[+--]*[.-0]",
        "^01$",
        "0{1",
        "0{,}",
        "0{}",
        "0{a}",
        "0{1,a}",
        "0+?1*?",
        "1??0",
        r"0{1}?",
        "(0*)*",
        r"\.\-\*",
        "a{2}0",
    ],
)
def test_a_pattern_fits_what_python_matches(pattern):
    agrees(pattern)


@st.composite
def repeated(draw, inside):
    part = draw(inside)
    return f"(?:{part}){draw(st.sampled_from(['?', '*', '+', '{2}', '{1,2}', '{,1}', '{1,}']))}"


PATTERNS = st.recursive(
    st.sampled_from(["0", "1", r"\d", r"\.", "a", ".", "[0.]", "[^0]", "[01]", ""]),
    lambda inside: st.one_of(
        st.lists(inside, min_size=1, max_size=3).map("".join),
        st.lists(inside, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        repeated(inside),
    ),
    max_leaves=8,
)


@given(PATTERNS)
@settings(deadline=None, max_examples=150)
def test_any_pattern_fits_what_python_matches(pattern):
    agrees(pattern)


@given(st.text(alphabet="()[]{}|?*+\\d^$.,-01a:", max_size=10))
@settings(deadline=None, max_examples=500)
def test_any_text_is_a_pattern_or_an_error(pattern):
    try:
        agrees(pattern, TEXTS[:85])
    except LenetError:
        pass
    else:
        re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", r"'\(' is no regular expression: missing \), unterminated subpattern at position 0"),
        ("12[", "unterminated character set at position 2"),
        ("1**", "multiple repeat at position 2"),
        ("0{3,1}", "min repeat greater than max repeat at position"),
        (r"12\w", r"'12\\\\w' has \\w at position 2, which is not supported: characters, ., .* are"),
        (r"1\1", "no regular expression"),
        (r"(1)\1", r"has \\1 at position 3"),
        (r"[\s]", r"has \\s at position 1"),
        (r"[\D]", r"has \\D at position 1"),
        (r"1\b", r"has \\b at position 1"),
        ("1^2", r"has a \^ in its middle at position 1"),
        ("1$2", r"has a \$ in its middle at position 1"),
        ("(?=1)1", r"has the group \(\?= at position 0"),
        ("(?P<year>1)", r"has the group \(\?P at position 0"),
        ("(?i)1", r"has the group \(\?i at position 0"),
        ("1++", "possessive quantifier at position 2|multiple repeat"),
        ("[[0]", r"has a \[ within a class, unless escaped, at position 1"),
        ("[A-Z]1", "a choice of letters at position 0, but only digits are read"),
        ("1[^0-9]", "no answer of digits matches the pattern"),
        (r"\d{20000}", r"needs more than 10,000 states"),
        (r"(\d{200}){200}", r"needs more than 10,000 states"),
        (r"\d*1\d{20}", r"needs more than 10,000 states"),
        ("1{99999999999}", "repeats too often"),
        ("(" * 3000 + "1" + ")" * 3000, "too deep"),
        (17, "must be a text"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said(pattern, message):
    with pytest.raises(LenetError, match=message):
        Pattern(pattern)


def test_a_pattern_says_what_it_is_and_which_marks_it_puts_in():
    assert str(Pattern(r"\d{2}/\d-")) == r"the pattern '\\d{2}/\\d-'"
    assert Pattern(r"\d{2}/\d-[^,]").marks == ("/", "-")
