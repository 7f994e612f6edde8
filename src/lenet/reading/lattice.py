"""A graph of candidates intersected with a grammar, and sums and maxima over its paths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .grammar.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_STATES = 1000  # of one node; more matter only where nothing can be read
NEVER = -1e30  # the logarithm of 0, with which sums and differences stay numbers


class Edges(NamedTuple):
    """The edges of a graph, rising by start.

    Attributes:
        nodes: of the graph; paths go from the first to the last.
        starts, ends: int (E,): nodes.
        scores: float64 (E, S): log score of each symbol; NEVER where impossible.
    """

    nodes: int
    starts: Ints
    ends: Ints
    scores: Floats


class Weights(NamedTuple):
    """What edges say of classes of symbols, float64 (E, C): log of the sum over each class, and the best of it."""

    total: Floats
    best: Floats

    @classmethod
    def of(cls, scores: Floats, classes: Ints) -> Weights:
        """Return the weights of log scores (E, S) by the class of each symbol, (S,)."""
        count = int(classes.max()) + 1
        total, best = np.empty((2, len(scores), count))
        for k in range(count):
            members = scores[:, classes == k] if count > 1 else scores
            total[:, k] = best[:, k] = members.max(axis=1)
            if members.shape[1] > 1:
                total[:, k] += np.log(np.exp(members - best[:, k, None]).sum(axis=1))
        return cls(total, best)


class Block(NamedTuple):
    """The points of one node, M of them, and what goes out from there: K pairs of an edge and a class.

    Attributes:
        points: of the node.
        pairs: that go out from it.
        to: int (M, K): the point that each pair leads to from each point, or that after the last: nowhere.
    """

    points: slice
    pairs: slice
    to: Ints


@dataclass(frozen=True, eq=False)
class Lattice:
    """Points, each a node of the graph and a state of the grammar; from point 0 to the final ones go the paths.

    Attributes:
        keys: int (points,): node x Q + state of each point, rising.
        states: Q, how many the grammar has.
        final: int (F,): the points where an answer may end.
        edge, kind: int (P,): the pairs of an edge and a class of symbols, rising by the edge's start.
        weights: float64 (P,), twice: of the pairs.
        blocks: of each node from which a path goes on, in order.
        lost: the share, in all paths, of those that were left out of the lattice, or more.
        missed: the largest share that one that was left out can have.
    """

    keys: Ints
    states: int
    final: Ints
    edge: Ints
    kind: Ints
    weights: Weights
    blocks: list[Block]
    lost: float = 0.0
    missed: float = 0.0

    @cached_property
    def ahead(self) -> tuple[Floats, Floats]:
        """For each point and nowhere, log of the sum over all paths from it to an end, and the best: float64, twice."""
        total, best = np.full((2, len(self.keys) + 1), NEVER)
        total[self.final] = best[self.final] = 0
        for points, pairs, to in reversed(self.blocks):
            best[points] = (self.weights.best[pairs] + best[to]).max(axis=1)
            total[points] = _log_sums(self.weights.total[pairs] + total[to])
        return total, best

    @cached_property
    def chances(self) -> tuple[Floats, Floats]:
        """The probability that a path takes each pair, float64 (P,), and that it passes each point, (points,)."""
        total = self.ahead[0]
        taken, passing = np.zeros(len(self.edge)), np.zeros(len(total))
        passing[0] = total[0] > NEVER / 2
        for points, pairs, to in self.blocks:
            if passing[points].any():
                step = np.exp(self.weights.total[pairs] + total[to] - total[points, None]) * passing[points, None]
                taken[pairs] = step.sum(axis=0)
                np.add.at(passing, to.ravel(), step.ravel())
        return taken, passing[:-1]

    def point(self, nodes: Ints, states: Ints) -> Ints:
        """Return the points of nodes with states, of any shapes that broadcast; nowhere's where there is none."""
        keys = nodes * self.states + states
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[found] == keys) & (states >= 0), found, len(self.keys))


