"""The pictures in a folder, by the endings of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator

ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".pdf", ".heic", ".heif"),
)


def inside(folder: str, recursive: bool, endings: tuple[str, ...] = ENDINGS) -> Iterator[os.DirEntry[str]]:
    """Yield the files in a folder whose names end so, in any order; what is hidden is left out.

    Args:
        folder: its path.
        recursive: whether to look into the folders in it, too, unless they are links.
        endings: in small letters; names may have capitals.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if recursive and not entry.is_symlink():
                    yield from inside(entry.path, recursive, endings)
            elif entry.name.lower().endswith(endings):
                yield entry
