"""Pictures of a single character."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .chance import Range, Rng, any_of, near, scaled
from .finish import finished
from .hand import Hand
from .negatives import Negatives
from .pen import Canvas, Pen
from .supply import Digits, Supply
from .surroundings import Surroundings, surround
from .truth import Written

BESIDE = Surroundings(kinds={"nothing": 6, "edges": 3, "underline": 0.3, "ruled": 0.4, "cells": 0.2, "crossing": 0.1})


@dataclass(frozen=True)
class Singles:
    """How pictures of single characters differ; ranges have weights."""

    frame: tuple[tuple[Range, float], ...] = (((20, 48), 6.0), ((40, 110), 3.0), ((100, 400), 0.4))  # height, pixels
    aspect: Range = (0.7, 1.6)  # of the frame, width to height
    square: float = 0.5
    height: tuple[tuple[Range, float], ...] = (((0.35, 0.75), 3.0), ((0.7, 1.0), 2.0))  # of the character, of the frame
    off: float = 0.25  # how far the character lies off the middle, of the room
    negative: float = 0.25
    bold: Range = (1.0, 3.0)  # the pen of what is no digit, beside a digit's
    printed: float = 0.5  # how often that's cut off straight
    hollow: float = 0.08  # how often that's only an outline
    full: float = 0.3  # how often that fills the frame


def write_single(rng: Rng, digits: Digits, *, singles: Singles = Singles()) -> Written:
    """Write one character, a digit or ``?``, in the middle of a frame or somewhat beside it.

    Args:
        rng: of everything; in the same state it gives the same picture.
        digits: as ``write_line`` takes them.
        singles: how pictures of single characters differ.

    Raises:
        LenetError: a digit is missing in ``digits``.
    """
    positive = rng.random() >= singles.negative
    text = str(rng.integers(10)) if positive else "?"
    tall = any_of(rng, singles.frame)
    wide = tall * (1.0 if rng.random() < singles.square else scaled(rng, singles.aspect))
    full = not positive and rng.random() < singles.full
    hand = Hand.random(rng, tall * (1.0 if full else any_of(rng, singles.height)))
    if not positive:
        hand = replace(hand, pen=_other_pen(rng, hand, singles))
        if full:
            hand = replace(hand, slant=0.0, slant_jitter=0.0, turn_jitter=0.0, upright=0.0, bend=0.01)
    strokes = hand.write(rng, Supply(rng, digits, negatives=Negatives().all)(text))
    left, top, right, bottom = strokes.box
    pen = 0.5 * hand.pen.width if full else hand.pen.width
    fit = min(1.0, max(wide - pen, 4) / max(right - left, 1), max(tall - pen, 4) / max(bottom - top, 1))
    strokes = strokes.moved(-(left + right) / 2, -(top + bottom) / 2).placed(((fit, 0), (0, fit)))
    width, height = fit * (right - left) + pen, fit * (bottom - top) + pen
    off_x, off_y = (min(max(near(rng, singles.off), -0.5), 0.5) for _ in range(2))
    x, y = wide / 2 + off_x * (wide - width), tall / 2 + off_y * (tall - height)
    canvas = Canvas.blank(int(tall), int(wide))
    if not full:
        place = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        surround(rng, canvas, place, hand.size, hand.pen, surroundings=BESIDE)
    canvas.draw(strokes.moved(x, y), hand.pen, 0)
    return finished(rng, canvas, text, hand.size, hand.pen)


def _other_pen(rng: Rng, hand: Hand, singles: Singles) -> Pen:
    width = min(scaled(rng, singles.bold) * hand.pen.width, 0.4 * hand.size)
    hollow = scaled(rng, (0.1, 0.4)) * width if width > 5 and rng.random() < singles.hollow else 0.0
    return replace(hand.pen, width=width, evenness=0.0, square=rng.random() < singles.printed, hollow=hollow)
