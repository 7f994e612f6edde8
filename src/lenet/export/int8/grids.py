"""Which whole numbers stand for a layer's answers."""

from __future__ import annotations

from math import frexp

from ...network import AMPLITUDE, Activation
from ...preparation import Preparation
from .quantised import MOST, TANH_ONE, Grid, Scaling

HALF = 2**30  # weights may bring a sum up to here, and a bias takes no more than HALF / 2
AMPLITUDES = {Activation.SCALED_TANH: AMPLITUDE, Activation.TANH: 1.0, Activation.SIGMOID: 1.0}


def of_picture(preparation: Preparation) -> Grid:
    """Return what a picture's bytes 0 to 255 mean: x = low + (high - low) p / 255, to half a byte."""
    scale = (preparation.high - preparation.low) / 255
    return Grid(scale, round(-preparation.low / scale), 0, 255)


def of_maps(activation: Activation, reach: tuple[float, float]) -> Grid:
    """Return 8 bits for numbers that ``reach`` from .. to .., as far as the activation can."""
    low, high = within(activation, reach)
    if activation in (Activation.SCALED_TANH, Activation.TANH):
        return Grid(max(high, -low) / 127, 128, 1, 255)
    scale = (high - low) / 255
    return Grid(scale, round(-low / scale), 0, 255)


def of_units(activation: Activation, reach: tuple[float, float], largest: int) -> Grid:
    """Return 16 bits, of -``largest`` to ``largest``, for the numbers of a row of units."""
    low, high = within(activation, reach)
    least = 0 if activation in (Activation.RELU, Activation.SIGMOID) else -largest
    return Grid(max(high, -low) / largest, 0, least, largest)


def of_scores(activation: Activation, most: float) -> Grid:
    """Return 32 bits for scores of at most +-``most``, at a scale that is a power of 2."""
    least = 0 if activation in (Activation.RELU, Activation.SIGMOID) else -MOST
    return Grid(2.0 ** (frexp(max(most, 1e-30))[1] - 30), 0, least, MOST)


def within(activation: Activation, reach: tuple[float, float]) -> tuple[float, float]:
    """Return a range that holds 0, and as much of ``reach`` as an activation can give."""
    low, high = min(reach[0], 0.0), max(reach[1], 0.0)
    most = AMPLITUDES.get(activation)
    if most is not None:
        low, high = (0.0 if activation is Activation.SIGMOID else max(low, -most)), min(high, most)
    elif activation is Activation.RELU:
        low = 0.0
    return low, max(high, low + 1e-6)


def scaling(ratios: list[float]) -> Scaling:
    """Return the multiplication by each of ``ratios``, with a common shift: 31 bits for the largest."""
    shift = min(max(31 - frexp(max(ratios))[1], 1), 62)
    multiplier = tuple(min(round(ratio * 2.0**shift), MOST) for ratio in ratios)
    return Scaling(multiplier if len(set(multiplier)) > 1 else multiplier[:1], shift)


def after_tanh(activation: Activation, output: Grid) -> tuple[Scaling, int]:
    """Return how a look-up becomes an output, and the lift before."""
    lift = TANH_ONE if activation is Activation.SIGMOID else 0
    whole = TANH_ONE + lift  # what is looked up where the activation is at its amplitude
    return scaling([AMPLITUDES[activation] / whole / output.scale]), lift
