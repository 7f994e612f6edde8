"""Where on a line the characters of a text stand, and what else each of them may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chains import Chains
from .characters import Characters
from .track import Track


@dataclass(frozen=True)
class Place:
    """A character on a line.

    Attributes:
        symbol: the character.
        start: column of the line that the first answer naming it stands at.
        end: that of the last.
        centre: their middle, weighed by how clearly each answer names it; between ``start`` and ``end``.
        confidence: its probability, 0 to 1, given the other characters of the text.
        alternatives: (symbol, probability), the likeliest first; "" stands for no character. They add up to 1.
    """

    symbol: str
    start: float
    end: float
    centre: float
    confidence: float
    alternatives: tuple[tuple[str, float], ...]


def places(characters: Characters, track: Track, text: str) -> list[Place]:
    """Return where each character of ``text`` stands, by the best of its paths; none where the line is too short.

    Raises:
        LenetError: the text has a character that isn't one of the track's symbols.
    """
    path = best_path(characters, track, text)
    if path is None:
        return []
    period = characters.places(track) + 1
    found = []
    for number, (character, others) in enumerate(zip(text, _alternatives(characters, track, text), strict=True)):
        run = np.flatnonzero((path // period == number) & (path % period > 0))
        columns, shares = track.centres[run], track.shares[run, track.symbols.index(character)]
        centre = float(columns @ shares / shares.sum())
        found.append(Place(character, float(columns[0]), float(columns[-1]), centre, dict(others)[character], others))
    return found


def best_path(characters: Characters, track: Track, text: str) -> NDArray[np.int64] | None:
    """Return the weightiest path of a text, the state of ``Chains`` at each place (T,); None: there is none.

    Viterbi: state 0 is the gap before the first character, then come its m places, the gap after it, and so on.
    """
    chain = Chains.of([text], track.symbols, characters.places(track))
    symbols, states = chain.symbols[0], chain.symbols.shape[1]
    with np.errstate(divide="ignore"):
        given = np.log(characters.weights(track))[:, symbols]
        entries = np.where(chain.first[0], characters.entry, 1.0)
        moves = np.log(np.stack([chain.stays[0], entries, chain.skips[0] * entries]))  # from 0, 1, 2 states before
    best = np.full(states + 2, -np.inf)
    best[2] = 0.0
    came = np.empty((len(given), states), np.int64)
    for place, row in enumerate(given):
        ways = moves + np.stack([best[2:], best[1:-1], best[:-2]])
        came[place] = ways.argmax(axis=0)
        best[2:] = ways.max(axis=0) + row
    ends = np.where(chain.last[0], best[2:], -np.inf)
    state = int(ends.argmax())
    if ends[state] == -np.inf:
        return None
    path = np.empty(len(given), np.int64)
    for place in range(len(given) - 1, -1, -1):
        path[place] = state
        state -= came[place, state]
    return path


def _alternatives(characters: Characters, track: Track, text: str) -> list[tuple[tuple[str, float], ...]]:
    """Return for each character what may stand in its place: the text with another one there, or none."""
    choices = [*track.symbols, ""]
    texts = [text[:i] + choice + text[i + 1 :] for i in range(len(text)) for choice in choices]
    logs = characters.log_probabilities(track, texts).reshape(len(text), len(choices))
    shares = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf)) if len(text) else logs
    shares = shares / shares.sum(axis=1, keepdims=True)
    orders = np.argsort(-shares, axis=1, kind="stable")
    return [tuple((choices[i], float(row[i])) for i in order) for row, order in zip(shares, orders, strict=True)]
