"""Random distortions of the training digits."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..network.layer import require, whole
from .checks import between

MOST_COPIES = 1000


@dataclass(frozen=True)
class Distortion:
    """Random distortions of the training digits, drawn anew by seed, pass and index: each uniform in +- its range.

    The map is affine about the picture's centre, as the paper's (section III.A), and rotation and elastic displacement
    (Simard, Steinkraus and Platt, 2003) besides; noise comes after it.

    Attributes:
        shift: pixels, both ways.
        scale: share by which both sides grow or shrink.
        squeeze: share by which one side grows while the other shrinks.
        shear: columns moved per row from the centre.
        rotation: degrees.
        elastic: displacement of each pixel, smoothed, pixels (that paper's alpha).
        smoothness: deviation of the Gaussian that smooths it, pixels.
        noise: salt and pepper: chance of each pixel to be turned over, ink to paper and paper to ink.
        share: share of the patterns that are distorted; of copies, all are.
        copies: 0: drawn anew in each pass. n: as the paper has it, n distorted copies of each digit are made once and
            stand beside the undistorted digits; a pass is still as many patterns as there are digits, so that
            ``copies`` + 1 passes go once through them all.
    """

    shift: float = 0.0
    scale: float = 0.0
    squeeze: float = 0.0
    shear: float = 0.0
    rotation: float = 0.0
    elastic: float = 0.0
    smoothness: float = 4.0
    noise: float = 0.0
    share: float = 1.0
    copies: int = 0

    def __post_init__(self) -> None:
        """Check the ranges: none below 0, and none that could fold a picture onto a line."""
        between(self, 0, inf, "shift", "shear", "rotation", "elastic")
        between(self, 0, 1, "scale", "squeeze")
        require(
            0 < self.smoothness <= 100,
            f"Distortion's smoothness must be above 0, at most 100, but is {self.smoothness!r}",
        )
        for name in ("noise", "share"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"Distortion's {name} must lie within 0 and 1, but is {value!r}")
        whole("Distortion's copies", self.copies, 0)
        require(self.copies <= MOST_COPIES, f"Distortion's copies must be {MOST_COPIES} at most, but are {self.copies}")
        require(
            not self.copies or self.share == 1,
            f"Distortion's copies are distorted, each of them; leave its share at 1, not {self.share!r}",
        )

    @property
    def sweep(self) -> int:
        """Passes that go once through all patterns: through the digits and their copies."""
        return self.copies + 1
