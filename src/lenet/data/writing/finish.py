"""What is written on a canvas -> a picture of it on some paper."""

from __future__ import annotations

from .camera import brightness, photograph
from .chance import Rng
from .paper import paper
from .pen import Canvas, Pen
from .truth import Written


def finished(rng: Rng, canvas: Canvas, text: str, size: float, pen: Pen) -> Written:
    """Return a picture of a canvas on some paper; ``size`` is a digit's height in pixels."""
    height, width = canvas.ink.shape
    dark = brightness(rng, pen.width)
    sheet = paper(rng, (height, width), size, 1 - dark)
    return Written(photograph(rng, sheet, canvas.ink, dark), canvas.owner, canvas.ink, text)
