"""The graph of candidates against an enumeration of all its paths, and against counts known by arithmetic."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.errors import LenetError
from lenet.reading.grammar import IBAN, ISBN13, Length, Luhn, Pattern, Values, of
from lenet.reading.graph import Answers, Graph, best_paths, posteriors

SYMBOLS = ("1", "2", "8", ".", " ")
GRAMMARS = [None, Length(2), Length(1, 2), Values(["12", "2", "181"]), Luhn(), Pattern("1+2?|[28]*1")]


@st.composite
def graphs(draw, lowest=-6.0):
    nodes = draw(st.integers(1, 5))
    pairs = [(start, end) for start in range(nodes) for end in range(start + 1, nodes)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=7)) if pairs else []
    symbols = SYMBOLS[: draw(st.integers(1, 5))]
    silent = draw(st.lists(st.booleans(), min_size=len(symbols), max_size=len(symbols)))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    scores = rng.uniform(lowest, 2, (len(edges), len(symbols))).astype(np.float32)
    scores[rng.random(scores.shape) < 0.2] = -np.inf
    starts, ends = np.array(edges, np.int64).reshape(-1, 2).T
    silent = np.array([quiet or symbol in ". " for quiet, symbol in zip(silent, symbols, strict=True)])
    return Graph(nodes, starts, ends, scores, symbols, silent)


def all_paths(graph):
    """Yield (edges, symbols, score, text) of each path."""

    def onward(node, edges, symbols, score):
        if node == graph.nodes - 1:
            yield edges, symbols, score, "".join(graph.symbols[s] for s in symbols if not graph.silent[s])
        for e in np.flatnonzero(graph.starts == node):
            for s in np.flatnonzero(graph.scores[e] > -np.inf):
                yield from onward(
                    graph.ends[e], (*edges, int(e)), (*symbols, int(s)), score + float(graph.scores[e, s])
                )

    return list(onward(0, (), (), 0.0))


@given(graphs(), st.sampled_from(GRAMMARS), st.integers(1, 6))
@settings(deadline=None, max_examples=300)
def test_against_all_paths(graph, grammar, n):
    every = all_paths(graph)
    accepted = [path for path in every if grammar is None or grammar.fits(path[3])]
    weight = sum(math.exp(path[2]) for path in accepted)
    answers = Answers(graph, grammar)
    found = answers.best(n)
    if not accepted:
        assert found == [] and answers.log_total == -math.inf and answers.share == 0
        assert not answers.posteriors.any()
        return

    assert answers.log_total == pytest.approx(math.log(weight), abs=1e-3)
    assert answers.share == pytest.approx(weight / sum(math.exp(path[2]) for path in every), rel=1e-3)

    best, together = defaultdict(lambda: -math.inf), defaultdict(float)
    for *_, score, text in accepted:
        best[text] = max(best[text], score)
        together[text] += math.exp(score) / weight
    assert len({path.text for path in found}) == len(found)
    assert [path.score for path in found] == pytest.approx(sorted(best.values(), reverse=True)[: len(found)], abs=1e-5)
    if len(found) < min(n, len(best)):  # the rest hold next to nothing
        assert grammar is not None
        every_weight = sum(math.exp(path[2]) for path in every)
        assert sorted(best.values(), reverse=True)[len(found)] < math.log(every_weight) - 16
    scores = {path[:2]: path[2] for path in accepted}
    for path in found:
        assert path.score == pytest.approx(best[path.text], abs=1e-5)
        assert path.score == pytest.approx(scores[path.edges, path.symbols], abs=1e-5)
        assert path.probability == pytest.approx(together[path.text], rel=2e-3)
        assert "".join(graph.symbols[path.symbols[place]] for place in path.places) == path.text

    expected = np.zeros(graph.scores.shape)
    for edges, symbols, score, _ in accepted:
        np.add.at(expected, (list(edges), list(symbols)), math.exp(score) / weight)
    assert answers.posteriors.dtype == np.float32
    assert answers.posteriors == pytest.approx(expected, abs=2e-3)


@given(graphs(lowest=-60.0), st.sampled_from(GRAMMARS[1:]))
@settings(deadline=None, max_examples=200)
def test_unlikely_answers_are_found_where_only_they_are_accepted(graph, grammar):
    accepted = [path for path in all_paths(graph) if grammar.fits(path[3])]
    found = best_paths(graph, grammar=grammar)
    assert bool(found) == bool(accepted)
    if found:
        assert found[0].score == pytest.approx(max(path[2] for path in accepted), abs=1e-4)


@given(graphs(), st.sampled_from([r"1\.[12]", r"\d\.?\d", r"\d?\.2|1", r"1/2"]))
@settings(deadline=None, max_examples=200)
def test_marks_are_put_in(graph, pattern):
    grammar = Pattern(pattern)
    texts = [f"{a}{mark}{b}" for a in ("", *"128") for b in ("", *"128") for mark in ("", ".", "/")]
    readings = {text.replace(".", "").replace("/", ""): text for text in texts if grammar.fits(text)}
    graph = Graph(graph.nodes, graph.starts, graph.ends, graph.scores, graph.symbols, graph.silent)
    accepted = [path for path in all_paths(graph) if path[3] in readings]
    weight = sum(math.exp(path[2]) for path in accepted)
    answers = Answers(graph, grammar)
    assert answers.log_total == (pytest.approx(math.log(weight), abs=1e-3) if accepted else -math.inf)
    for path in answers.best(4):
        assert grammar.fits(path.text)
        read = "".join(graph.symbols[path.symbols[place]] for place in path.places if place >= 0)
        put_in = [character for character, place in zip(path.text, path.places, strict=True) if place < 0]
        assert set(put_in) <= {".", "/"}
        assert read.replace(".", "") == path.text.replace(".", "").replace("/", "")


def chain(length, symbols="0123456789", scores=None):
    """Return a graph with one edge from each node to the next, all symbols alike."""
    nodes = np.arange(length + 1)
    scores = np.zeros((length, len(symbols)), np.float32) if scores is None else scores
    return Graph(length + 1, nodes[:-1], nodes[1:], scores, tuple(symbols), np.zeros(len(symbols), bool))


def log_count(length, grammar):
    return posteriors(chain(length), grammar)[0]


def test_numbers_with_check_digits_are_counted_right():
    assert log_count(16, Luhn()) == pytest.approx(15 * math.log(10))
    assert log_count(13, ISBN13()) == pytest.approx(math.log(2) + 9 * math.log(10))
    ends_in_x, no_x = (math.exp(log_count(length, of(check="isbn10"))) for length in (9, 10))
    assert ends_in_x + no_x == pytest.approx(10**9)
    assert log_count(13, IBAN("NO")) == pytest.approx(11 * math.log(10))


def test_a_pattern_and_a_length_together_are_counted_right():
    assert log_count(8, of(8, r"(0|1)\d{2}\.?\d*[5-9]")) == pytest.approx(math.log(2 * 10**6 * 5))


def test_long_lines_do_not_underflow():
    length = 400
    graph = chain(length, scores=np.full((length, 10), -50, np.float32))
    total, candidates = posteriors(graph)
    assert total == pytest.approx(length * (math.log(10) - 50))
    assert candidates == pytest.approx(0.1)
    assert best_paths(graph, 3)[2].score == pytest.approx(-50 * length)


def test_an_answer_far_from_what_is_seen_is_found_and_holds_little():
    scores = np.full((5, 10), -100, np.float32)
    scores[:, 1] = 0
    answers = Answers(chain(5, scores=scores), Values(["99999", "22222", "12999"]))
    best = answers.best(3)
    assert [path.text for path in best] == ["12999", "22222", "99999"]
    assert best[0].score == -400 and best[0].probability == pytest.approx(1)
    assert math.log(answers.share) == pytest.approx(-400)


def test_all_ways_to_cut_add_up_in_an_answers_probability():
    # 1 may be read as one edge, or as two of which one is passed over; 2 in one way only, which is the best path.
    starts, ends = np.array([0, 0, 1, 0]), np.array([2, 1, 2, 1])
    scores = np.log(np.array([[0.3, 0.4, 1e-9], [0.5, 1e-9, 1e-9], [1e-9, 1e-9, 0.6], [1e-9, 1e-9, 1e-9]])).astype(
        np.float32
    )
    graph = Graph(3, starts, ends, scores, ("1", "2", " "), np.array([False, False, True]))
    two, one = best_paths(graph, 2)
    assert (two.text, one.text) == ("2", "1")
    assert two.score == pytest.approx(math.log(0.4)) and one.score == pytest.approx(math.log(0.3))
    assert two.probability == pytest.approx(0.4) and one.probability == pytest.approx(0.6)
    assert posteriors(graph)[1] == pytest.approx(
        np.array([[0.3, 0.4, 0], [0.3, 0, 0], [0, 0, 0.3], [0, 0, 0]]), abs=1e-6
    )


def test_a_read_mark_and_one_put_in_are_one_answer():
    symbols = ("1", "2", ".")
    with np.errstate(divide="ignore"):
        scores = np.log(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0.5], [0, 1, 0]])).astype(np.float32)
    graph = Graph(4, np.array([0, 1, 1, 2]), np.array([1, 3, 2, 3]), scores, symbols, np.zeros(3, bool))
    (path,) = best_paths(graph, 3, Pattern(r"\d\.\d"))
    assert path.text == "1.2" and path.probability == pytest.approx(1)
    assert [each.text for each in best_paths(graph, 3)] == ["12", "1.2"]


def test_a_good_candidate_that_leads_nowhere_changes_nothing():
    starts, ends = np.array([0, 0, 1]), np.array([1, 3, 2])
    graph = Graph(4, starts, ends, np.array([[900], [0], [900]], np.float32), ("1",), np.array([False]))
    for grammar in (None, Length(1)):
        answers = Answers(graph, grammar)
        assert answers.log_total == 0 and answers.share == 1
        assert [path.edges for path in answers.best(2)] == [(1,)]
        assert answers.posteriors.tolist() == [[0], [1], [0]]


def test_edges_may_come_in_any_order():
    rng = np.random.default_rng(0)
    pairs = np.array([(start, end) for start in range(8) for end in range(start + 1, min(8, start + 4))])
    scores = rng.normal(0, 2, (len(pairs), 10)).astype(np.float32)
    order = rng.permutation(len(pairs))
    straight, mixed = (
        Answers(Graph(8, *pairs[rows].T, scores[rows], tuple("0123456789"), np.zeros(10, bool)), Length(3, 4))
        for rows in (np.arange(len(pairs)), order)
    )
    assert mixed.posteriors == pytest.approx(straight.posteriors[order], abs=1e-6)
    one, two = straight.best(3), mixed.best(3)
    assert [path.text for path in one] == [path.text for path in two]
    assert [path.edges for path in one] == [tuple(int(order[e]) for e in path.edges) for path in two]
    path = two[0]
    assert all(pairs[order[a]][1] == pairs[order[b]][0] for a, b in pairwise(path.edges))


def test_values_among_thousands_on_a_picture_of_nothing():
    rng = np.random.default_rng(0)
    pairs = np.array([(start, end) for start in range(30) for end in range(start + 1, min(30, start + 6))])
    scores = rng.normal(0, 1, (len(pairs), 10)).astype(np.float32)
    graph = Graph(30, *pairs.T, scores, tuple("0123456789"), np.zeros(10, bool))
    grammar = Values([f"{number:08}" for number in rng.integers(0, 10**8, 3000)])
    assert all(grammar.fits(path.text) for path in best_paths(graph, 5, grammar))


NODES = {"nodes": 3, "starts": np.array([0, 1]), "ends": np.array([1, 2]), "scores": np.zeros((2, 2), np.float32)}
NODES |= {"symbols": ("1", " "), "silent": np.array([False, True])}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": 0}, "nodes must be 1 or more"),
        ({"nodes": 2.5}, "nodes must be 1 or more"),
        ({"nodes": 2}, "edge 1 goes from 1 to 2, not forward in 0 to 1"),
        ({"starts": np.array([0, 2])}, "edge 1 goes from 2 to 2"),
        ({"starts": np.array([-1, 1])}, "edge 0 goes from -1 to 1"),
        ({"starts": np.array([0])}, "starts and ends must be integers"),
        ({"starts": np.array([0.0, 1.0])}, "starts and ends must be integers"),
        ({"scores": np.zeros((2, 3), np.float32)}, r"scores must be floats \(edges, symbols\), \(2, 2\)"),
        ({"scores": np.zeros((2, 2), int)}, "scores must be floats"),
        ({"scores": np.array([[0, np.nan], [0, 0]])}, "NaN"),
        ({"scores": np.array([[0, np.inf], [0, 0]])}, r"\+inf"),
        ({"symbols": ("1", "12")}, "symbols must be one character each"),
        ({"symbols": ("1", "1")}, "symbols must differ"),
        ({"symbols": ()}, "symbols must be one character each, at least one"),
        ({"silent": np.array([0, 1])}, "silent must be a bool for each symbol"),
        ({"silent": np.array([True])}, "silent must be a bool for each symbol"),
    ],
)
def test_nonsense_is_refused(change, message):
    Graph(**NODES)
    with pytest.raises(LenetError, match=message):
        Graph(**{**NODES, **change})


@pytest.mark.parametrize("n", [0, -1, 1.5, None])
def test_the_number_of_answers_must_be_one_or_more(n):
    with pytest.raises(LenetError, match="1 or more"):
        best_paths(Graph(**NODES), n)


def test_the_example_of_the_docs_runs():
    page = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "Graph(" in block)
    names = {}
    exec(compile(example, "reading.md", "exec"), names)
    assert [path.text for path in names["Answers"](names["graph"]).best(3)] == ["21", "27", "4"]
    (best,) = names["within"].best()
    assert best.text == "27" and round(best.probability, 2) == 0.89 and round(names["within"].share, 2) == 0.43


def test_a_line_without_candidates_is_the_empty_answer():
    empty = Graph(1, [], [], np.zeros((0, 2), np.float32), ("1", " "), np.array([False, True]))
    (path,) = best_paths(empty, 3)
    assert (path.text, path.score, path.probability, path.edges) == ("", 0, pytest.approx(1), ())
    assert best_paths(empty, 1, Length(2)) == []
    assert posteriors(empty)[0] == 0
