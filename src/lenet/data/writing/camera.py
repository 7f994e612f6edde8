"""Ink on paper -> a picture of it, as a camera, a scanner or a screen has it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from .chance import Range, Rng, between, near
from .paper import smooth_noise
from .strokes import Floats


@dataclass(frozen=True)
class Cameras:
    """How pictures of the same paper differ."""

    ink: Range = (0.0, 0.7)  # brightness of full ink, of the paper's
    faint: float = 0.35  # how often ink may be as bright as that; otherwise half of it
    blot: Range = (0.0, 0.35)  # of ink that comes and goes along a stroke
    blur: Range = (0.0, 1.0)  # sigma, pixels
    blurred: float = 0.6
    noise: Range = (0.0, 0.03)
    coloured: float = 0.25
    tint: float = 0.06  # of paper
    pen_tint: float = 0.3
    jpeg: float = 0.5
    quality: tuple[int, int] = (35, 96)
    inverted: float = 0.08


def brightness(rng: Rng, width: float, cameras: Cameras = Cameras()) -> float:
    """Return the brightness of full ink, 0 to 1 of the paper's; that of a thin pen, ``width`` in pixels, is lower."""
    faint = 1.0 if width > 2 and rng.random() < cameras.faint else 0.5
    return between(rng, cameras.ink) * faint


def photograph(rng: Rng, sheet: Floats, ink: Floats, dark: float, cameras: Cameras = Cameras()) -> NDArray[np.uint8]:
    """Return a picture.

    Args:
        rng: of it all.
        sheet: brightness of the paper, float32 (H, W) in 0 to 1.
        ink: float32 (H, W) in 0 to 1.
        dark: brightness of full ink, of the paper's.
        cameras: how pictures differ.

    Returns:
        uint8 (H, W), or (H, W, 3) in colour.
    """
    height, width = ink.shape
    clean = bool((sheet == sheet[0, 0]).all())
    if clean and rng.random() < 0.7:
        dark = 0.0
    cover = ink * (1 - between(rng, cameras.blot) * np.abs(smooth_noise(rng, height, width, 6)))
    cover = np.clip(cover, 0, 1).astype(np.float32)
    if rng.random() < cameras.coloured:
        tint = 1 - np.abs(rng.normal(0, cameras.tint, 3)).astype(np.float32)
        pen = np.clip(dark + np.abs(rng.normal(0, cameras.pen_tint, 3)), 0, 0.75).astype(np.float32)
        picture = np.asarray(sheet[..., None] * tint * (1 - cover[..., None] * (1 - pen)), np.float32)
    else:
        picture = np.asarray(sheet * (1 - cover * np.float32(1 - dark)), np.float32)
    if not clean or rng.random() < 0.2:
        picture = _taken(rng, picture, cameras)
    if rng.random() < cameras.inverted:
        picture = 1 - picture
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return _compressed(rng, pixels, cameras) if rng.random() < cameras.jpeg else pixels


def _taken(rng: Rng, picture: Floats, cameras: Cameras) -> Floats:
    from scipy.ndimage import gaussian_filter  # type: ignore[import-untyped]

    if rng.random() < cameras.blurred:
        sigma = between(rng, cameras.blur)
        picture = gaussian_filter(picture, (sigma, sigma, 0)[: picture.ndim])
    noise = between(rng, cameras.noise) * rng.standard_normal(picture.shape[:2], np.float32)
    picture = picture + (noise if picture.ndim == 2 else noise[..., None])
    return np.asarray(picture * np.float32(1 + near(rng, 0.05)), np.float32)


def _compressed(rng: Rng, pixels: NDArray[np.uint8], cameras: Cameras) -> NDArray[np.uint8]:
    from PIL import Image

    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(*cameras.quality)))
    return np.asarray(Image.open(file))
