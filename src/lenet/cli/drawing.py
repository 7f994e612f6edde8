"""Pictures of a data set on stdout, as it can show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ..report.terminal import Picture, draw, gallery
from .common import FALLBACK_WIDTH, style, width

DETAILED = 28  # columns of a picture that is drawn alone


def one(picture: Picture) -> str:
    """Return a picture alone, a character for each pixel across."""
    return "\n".join(draw(picture, style(), DETAILED))


def labelled(pictures: Sequence[Picture], labels: NDArray[Any], classes: Sequence[str]) -> str:
    """Return pictures, each above the name of its class."""
    return gallery(pictures, [[classes[label]] for label in labels], style(), width() or FALLBACK_WIDTH)


def answered(pictures: Sequence[Picture], answers: NDArray[Any], labels: NDArray[Any], classes: Sequence[str]) -> str:
    """Return pictures, each above what it was read as and what it is; the wrong ones are marked."""
    captions = [
        [f"read {classes[answer]}", f"  is {classes[label]}", "" if answer == label else "^^^ wrong"]
        for answer, label in zip(answers, labels, strict=True)
    ]
    return gallery(pictures, captions, style(), width() or FALLBACK_WIDTH)
