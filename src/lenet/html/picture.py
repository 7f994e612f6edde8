"""A picture inside a document."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG file of grey (rows, columns), or with opacity (rows, columns, 2), or colours (rows, columns, 3)."""
    from PIL import Image

    data = BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def picture(pixels: NDArray[np.uint8], words: str, scale: int = 1) -> str:
    """Return a picture, ``scale`` times as large, each pixel a square; ``words`` tell of it where it can't be seen."""
    rows, columns = pixels.shape[:2]
    size = f"width:{columns * scale}px;height:{rows * scale}px;image-rendering:pixelated;margin:.3em 0"
    source = b64encode(png(pixels)).decode()
    return f'<div><img alt="{escape(words)}" style="{size}" src="data:image/png;base64,{source}"/></div>'
