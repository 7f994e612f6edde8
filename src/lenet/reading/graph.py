"""The graph of candidate characters: its best paths, and how probable each character and each answer is.

As in the paper's sections V and VI, nodes are cuts, edges are candidates between two cuts, and a path from the first
cut to the last is a way to cut and to read the line. The weight of a path is the product of its edges' (its score is
the logarithm); an answer's probability is the weight of all its paths over that of all paths, by the forward algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from .grammar import Grammar
from .grammar.fill import fill
from .grammar.table import Table, anything, tabulate
from .lattice import NEVER, Edges, Weights, free, intersect
from .search import Hypothesis, different, probabilities

IMPOSSIBLE = -1e9  # log scores below it are taken for -inf
# With a grammar, candidates are left out at first that hold less than exp(-depth) of all paths' weight, and taken in
# where what is left out might matter. Where characters are sure, few are left within 16; beyond 700 nothing fits.
DEPTHS = (16, 24, 36, 64, 700)
LOST = 1e-3  # of the weight that a grammar accepts, what may be left out


@dataclass(frozen=True, eq=False)
class Graph:
    """Candidates between cuts, with log scores.

    Attributes:
        nodes: how many cuts; paths go from node 0 to node ``nodes`` - 1.
        starts, ends: int (E,): nodes, each edge's start before its end.
        scores: float32 (E, S): log score of each symbol on each edge; -inf: impossible.
        symbols: (S,), one character each.
        silent: bool (S,): symbols that leave no character in the answer: what is passed over.

    Raises:
        LenetError: shapes or kinds don't fit, an edge doesn't go forward within the nodes, a score is NaN or +inf.
    """

    nodes: int
    starts: NDArray[np.integer]
    ends: NDArray[np.integer]
    scores: NDArray[np.floating]
    symbols: tuple[str, ...]
    silent: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check all of it."""
        symbols, silent, scores = tuple(self.symbols), np.asarray(self.silent), np.asarray(self.scores)
        starts, ends = (np.asarray(at) if len(at) else np.zeros(0, np.int64) for at in (self.starts, self.ends))
        _require(
            isinstance(self.nodes, int | np.integer) and self.nodes >= 1, f"nodes must be 1 or more: {self.nodes!r}"
        )
        _require(
            len(symbols) > 0 and all(isinstance(s, str) and len(s) == 1 for s in symbols),
            f"symbols must be one character each, at least one, not {symbols!r}",
        )
        _require(len(set(symbols)) == len(symbols), f"symbols must differ from each other: {symbols!r}")
        _require(silent.dtype == np.bool_ and silent.shape == (len(symbols),), "silent must be a bool for each symbol")
        _require(
            starts.ndim == 1 and starts.shape == ends.shape and all(at.dtype.kind in "iu" for at in (starts, ends)),
            f"starts and ends must be integers (edges,), not {starts.dtype} {starts.shape}, {ends.dtype} {ends.shape}",
        )
        scores = scores if len(starts) or scores.size else scores.reshape(0, len(symbols))
        _require(
            scores.dtype.kind == "f" and scores.shape == (len(starts), len(symbols)),
            f"scores must be floats (edges, symbols), {(len(starts), len(symbols))}, not {scores.dtype} {scores.shape}",
        )
        forward = (starts >= 0) & (starts < ends) & (ends < self.nodes)
        if not forward.all():
            e = int(forward.argmin())
            raise LenetError(
                f"a graph's edge {e} goes from {starts[e]} to {ends[e]}, not forward in 0 to {self.nodes - 1}"
            )
        _require(bool((scores < np.inf).all()), "scores must be numbers or -inf, but there is NaN or +inf")
        values = int(self.nodes), starts, ends, scores, symbols, silent
        for field, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)


def _require(right: bool, message: str) -> None:
    if not right:
        raise LenetError(f"a graph's {message}")


@dataclass(frozen=True)
class Path:
    """An answer, and the best of its paths.

    Attributes:
        text: the answer, a grammar's marks put in.
        score: log score of the path.
        probability: of the answer, by all of its paths together, among all answers (that the grammar accepts).
        edges: of the path.
        symbols: index of each edge's symbol.
        places: for each character of ``text`` the place in ``edges`` where it was read; -1: the grammar put it in.
    """

    text: str
    score: float
    probability: float
    edges: tuple[int, ...]
    symbols: tuple[int, ...]
    places: tuple[int, ...]


