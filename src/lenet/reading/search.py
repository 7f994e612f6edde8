"""The best paths of a lattice that read differently, and how probable what they read is."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .grammar.table import Table
from .lattice import NEVER, Edges, Floats, Lattice


class Hypothesis(NamedTuple):
    """A path from the beginning to a point: the path without its last step, and that step.

    Attributes:
        before: the path without the last step; None: there is no step.
        edge, symbol: the last step.
        point: where it ends.
        score: its log score.
        read: the symbols of its steps that aren't silent.
    """

    before: Hypothesis | None
    edge: int
    symbol: int
    point: int
    score: float
    read: tuple[int, ...]

    def steps(self) -> list[tuple[int, int]]:
        """Return edge and symbol of each step."""
        step, found = self, []
        while step.before is not None:
            found.append((step.edge, step.symbol))
            step = step.before
        return found[::-1]


def different(lattice: Lattice, scores: Floats, table: Table, silent: NDArray[np.bool_], most: int) -> list[Hypothesis]:
    """Return the best paths that read differently, at most ``most``, best first; of those that read the same, the best.

    A* with the exact score of the best rest of each path, so that whole paths come in their order. A point is passed
    once for each reading up to it, and for the best ``most`` readings: others would end in worse answers than theirs.

    Args:
        lattice: to search.
        scores: float64 (E, S): log score of each symbol on each edge.
        table: the grammar of the lattice.
        silent: bool (S,).
        most: 1 or more.
    """
    steps = _Steps(lattice, _quietest(scores, silent), table)
    heard = (~silent).tolist()
    finals = set(lattice.final.tolist())
    passed: defaultdict[int, set[tuple[int, ...]]] = defaultdict(set)
    order = count()
    waiting: list[tuple[float, int, Hypothesis, int]] = []
    found: list[Hypothesis] = []

    def wait(path: Hypothesis, rank: int) -> None:
        """Put the path with its step of that rank in line."""
        whole = steps.of(path.point)[0]
        if rank < len(whole):
            heapq.heappush(waiting, (-path.score - whole[rank], next(order), path, rank))

    def arrive(path: Hypothesis) -> None:
        """Take a path into account whose turn it is."""
        readings = passed[path.point]
        if path.read in readings or len(readings) == most:
            return
        readings.add(path.read)
        if path.point in finals:
            found.append(path)
        else:
            wait(path, 0)

    arrive(Hypothesis(None, -1, -1, 0, 0.0, ()))
    while waiting and len(found) < most:
        _, _, path, rank = heapq.heappop(waiting)
        wait(path, rank + 1)
        _, scores_of, edges, symbols, points = steps.of(path.point)
        symbol = symbols[rank]
        read = (*path.read, symbol) if heard[symbol] else path.read
        arrive(Hypothesis(path, edges[rank], symbol, points[rank], path.score + scores_of[rank], read))
    return found


def _quietest(scores: Floats, silent: NDArray[np.bool_]) -> Floats:
    """Return the scores without an edge's silent symbols, but for the best of them: they read the same."""
    quiet = np.flatnonzero(silent)
    if len(quiet) < 2:
        return scores
    rows, best = np.arange(len(scores)), quiet[scores[:, quiet].argmax(axis=1)]
    kept = scores.copy()
    kept[:, quiet] = NEVER
    kept[rows, best] = scores[rows, best]
    return kept


Steps = tuple[list[float], list[float], list[int], list[int], list[int]]


class _Steps:
    """The steps from each point on that lead to an end, best first; found when they are asked for."""

    def __init__(self, lattice: Lattice, scores: Floats, table: Table) -> None:
        self._lattice = lattice
        self._scores = scores
        self._of_kind = np.where(np.arange(table.next.shape[1])[:, None] == table.classes, 0, NEVER)  # (C, S)
        self._firsts = [block.points.start for block in lattice.blocks]
        self._known: dict[int, Steps] = {}

    def of(self, point: int) -> Steps:
        """Return for each step its score with the best way on from it, its own score, edge, symbol and next point."""
        if point not in self._known:
            self._known[point] = self._found(point)
        return self._known[point]

    def _found(self, point: int) -> Steps:
        block = self._lattice.blocks[bisect_right(self._firsts, point) - 1]
        if not block.points.start <= point < block.points.stop:
            return [], [], [], [], []
        edges, kinds = self._lattice.edge[block.pairs], self._lattice.kind[block.pairs]
        to = block.to[point - block.points.start]
        scores = self._scores[edges] + self._of_kind[kinds]
        whole = scores + self._lattice.ahead[1][to, None]
        rows, symbols = np.nonzero(whole > NEVER / 2)
        best_first = np.argsort(-whole[rows, symbols], kind="stable")
        rows, symbols = rows[best_first], symbols[best_first]
        return (
            whole[rows, symbols].tolist(),
            scores[rows, symbols].tolist(),
            edges[rows].tolist(),
            symbols.tolist(),
            to[rows].tolist(),
        )


def probabilities(
    lattice: Lattice, edges: Edges, table: Table, silent: NDArray[np.bool_], readings: list[tuple[int, ...]]
) -> list[float]:
    """Return the probability of each reading: the share that all of its paths have in those of the lattice.

    Args:
        lattice: of the edges and the table.
        edges: of the graph.
        table: the grammar.
        silent: bool (S,).
        readings: for each the symbols that aren't silent.
    """
    letters, states = _padded(readings, table)  # (n, L), (n, L + 1)
    # All paths from a point to an end have this weight; a step's chance is its part of it, and so in [0, 1].
    total = lattice.ahead[0][lattice.point(np.arange(edges.nodes)[:, None, None], states)]  # (nodes, n, L + 1)
    before, after = np.where(total > NEVER / 2, total, -NEVER)[edges.starts], total[edges.ends]
    passed = np.logaddexp.reduce(edges.scores[:, silent], axis=1, initial=NEVER)
    passes = np.exp(passed[:, None, None] + after - before)  # (E, n, L + 1)
    reads = np.where(letters >= 0, edges.scores[:, letters], NEVER)
    reads = np.exp(reads + after[..., 1:] - before[..., :-1])  # (E, n, L)
    chance = np.zeros(total.shape)
    chance[-1, np.arange(len(readings)), [len(reading) for reading in readings]] = 1
    bounds = np.searchsorted(edges.starts, np.arange(edges.nodes)).tolist()
    for node in reversed(range(edges.nodes - 1)):
        step = slice(bounds[node], bounds[node + 1])
        rest = chance[edges.ends[step]]
        chance[node] = (passes[step] * rest).sum(axis=0)
        chance[node, :, :-1] += (reads[step] * rest[..., 1:]).sum(axis=0)
    return [float(share) for share in chance[0, :, 0]]


def _padded(readings: list[tuple[int, ...]], table: Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return readings (n, L) and the table's states before each letter and at the end (n, L + 1); -1 beyond the end."""
    longest = max(map(len, readings))
    letters = np.full((len(readings), longest), -1)
    states = np.full((len(readings), longest + 1), -1)
    states[:, 0] = table.start
    for n, reading in enumerate(readings):
        letters[n, : len(reading)] = reading
        for i, symbol in enumerate(reading):
            states[n, i + 1] = table.next[states[n, i], table.classes[symbol]]
    return letters, states
