"""Reading a line without cutting it: strip, answers along it, texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...model import Model
from ...page.straight import Straight
from ...page.strip import Strip, strip_of
from .beam import Found, Grammar, likeliest
from .characters import Characters
from .network import SlidingNetwork
from .places import Place, places
from .track import Track, track

STEP = 2  # columns from one answer to the next


@dataclass(frozen=True, eq=False)
class Along:
    """What a network says along a line, and which texts that makes likely.

    Attributes:
        strip: what it has read.
        track: what it has said.
        characters: how characters follow one another.
    """

    strip: Strip
    track: Track
    characters: Characters

    def likeliest(self, n: int = 1, grammar: Grammar | None = None) -> list[Found]:
        """Return up to ``n`` different texts, the likeliest first; none where none fits the grammar."""
        return likeliest(self.characters, self.track, n, grammar)

    def log_probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the logarithm of each text's probability among all texts (N,); -inf: it can't be on the line."""
        return self.characters.log_probabilities(self.track, texts)

    def places(self, text: str) -> list[Place]:
        """Return where the characters of a text stand, columns of the straight line; none where it's too short."""
        scale = self.strip.scale
        return [
            replace(place, start=place.start / scale, end=place.end / scale, centre=place.centre / scale)
            for place in places(self.characters, self.track, text)
        ]


class Sliding:
    """A network that reads straight lines at every place at once. Threads may share it."""

    def __init__(self, model: Model, characters: Characters | None = None, *, step: int = STEP) -> None:
        """Take a network of 32 rows, one of whose classes is a space: no character.

        Raises:
            LenetError: the network can't slide.
        """
        self.network, self.characters = SlidingNetwork(model, step=step), characters or Characters()

    def read(self, line: Straight, *, keep_marks: bool = False) -> Along:
        """Return what is along a line.

        Raises:
            LenetError: the network has no class for what is no character.
        """
        strip, network = strip_of(line), self.network
        said = track(network.read(strip.image), network.model.classes, network.step, keep_marks=keep_marks)
        return Along(strip, said, self.characters)
