"""The model of characters, against all labelings of small tracks."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from lenet.errors import LenetError
from lenet.reading.sliding import Answers, Characters, Track, likeliest, places
from lenet.reading.sliding.places import best_path
from lenet.reading.sliding.track import track as track_of


def drawn(rng, symbols, length, step=1.0):
    shares = rng.dirichlet(np.full(len(symbols) + 1, 0.5), length) + 1e-3
    return Track(symbols, shares / shares.sum(axis=1, keepdims=True), np.arange(length) * np.float32(step), step)


def spelled(text, symbols="0123456789", sure=0.97):
    """Return a track that names, at each place, the character of ``text`` there; a space is a gap."""
    shares = np.full((len(text), len(symbols) + 1), (1 - sure) / len(symbols))
    for place, character in enumerate(text):
        shares[place, symbols.index(character) if character != " " else -1] = sure
    return Track(symbols, shares, np.arange(len(text), dtype=np.float32), 1.0)


def every_path(model, track):
    """Return the weight of each text and of its best path, from each labeling of the track by states."""
    m, gap = model.places(track), len(track.symbols)
    weights = model.weights(track)
    states = [(gap, 0), *product(range(gap), range(1, m + 1))]
    sums, best = defaultdict(float), {}
    for path in product(states, repeat=len(track.centres)):
        weight, text, before = 1.0, "", (gap, 0)
        for place, (symbol, part) in enumerate(path):
            done = before[0] == gap or before[1] == m
            if symbol == gap:
                right = done
            elif part == 1 and (symbol != before[0] or m > 1 or before[0] == gap):
                right = done and symbol != before[0]
                right = right or (m == 1 and symbol == before[0])
                if symbol != before[0]:
                    weight *= model.entry
                    text += track.symbols[symbol]
            elif m == 1:
                right = True  # it goes on
            else:
                right = symbol == before[0] and (part == before[1] + 1 or part == before[1] == m)
            if not right:
                break
            weight *= weights[place, symbol]
            before = (symbol, part)
        else:
            if before[0] == gap or before[1] == m:
                sums[text] += weight
                if weight > best.get(text, (0.0, ()))[0]:
                    best[text] = (weight, path)
    return sums, best


MODEL = Characters(shortest=3, entry=0.1, trust=0.2)
CASES = [("01", 6, 1.0), ("01", 6, 2.0), ("0", 8, 3.0), ("012", 5, 2.0)]


@pytest.mark.parametrize(("symbols", "length", "shortest"), CASES)
def test_texts_weigh_what_all_their_labelings_weigh(symbols, length, shortest):
    track = drawn(np.random.default_rng(length), symbols, length)
    model = Characters(shortest=shortest, entry=0.3, trust=0.7)
    sums, _ = every_path(model, track)
    total = sum(sums.values())
    assert model.log_total(track) == pytest.approx(np.log(total))
    texts = sorted(sums)
    assert np.exp(model.log_probabilities(track, texts)) == pytest.approx([sums[t] / total for t in texts])
    found = likeliest(model, track, n=5, beam=1000)
    expected = sorted(sums, key=lambda t: -sums[t])[:5]
    assert [f.text for f in found] == expected
    assert [np.exp(f.log_probability) for f in found] == pytest.approx([sums[t] / total for t in expected])


@pytest.mark.parametrize(("symbols", "length", "shortest"), CASES)
def test_the_best_path_of_a_text_is_the_weightiest_labeling(symbols, length, shortest):
    track = drawn(np.random.default_rng(length + 1), symbols, length)
    model = Characters(shortest=shortest, entry=0.3, trust=1.0)
    _, best = every_path(model, track)
    m = model.places(track)
    for text, (_, labeling) in best.items():
        states = best_path(model, track, text)
        named = [len(symbols) if s % (m + 1) == 0 else symbols.index(text[s // (m + 1)]) for s in states]
        assert named == [symbol for symbol, _ in labeling]


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ("  333333   777777  ", "37"),
        ("  333333777777  ", "37"),  # different ones may touch
        ("  000000  000000  ", "00"),  # a gap doubles
        ("  000000000000000  ", "0"),  # repeats fall together
        ("  333333   8   777777  ", "37"),  # a stray is dropped
        ("  3333 333  77777  ", "37"),  # a hole isn't a gap
        ("                   ", ""),
        ("5555", "5"),
    ],
)
def test_answers_along_a_line_become_a_text(answers, text):
    track = spelled(answers)
    found = likeliest(MODEL, track, n=3)
    assert found[0].text == text
    assert sorted(found, key=lambda f: -f.log_probability) == found
    assert found[0].log_probability == pytest.approx(MODEL.log_probabilities(track, [text])[0])


def test_characters_stand_where_they_are_named():
    track = spelled("    333333    7777  ")
    three, seven = places(MODEL, track, "37")
    assert (three.symbol, three.start, three.end, three.centre) == ("3", 4, 9, pytest.approx(6.5))
    assert (seven.symbol, seven.start, seven.end, seven.centre) == ("7", 14, 17, pytest.approx(15.5))
    assert three.confidence > 0.5
    assert three.alternatives[0] == ("3", three.confidence)
    assert sum(p for _, p in three.alternatives) == pytest.approx(1)


def test_an_alternative_is_what_a_character_nearly_is():
    track = spelled("  444444  ")
    shares = track.shares.copy()
    shares[2:8, 9] = 0.4
    shares[2:8, 4] = 0.55
    track = Track(track.symbols, shares / shares.sum(axis=1, keepdims=True), track.centres, 1.0)
    (four,) = places(MODEL, track, "4")
    assert [symbol for symbol, _ in four.alternatives[:2]] == ["4", "9"]
    assert four.alternatives[1][1] > 0.1


def test_a_text_longer_than_the_line_has_no_place():
    track = spelled("33")
    assert Characters(shortest=2).log_probabilities(track, ["33", "3"])[0] == -np.inf
    assert places(Characters(shortest=2), track, "33") == []
    assert places(Characters(shortest=2), track, "") == []


class Length:
    start = 0

    def __init__(self, length):
        self.length = length

    def step(self, state, character):
        return state + 1 if state < self.length else None

    def accepts(self, state):
        return state == self.length


def test_a_grammar_is_kept_to():
    rng = np.random.default_rng(5)
    track = drawn(rng, "012", 5)
    model = Characters(shortest=1, entry=0.3, trust=0.7)
    sums, _ = every_path(model, track)
    for length in range(4):
        fitting = sorted((t for t in sums if len(t) == length), key=lambda t: -sums[t])
        found = likeliest(model, track, n=4, grammar=Length(length), beam=200)
        assert [f.text for f in found] == fitting[:4]
        whole = sum(sums[t] for t in fitting)
        assert [np.exp(f.log_probability) for f in found] == pytest.approx([sums[t] / whole for t in fitting[:4]])
    assert likeliest(model, track, grammar=Length(6)) == []


def test_marks_part_characters_or_are_kept():
    shares = np.array([[0.9, 0.02, 0.02, 0.02, 0.04], [0.05, 0.05, 0.8, 0.05, 0.05]])
    answers = Answers(np.array([0, 2], np.float32), (-3 * np.log(shares)).astype(np.float32))
    left = track_of(answers, "01.- ", 2.0, temperature=3.0)
    assert left.symbols == "01"
    assert left.shares == pytest.approx(np.array([[0.9, 0.02, 0.08], [0.05, 0.05, 0.9]]))
    kept = track_of(answers, "01.- ", 2.0, temperature=3.0, keep_marks=True)
    assert kept.symbols == "01.-"
    assert kept.shares == pytest.approx(shares)
    largest = Answers(answers.centres, -answers.scores, smallest_wins=False)
    assert track_of(largest, "01.- ", 2.0, temperature=3.0).shares == pytest.approx(left.shares)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(LenetError, match="entry must be above 0, but is 0"):
        Characters(entry=0)
    with pytest.raises(LenetError, match="one has 'x'"):
        Characters().log_probabilities(spelled("  "), ["x"])
    with pytest.raises(LenetError, match=r"at 1 places needs shares \(1, 3\)"):
        Track("01", np.ones((1, 2)), np.zeros(1, np.float32), 1.0)
    with pytest.raises(LenetError, match="needs the class ' ', no character"):
        track_of(Answers(np.zeros(1, np.float32), np.zeros((1, 10), np.float32)), "0123456789", 2.0)