class Answers:
    """What a graph says, within a grammar if there is one.

    Args:
        graph: of candidates.
        grammar: what the answer may be; None: anything.
    """

    def __init__(self, graph: Graph, grammar: Grammar | None = None) -> None:
        self.graph = graph
        self.grammar = grammar
        self._order = order = np.argsort(graph.starts, kind="stable")
        scores = graph.scores[order].astype(np.float64)
        scores = np.where(scores > IMPOSSIBLE, scores, NEVER)
        self._edges = Edges(graph.nodes, graph.starts[order].astype(int), graph.ends[order].astype(int), scores)
        self._table = anything(len(graph.symbols))
        self._weights = Weights.of(scores, self._table.classes)
        self._free = self._lattice = free(self._edges, self._weights)
        self._floor = NEVER  # all paths that are better than this are in the lattice
        if grammar is not None:
            self._narrow(tabulate(grammar, graph.symbols, tuple(graph.silent.tolist())))

    def _narrow(self, table: Table) -> None:
        """Intersect the graph with a table, in as much depth as it takes."""
        self._table, self._weights = table, Weights.of(self._edges.scores, table.classes)
        for depth in DEPTHS:
            self._lattice = intersect(self._edges, self._weights, table, self._free, np.exp(-depth))
            missed = self._lattice.missed
            self._floor = self._free.ahead[0][0] + np.log(missed) if missed else NEVER
            if self._lattice.ahead[1][0] > self._floor and self._lattice.lost <= LOST * self.share:
                break

    @property
    def log_total(self) -> float:
        """Log of the weight of all paths that the grammar accepts; -inf where there are none."""
        total = float(self._lattice.ahead[0][0])
        return total if total > NEVER / 2 else -np.inf

    @property
    def share(self) -> float:
        """The grammar's share in the weight of all paths, in [0, 1]: how well it goes with what is seen."""
        whole = float(self._free.ahead[0][0])
        return min(1.0, float(np.exp(self.log_total - whole))) if whole > NEVER / 2 else 0.0

    def best(self, n: int = 1) -> list[Path]:
        """Return the different answers of the ``n`` best paths, best path first; none where no path is accepted.

        An answer has many paths: it stands where its best one does, and its probability is that of all. With a grammar,
        those from the second on may be left out whose best path has less than exp(-16) of the weight of all without it.

        Raises:
            LenetError: n isn't a whole number of 1 or more.
        """
        if not isinstance(n, int | np.integer) or n < 1:
            raise LenetError(f"the number of best answers must be 1 or more, not {n!r}")
        if self.log_total == -np.inf:
            return []
        silent = self.graph.silent
        found = different(self._lattice, self._edges.scores, self._table, silent, int(n))
        found = found[:1] + [path for path in found[1:] if path.score > self._floor]
        readings = [path.read for path in found]
        shares = probabilities(self._lattice, self._edges, self._table, silent, readings)
        answers: dict[str, Path] = {}
        for path in (self._path(path, share) for path, share in zip(found, shares, strict=True)):
            first = answers.get(path.text)  # read with a mark and without it, where the grammar puts it in
            answers[path.text] = replace(first, probability=first.probability + path.probability) if first else path
        return list(answers.values())

    def _path(self, path: Hypothesis, probability: float) -> Path:
        steps = path.steps()
        edges = tuple(int(self._order[edge]) for edge, _ in steps)
        symbols = tuple(symbol for _, symbol in steps)
        characters = [self.graph.symbols[symbol] for symbol in symbols]
        silent = [bool(self.graph.silent[symbol]) for symbol in symbols]
        if self.grammar is not None and self.grammar.marks:
            text, places = fill(self.grammar, characters, silent)
        else:
            places = tuple(i for i, quiet in enumerate(silent) if not quiet)
            text = "".join(characters[i] for i in places)
        return Path(text, path.score, min(1.0, probability), edges, symbols, places)

    @cached_property
    def posteriors(self) -> NDArray[np.float32]:
        """The probability that the right path goes through each edge with each symbol, float32 (E, S)."""
        lattice, scores, classes = self._lattice, self._edges.scores, self._table.classes
        chance = np.zeros(self._weights.total.shape)
        chance[lattice.edge, lattice.kind] = lattice.chances[0]
        within = np.exp(scores - self._weights.total[:, classes])
        found = np.empty(scores.shape, np.float32)
        found[self._order] = np.where(scores > NEVER / 2, chance[:, classes] * within, 0)
        return found


def best_paths(graph: Graph, n: int = 1, grammar: Grammar | None = None) -> list[Path]:
    """Return the different answers of the ``n`` best paths; see ``Answers.best``."""
    return Answers(graph, grammar).best(n)


def posteriors(graph: Graph, grammar: Grammar | None = None) -> tuple[float, NDArray[np.float32]]:
    """Return log of the weight of all paths (in the grammar), and float32 (E, S): how probable each candidate is."""
    answers = Answers(graph, grammar)
    return answers.log_total, answers.posteriors
