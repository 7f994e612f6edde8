"""Pictures of a single character."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .chance import Range, Rng, between, near, one_of, scaled
from .hand import Hand
from .line import finished
from .pen import Canvas
from .supply import Digits, Supply
from .truth import Written


@dataclass(frozen=True)
class Singles:
    """How pictures of single characters differ."""

    frame: Mapping[str, Range] = field(
        default_factory=lambda: {"small": (20, 48), "middle": (40, 110), "large": (100, 400)}
    )
    frames: Mapping[str, float] = field(default_factory=lambda: {"small": 6, "middle": 3, "large": 0.4})
    aspect: Range = (0.7, 1.5)  # of the frame, width to height
    square: float = 0.5
    height: Range = (0.35, 1.0)  # of the character, of the frame
    off: float = 0.1  # the middle, of the frame
    negative: float = 0.25


def write_single(rng: Rng, digits: Digits, *, singles: Singles = Singles()) -> Written:
    """Write one character; ``digits`` and ``rng`` as in ``write_line``."""
    text = "?" if rng.random() < singles.negative else str(rng.integers(10))
    tall = scaled(rng, singles.frame[one_of(rng, singles.frames)])
    wide = tall * (1 if rng.random() < singles.square else scaled(rng, singles.aspect))
    hand = Hand.random(rng, tall * between(rng, singles.height))
    strokes = hand.write(rng, Supply(rng, digits)(text))
    left, top, right, bottom = strokes.box
    pen = hand.pen.width
    fit = min(1.0, (wide - pen) / max(right - left, 1), (tall - pen) / max(bottom - top, 1))
    strokes = strokes.moved(-(left + right) / 2, -(top + bottom) / 2).placed([[fit, 0], [0, fit]])
    x, y = (
        side / 2 + near(rng, singles.off) * (side - fit * extent - pen)
        for side, extent in ((wide, right - left), (tall, bottom - top))
    )
    canvas = Canvas.blank(int(tall), int(wide))
    canvas.draw(strokes.moved(x, y), hand.pen, 0)
    return finished(rng, canvas, text, hand)
