"""Logs that TensorBoard shows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..html import png
from ..model.kernels import picture
from ..network.summary import HEADS, cells
from ..recipe.words import describe
from . import history
from .events import Events, need_tensorboard
from .history import Row
from .observer import Observer, Plan, Progress

if TYPE_CHECKING:
    from .run import Run

# What is shown of a pass's row, and of where a run stands within a pass.
PASS = ("loss", "training_error", "training_error_after", "validation_error", "validation_loss", "test_error", "rate",
        "digits_per_second")  # fmt: skip
SCALE = 8  # times that a kernel's pixels are enlarged


class TensorBoard(Observer):
    """Writes what TensorBoard shows of a run into the run's folder, by update: ``tensorboard --logdir runs``.

    Curves: ``update/...`` about ten times a second, of the pass so far; ``pass/...`` after each pass, what the history
    holds; ``final/...`` errors of the model that the run gives. After each pass also the first layer's kernels as an
    image, and the weights of every layer as histograms. At the start the layers and the recipe, as text and as
    hyperparameters.

    A run that is resumed goes on in the same curves. Each run of a committee has its own.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        """Say where to write.

        Args:
            folder: None: the run's own. Else that one, and a folder in it for each run of a committee.

        Raises:
            LenetError: TensorBoard isn't installed.
        """
        need_tensorboard()
        self.folder = None if folder is None else Path(folder)

    def on_start(self, plan: Plan) -> None:
        """Begin the file, or go on with it."""
        self._plan, self._last = plan, -1
        place = self._place(plan)
        self._events = Events(place, plan.done)
        if not self._events.empty:
            return
        self._events.add(0, *_about(plan))
        if plan.done and plan.folder is not None:  # it began without TensorBoard
            for row in history.read(plan.folder):
                self.on_pass(row)

    def on_chunk(self, progress: Progress) -> None:
        """Add where the run stands."""
        self._update(progress.updates, progress.loss, progress.error, progress.digits_per_second)

    def on_pass(self, row: Row) -> None:
        """Add the row."""
        if not row.complete:
            self._update(row.updates, row.loss, row.training_error, row.digits_per_second)
            return
        values = {name: getattr(row, name) for name in PASS}
        self._events.add(row.updates, _curves("pass", values))

    def on_weights(self, updates: int, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Add the weights, and the first layer's kernels as an image."""
        from tensorboard.plugins.histogram.summary_v2 import histogram_pb

        found = picture(self._plan.network, weights)
        images = [] if found is None else [_image(*found)]
        self._events.add(updates, *images, *(histogram_pb(f"weights/{name}", array) for name, array in weights.items()))

    def on_end(self, run: Run) -> None:
        """Add the errors of the model that came of it."""
        parts = {part: run.metrics[part] for part in ("test", "validation") if part in run.metrics}
        errors = {f"{part}_error": metrics["error"] for part, metrics in parts.items()}
        self._events.add(run.metrics["updates"], _curves("final", errors), _ended())

    def abreast(self, count: int) -> list[TensorBoard]:
        """Return one for each run: they have curves of their own."""
        return [TensorBoard(self.folder) for _ in range(count)]

    def _place(self, plan: Plan) -> Path:
        """Return the folder of a run's events, made."""
        if self.folder is None and plan.folder is None:
            raise LenetError(
                "the logs for TensorBoard go into the run's folder, and this run has none; give it a folder, or "
                "TensorBoard one of its own"
            )
        if self.folder is None:
            assert plan.folder is not None
            return plan.folder
        place = self.folder / plan.part.replace(" ", "-")
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LenetError(f"the folder {place} can't be made: {error.strerror or error}") from None
        return place

    def _update(self, updates: int, loss: float, error: float, speed: float) -> None:
        """Add where a pass stands, once for an update."""
        if updates > self._last:
            self._last = updates
            plan = self._plan
            rate = plan.recipe.schedule.rate(updates - 1, plan.per_pass, plan.total)
            values = {"loss": loss, "training_error": error, "rate": rate, "digits_per_second": speed}
            self._events.add(updates, _curves("update", values))


def _curves(group: str, values: Mapping[str, float | None]) -> Any:
    """Return one point of each curve; None: there is none."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    there = {f"{group}/{name}": value for name, value in values.items() if value is not None}
    return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in there.items()])


def _image(name: str, pixels: NDArray[np.uint8]) -> Any:
    """Return the kernels of the layer of that name, enlarged."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    large = np.repeat(np.repeat(pixels, SCALE, axis=0), SCALE, axis=1)
    rows, columns, colours = large.shape
    image = Summary.Image(height=rows, width=columns, colorspace=colours, encoded_image_string=png(large))
    return Summary(value=[Summary.Value(tag=f"kernels/{name}", image=image)])


def _about(plan: Plan) -> list[Any]:
    """Return the layers and the recipe as text, and what sets the run off from others as hyperparameters."""
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb
    from tensorboard.plugins.text.summary import text_pb

    recipe = plan.recipe
    words = describe(recipe)
    own = {"network": plan.network.name, "seed": recipe.seed, "batch": recipe.batch, "digits": plan.digits}
    return [
        text_pb("network", _markdown(HEADS, cells(plan.network))),
        text_pb("recipe", _markdown(("what", "how"), [*words.items(), ("seed", str(recipe.seed))])),
        hparams_pb({**words, **own}, start_time_secs=time()),
    ]


def _ended() -> Any:
    """Return what tells the page of hyperparameters that the run has ended well."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.Status.STATUS_SUCCESS, end_time_secs=time())
    about = metadata.create_summary_metadata(plugin_data_pb2.HParamsPluginData(session_end_info=end))
    value = Summary.Value(tag=metadata.SESSION_END_INFO_TAG, metadata=about, tensor=metadata.NULL_TENSOR)
    return Summary(value=[value])


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as the page of texts reads it."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))
