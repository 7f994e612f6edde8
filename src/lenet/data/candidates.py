"""Candidates cut out of written pictures, as the reader cuts them, each with what it is.

A picture that was made knows which character each pixel's ink belongs to. A candidate that holds nearly all ink of one
character and little else is that character; one that holds a piece of a character, or parts of several, is rubbish; and
what lies between the two teaches nothing and is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..page.candidates import Candidates, find_candidates
from ..page.cleaning import clean
from ..page.cuts import Cuts, find_cuts, pieces
from ..page.straight import Straight, straighten
from ..zoo import READ
from .writing import Written
from .writing.chance import Rng

CLASSES = READ  # the names of the labels, a character each
RUBBISH, UNTOLD = CLASSES.index(" "), -1
WHOLE, PART = 0.88, 0.66  # of a character's ink: from here it is one; up to here a piece of one
PURE, MIXED = 0.12, 0.34  # of a candidate's ink that is not its character's: up to here it is one; from here several
BESIDE = 0.08  # of a digit's height: ink so near a character is its own
INKED = 0.25  # of full ink: from here a pixel belongs to somebody
TALL = 0.4  # of a digit's height: what may be a digit
MOST, LEAST = 1.2, 2  # rubbish that is kept for each character of a picture; for a picture

Images = NDArray[np.uint8]
Labels = NDArray[np.int16]


def cut_out(rng: Rng, written: Written, *, slant: bool) -> tuple[Images, NDArray[np.uint8]]:
    """Return the candidates of a picture of one line or character: images uint8 (N, 28, 28) and labels uint8 (N,).

    Most candidates are rubbish; it is thinned out to about as much as there are characters.

    Args:
        rng: of which rubbish is kept.
        written: the picture.
        slant: whether its strokes may be leaning, as those of a line.
    """
    line = straighten(clean(written.picture), slant=slant)
    if line is None:
        return np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8)
    cuts, _ = find_cuts(line)
    found = find_candidates(line, cuts)
    labels = label(line, cuts, found, written)
    rubbish, characters = np.flatnonzero(labels == RUBBISH), np.flatnonzero((labels >= 0) & (labels != RUBBISH))
    most = max(int(MOST * len(characters)), LEAST)
    if len(rubbish) > most:
        rubbish = rng.choice(rubbish, most, replace=False)
    kept = np.concatenate([characters, rubbish])
    return found.images[kept], labels[kept].astype(np.uint8)


def label(line: Straight, cuts: Cuts, found: Candidates, written: Written) -> Labels:
    """Return the class of each candidate by ``CLASSES``, int16 (E,); UNTOLD where it is neither one nor rubbish.

    Args:
        line: the picture's, upright.
        cuts: of it.
        found: its candidates.
        written: the picture and what is true of it.
    """
    if not written.text:
        return np.full(len(found), RUBBISH, np.int16)
    ink = _ink_by_owner(line, cuts, written)  # (pieces, owners)
    sums = np.concatenate([np.zeros_like(ink[:1]), np.cumsum(ink, axis=0)])
    held = sums[found.ends] - sums[found.starts]  # (E, owners)
    owner = held[:, :-1].argmax(axis=1)  # the last is nobody
    own = held[np.arange(len(held)), owner]
    share = own / np.maximum(ink.sum(axis=0)[owner], 1e-6)
    others = 1 - own / np.maximum(held.sum(axis=1), 1e-6)
    classes = np.array([class_of(character) for character in written.text])
    labels = np.where((share >= WHOLE) & (others <= PURE), classes[owner], UNTOLD)
    labels[(share <= PART) | (others >= MIXED)] = RUBBISH
    tall = found.boxes[:, 3] - found.boxes[:, 1] > TALL * line.height
    labels[tall & (held[:, -1] > 0.5 * held.sum(axis=1))] = UNTOLD  # writing beside the line: it may be a whole digit
    return labels.astype(np.int16)


def class_of(character: str) -> int:
    """Return the class of a written character: its own, that of what looks like it, or rubbish."""
    alike = {",": ".", "£": "$", "€": "$"}.get(character, character)
    return CLASSES.index(alike) if alike in CLASSES else RUBBISH


def _ink_by_owner(line: Straight, cuts: Cuts, written: Written) -> NDArray[np.float64]:
    """Return how much ink of each character lies in each piece between two cuts, (pieces, characters + 1).

    The last column is ink of nobody: of rules, dirt, and writing beside the line.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    reach = 1 + 2 * int(np.ceil(BESIDE * line.height / line.scale))  # pixels of the picture
    near = ndimage.maximum_filter(written.owner, reach)  # a line's strokes may be widened, and are blurred
    owner = np.where((written.owner < 0) & (written.ink < INKED), near, written.owner)
    rows, columns = np.nonzero(line.amount > INKED)
    down = (rows + 0.5 + line.top) / line.scale
    across = (columns + 0.5 + line.left + line.shear * rows) / line.scale
    y, x = (np.clip(at.astype(np.int64), 0, side - 1) for at, side in zip((down, across), owner.shape, strict=True))
    piece = pieces(cuts, line.amount.shape[1])[rows, columns].astype(np.int64)
    count, owners = len(cuts) - 1, len(written.text) + 1
    place = piece * owners + owner[y, x] % owners  # nobody, -1, comes last
    return np.asarray(np.bincount(place, line.amount[rows, columns], count * owners).reshape(count, owners), np.float64)