def _log_sums(rows: Floats) -> Floats:
    """Return the logarithm of the sum of the exponentials of each row."""
    if len(rows) == 1:  # as on a graph alone: several times as fast, and slower for many rows
        return np.asarray(np.logaddexp.reduce(rows, axis=1))
    most = rows.max(axis=1)
    return np.asarray(most + np.log(np.exp(rows - most[:, None]).sum(axis=1)))


def free(edges: Edges, weights: Weights) -> Lattice:
    """Return the lattice of a graph alone, all symbols of one class: points are nodes, pairs are edges."""
    bounds = np.searchsorted(edges.starts, np.arange(edges.nodes + 1)).tolist()
    blocks = [
        Block(slice(node, node + 1), slice(first, last), edges.ends[None, first:last])
        for node, (first, last) in enumerate(pairwise(bounds))
        if first < last
    ]
    keys, edge = np.arange(edges.nodes), np.arange(len(edges.starts))
    return Lattice(keys, 1, keys[-1:], edge, np.zeros_like(edge), Weights(*(w[:, 0] for w in weights)), blocks)


def intersect(edges: Edges, weights: Weights, table: Table, alone: Lattice, least: float) -> Lattice:
    """Return the lattice of a graph and a table: of the points that a path reaches, and reaches probably enough.

    What a grammar accepts is part of all paths. How probably one of all paths takes an edge, or reaches a point in the
    grammar, is known before what comes after it in the grammar is, and bounds what is lost without that edge or point.

    Args:
        edges: of the graph.
        weights: of the edges by the table's classes.
        table: the grammar.
        alone: the lattice of the graph alone.
        least: edges and points less probable than this are left out; above 0.
    """
    states, ahead = len(table.next), alone.ahead[0]
    passing = alone.chances[1]
    before = np.where(ahead > NEVER / 2, ahead, -NEVER)
    onward = np.exp(
        weights.total + (ahead[edges.ends] - before[edges.starts])[:, None]
    )  # (E, C), of paths at its start
    taken = onward * passing[edges.starts, None]
    edge, kind = np.nonzero(taken >= least)
    onward, beyond = onward[edge, kind], edges.ends[edge] * states
    bounds = np.searchsorted(edges.starts[edge], np.arange(edges.nodes + 1)).tolist()
    nowhere = edges.nodes * states
    mass = np.zeros(nowhere + 1)  # how probably one of all paths reaches each point
    mass[table.start] = passing[0]
    losses, keys, found, count = [taken[taken < least]], [], [], 0
    for node, (first, last) in enumerate(pairwise(bounds)):
        row = mass[node * states : (node + 1) * states]
        here = _probable(row, least)
        if len(here) and first < last:
            after = table.next[here[:, None], kind[first:last]]
            to = np.where(after >= 0, beyond[first:last] + after, nowhere)
            np.add.at(mass, to.ravel(), (row[here, None] * onward[first:last]).ravel())
            found.append(Block(slice(count, count + len(here)), slice(first, last), to))
        keys.append(node * states + here)
        count += len(here)
        row[here] = 0
        losses.append(row[row > 0])
    points = np.concatenate(keys)
    number = np.full(nowhere + 1, count)
    number[points] = np.arange(count)
    blocks = [Block(points, pairs, number[to]) for points, pairs, to in found]
    final = np.flatnonzero((points // states == edges.nodes - 1) & table.accepting[points % states])
    lost = np.concatenate(losses)
    chosen = Weights(*(weight[edge, kind] for weight in weights))
    return Lattice(points, states, final, edge, kind, chosen, blocks, float(lost.sum()), float(lost.max(initial=0)))


def _probable(mass: Floats, least: float) -> Ints:
    """Return the states of a node, rising, that are at least so probable; at most so many as can be held."""
    here = np.flatnonzero(mass >= least)
    return here if len(here) <= MOST_STATES else np.sort(here[np.argpartition(-mass[here], MOST_STATES)[:MOST_STATES]])
