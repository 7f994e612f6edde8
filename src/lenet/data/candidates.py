"""Candidates cut out of written lines, as the reader cuts them, each with what it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..page.candidates import Candidates
from ..page.cuts import Cuts, find_cuts, pieces
from ..page.ink import find_ink
from ..page.straight import Straight, straighten

CLASSES = "0123456789.-=$ "
RUBBISH = CLASSES.index(" ")
WHOLE, PART = 0.88, 0.66  # of a character's ink: from here it is one; up to here a piece of one
BESIDE = 0.08  # of a digit's height: ink so near a character is its own
PURE, MIXED = 0.12, 0.34  # of the candidate's ink that is another's: up to here it is one character; from here several


def label(
    line: Straight, cuts: Cuts, found: Candidates, owner: NDArray[np.int16], ink: NDArray[np.float32], text: str
) -> NDArray[np.int16]:
    """Return the class of each candidate, int16 (E,); -1 where it can't be told."""
    from scipy import ndimage

    reach = 1 + 2 * int(np.ceil(BESIDE * line.height / line.scale))
    near = ndimage.maximum_filter(owner, reach)  # strokes may have been widened, and blurred
    owner = np.where((owner < 0) & (ink < 0.25), near, owner)
    rows, columns = line.amount.shape
    number = pieces(cuts, columns)
    r, c = np.nonzero(line.amount > 0.25)
    y = np.clip(((r + 0.5 + line.top) / line.scale).astype(int), 0, owner.shape[0] - 1)
    x = np.clip(((c + 0.5 + line.left + line.shear * r) / line.scale).astype(int), 0, owner.shape[1] - 1)
    who = owner[y, x].astype(np.int64) + 1
    n, k = len(cuts) - 1, len(text) + 1
    inked = np.bincount(number[r, c].astype(np.int64) * k + who, line.amount[r, c], n * k).reshape(n, k)
    total = inked.sum(axis=0)
    sums = np.concatenate([np.zeros((1, k)), np.cumsum(inked, axis=0)])
    held = sums[found.ends] - sums[found.starts]  # (E, k)
    if k == 1:
        return np.full(len(held), RUBBISH, np.int16)
    best = held[:, 1:].argmax(axis=1)
    each = np.arange(len(held))
    own = held[each, best + 1]
    share = own / np.maximum(total[best + 1], 1e-6)
    foreign = 1 - own / np.maximum(held.sum(axis=1), 1e-6)
    names = np.array([CLASSES.find(".") if t == "," else CLASSES.find(t) if t in CLASSES else RUBBISH for t in text])
    labels = np.full(len(held), -1, np.int16)
    labels[(share >= WHOLE) & (foreign <= PURE)] = 0
    labels = np.where(labels == 0, names[best], labels)
    labels = np.where((share < PART) | (foreign > MIXED), RUBBISH, labels)
    strange = held[:, 0] > 0.5 * held.sum(axis=1)  # writing beside the line may be whole digits
    tall = found.boxes[:, 3] - found.boxes[:, 1] > 0.4 * line.height
    labels = np.where(strange & tall, -1, labels)
    return labels.astype(np.int16)
