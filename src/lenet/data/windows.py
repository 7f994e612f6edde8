"""Windows cut out of written lines, as a network that slides along a line sees them, each with what its middle is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..page.cleaning import clean
from ..page.straight import Straight, straighten
from ..page.strip import Strip, strip_of
from .candidates import RUBBISH, class_of
from .writing import Written

SIDE = 32
LEGIBLE = 0.4  # of the ink that a line has or seems to have, what is both: with less it can't be read
NEAR = 0.28  # of a character's width: a window whose middle is that far from the character's names it ...
NEAREST, FARTHEST = 2.5, 4.5  # ... but no less and no more than so many columns ...
APART = 0.35  # ... nor than this share of the way to the next character
DOUBT = 1.5  # columns further on that are neither
COPIES = 3  # windows a character


@dataclass(frozen=True, eq=False)
class Characters:
    """Where the characters of a strip are.

    Attributes:
        centres: float64 (K,), columns, between a character's left and right ends.
        reach: float64 (K,), how many columns from there a window still names it.
        labels: int64 (K,), their classes.
    """

    centres: NDArray[np.float64]
    reach: NDArray[np.float64]
    labels: NDArray[np.int64]


def cut_out(rng: np.random.Generator, written: Written, *, slant: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return windows of a picture of a line, uint8 (N, 32, 32), and labels, uint8 (N,); none where it can't be read.

    Args:
        rng: of which windows are taken.
        written: the picture.
        slant: whether its strokes may be leaning.
    """
    ink = clean(written.picture)
    line, own = straighten(ink, slant=slant), written.owner >= 0
    if line is None or (own & ink.mask).sum() < LEGIBLE * (own | ink.mask).sum():
        return np.empty((0, SIDE, SIDE), np.uint8), np.empty(0, np.uint8)
    strip = strip_of(line)
    return windows(rng, strip, characters_of(line, strip, written.owner, written.text))


def characters_of(line: Straight, strip: Strip, owner: NDArray[np.int16], text: str) -> Characters:
    """Return where the characters of a written line are in its strip.

    Args:
        line: the line.
        strip: its strip.
        owner: int16 (H, W), the number in ``text`` of the character that a pixel of the picture belongs to; or -1.
        text: what is written.
    """
    y, x = np.nonzero(owner >= 0)
    rows = (y + 0.5) * line.scale - line.top
    columns = ((x + 0.5) * line.scale - line.left - line.shear * rows) * strip.scale
    who = owner[y, x]
    ends = np.array(
        [np.percentile(columns[who == k], (1, 99)) if (who == k).any() else (0, -1) for k in range(len(text))]
    )
    ends = ends.reshape(-1, 2)
    there = np.flatnonzero(ends[:, 1] >= ends[:, 0])
    names = np.array([class_of(character) for character in text], np.int64)
    centres, widths = ends[there].mean(axis=1), ends[there, 1] - ends[there, 0] + 1
    away = np.abs(centres[:, None] - centres) + np.where(np.eye(len(centres), dtype=bool), np.inf, 0)
    reach = np.clip(NEAR * widths, NEAREST, FARTHEST)
    return Characters(centres, np.minimum(reach, APART * away.min(axis=1, initial=np.inf)), names[there])


def windows(
    rng: np.random.Generator, strip: Strip, characters: Characters
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return windows of a strip, uint8 (N, 32, 32), and what is in their middles, uint8 (N,).

    Some look at each character, from about its middle; and about as many look between two, or beside the line.
    """
    columns = strip.image.shape[1]
    centres = np.repeat(characters.centres, COPIES)
    at = centres + rng.uniform(-1, 1, len(centres)) * np.repeat(characters.reach, COPIES)
    between = _between(rng, characters, columns, len(centres))
    at = np.concatenate([at, between])
    labels = np.concatenate([np.repeat(characters.labels, COPIES), np.full(len(between), RUBBISH)])
    starts = np.clip(np.rint(at).astype(np.int64), 0, columns)  # of windows in the strip with half a window before it
    padded = np.pad(strip.image, ((0, 0), (SIDE // 2, SIDE // 2)))
    views = np.lib.stride_tricks.sliding_window_view(padded, SIDE, axis=1)  # (32, columns + 1, 32)
    return np.ascontiguousarray(views[:, starts].transpose(1, 0, 2)), labels.astype(np.uint8)


def _between(rng: np.random.Generator, characters: Characters, columns: int, count: int) -> NDArray[np.float64]:
    """Return up to ``count`` columns that no character is near: half of them midway between two, where they're hard."""
    middles = (characters.centres[1:] + characters.centres[:-1]) / 2
    hard = rng.choice(middles, count // 2) + rng.normal(0, 1, count // 2) if len(middles) else np.empty(0)
    at = np.concatenate([hard, rng.uniform(-2, columns + 2, count - len(hard))])
    far = (np.abs(at[:, None] - characters.centres) > characters.reach + DOUBT).all(axis=1)
    return at[far]
