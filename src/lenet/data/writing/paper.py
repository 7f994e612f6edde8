"""Paper: its brightness everywhere before anything is written on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, sin

import numpy as np

from .chance import Range, Rng, between, near, one_of, scaled
from .strokes import Floats


@dataclass(frozen=True)
class Papers:
    """How papers differ. Brightness is 0 black to 1 white; lengths of patterns are in heights of a digit."""

    kinds: Mapping[str, float] = field(default_factory=lambda: {"clean": 1, "plain": 4, "patterned": 4})
    level: Range = (0.5, 1.0)
    uneven: Range = (0.0, 0.15)
    shadow: float = 0.12  # how often a shadow's edge falls over it
    shadow_depth: Range = (0.05, 0.3)
    families: tuple[int, int] = (1, 4)  # of lines in a pattern, the last excluded
    period: Range = (0.08, 0.5)
    thickness: Range = (0.25, 0.6)  # of a pattern's line, of its period
    wobble: Range = (0.0, 0.5)
    contrast: Range = (0.08, 0.45)  # of all lines of a pattern together, of the ink's contrast
    cloth: Range = (0.02, 0.12)  # of a texture, likewise
    grain: Range = (0.0, 0.06)  # likewise


def paper(rng: Rng, shape: tuple[int, int], size: float, contrast: float, papers: Papers = Papers()) -> Floats:
    """Return the brightness of paper, float32 (H, W), 0 black to 1 white.

    Args:
        rng: of it all.
        shape: (H, W).
        size: a digit's height in pixels.
        contrast: of the ink that will be on it: 1 less its brightness beside the paper's. No pattern hides it.
        papers: how papers differ.
    """
    height, width = shape
    kind = one_of(rng, papers.kinds)
    if kind == "clean":
        return np.full((height, width), between(rng, (0.93, 1.0)) if rng.random() < 0.3 else 1.0, np.float32)
    sheet = np.full((height, width), between(rng, papers.level), np.float32)
    sheet *= 1 + between(rng, papers.uneven) * smooth_noise(rng, height, width, 3)
    if rng.random() < papers.shadow:
        sheet *= 1 - between(rng, papers.shadow_depth) * _half(rng, height, width, size)
    if kind == "patterned":
        families = int(rng.integers(*papers.families))
        for _ in range(families):
            depth = between(rng, papers.contrast) * contrast / families**0.5
            sheet *= 1 - depth * _lines(rng, height, width, size, papers)
        if rng.random() < 0.4:
            sheet *= 1 + between(rng, papers.cloth) * contrast * _cloth(rng, height, width)
    sheet += between(rng, papers.grain) * contrast * sheet.mean() * rng.standard_normal((height, width), np.float32)
    return np.asarray(np.clip(sheet, 0, 1), np.float32)


def smooth_noise(rng: Rng, height: int, width: int, places: int) -> Floats:
    """Return noise, about -1 to 1, that changes over a ``places``-th of the picture; float32 (height, width)."""
    from PIL import Image

    coarse = rng.uniform(-1, 1, (places, places)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def _half(rng: Rng, height: int, width: int, size: float) -> Floats:
    """Return 1 on one side of a straight line at random, 0 on the other, a soft or hard edge between."""
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    angle = between(rng, (0, 6.3))
    distance = (x - rng.random() * width) * cos(angle) + (y - rng.random() * height) * sin(angle)
    return np.asarray(np.clip(distance / scaled(rng, (1, 2 * size)) + 0.5, 0, 1), np.float32)


def _lines(rng: Rng, height: int, width: int, size: float, papers: Papers) -> Floats:
    """Return a family of fine lines that wave: 1 in a line's middle, 0 between lines."""
    y = np.arange(height, dtype=np.float32)[:, None] / size
    x = np.arange(width, dtype=np.float32) / size
    angle = near(rng, 0.12) + (1.57 if rng.random() < 0.2 else 0) + (near(rng, 0.6) if rng.random() < 0.35 else 0)
    along, across = x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)
    period = max(scaled(rng, papers.period), 2.5 / size)
    wave, slow = scaled(rng, (2, 12)), scaled(rng, (0.5, 2))
    drift = between(rng, papers.wobble) * np.sin(along * wave + np.sin(across * slow) * 2 + rng.random() * 6.3)
    phase = across / period + drift + between(rng, (0, 0.6)) * np.sin(along * slow + rng.random() * 6.3)
    away = np.abs(phase - np.floor(phase) - 0.5) * 2  # 0 on a line, 1 between two
    thickness = max(between(rng, papers.thickness), 1.0 / (period * size))
    return np.asarray(np.clip(1 - away / thickness, 0, 1), np.float32)


def _cloth(rng: Rng, height: int, width: int) -> Floats:
    """Return a fine texture, as of cloth or of dots."""
    from scipy.ndimage import uniform_filter  # type: ignore[import-untyped]

    noise = rng.standard_normal((height, width), np.float32)
    size = (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
    smooth: Floats = uniform_filter(noise, size)
    return smooth / max(float(smooth.std()), 1e-3)
