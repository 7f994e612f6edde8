"""Whether ONNX Runtime answers as the model does."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...engine.reference.preparing import pixels, prepare
from ...errors import LenetError
from ...model import Ensemble, Model
from ..int8.accuracy import Accuracy
from .building import INPUT, PICTURE, SCORES

if TYPE_CHECKING:
    from ...data import Dataset

PICTURES = 64
SOME = 500  # test pictures at once
TOLERANCE = 1e-4  # of the largest score: far more than rounding, far less than a fault


def installed() -> bool:
    """Whether ONNX Runtime is there."""
    return find_spec("onnxruntime") is not None


def session(data: bytes, threads: int = 1) -> Any:
    """Return an ``onnxruntime.InferenceSession`` of a file's bytes, on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def feed(model: Model | Ensemble, images: NDArray[np.uint8], with_preparation: bool) -> dict[str, NDArray[Any]]:
    """Return what a session reads for pictures, uint8 (N, channels, rows, columns)."""
    if with_preparation:
        return {PICTURE: images[:, 0] if images.shape[1] == 1 else images}
    return {INPUT: prepare(pixels(images, model.preparation, np.float32), model.preparation).astype(np.float32)}


def difference(model: Model | Ensemble, data: bytes, with_preparation: bool, *, exact: bool) -> float:
    """Return how far ONNX Runtime's scores of a few pictures are from the model's, as a share of the largest.

    Args:
        model: the model.
        data: the file.
        with_preparation: whether it reads pictures as they are.
        exact: whether more than rounding is refused.

    Raises:
        LenetError: ONNX Runtime can't run the file, or its answers are others.
    """
    images = np.random.default_rng(0).integers(0, 256, (PICTURES, *model.preparation.shape), dtype=np.uint8)
    right = model.scores(images) * (-1 if model.network.smallest_wins else 1)
    try:
        found = session(data).run([SCORES], feed(model, images, with_preparation))[0]
    except Exception as error:  # what it raises has no class of its own
        raise LenetError(
            f"ONNX Runtime can't run what was made of {model.name}; an older one may need a lower opset: {error}"
        ) from None
    gap = float(np.abs(found - right).max() / max(np.abs(right).max(), 1e-6))
    if not np.isfinite(gap) or (exact and gap > TOLERANCE):
        raise LenetError(
            f"ONNX Runtime's scores for {model.name} differ from lenet's by {gap:.1e} of the largest; "
            "nothing was kept: please report it, with the network"
        )
    return gap


def cost(model: Model | Ensemble, data: bytes, with_preparation: bool, dataset: Dataset) -> Accuracy | None:
    """Return how many test pictures a file in 8 bits and the model read wrong; None: the data set has none."""
    images, labels = dataset.test_images.reshape(-1, *dataset.shape), dataset.test_labels
    if not len(images):
        return None
    running, wrong = session(data, threads=0), 0
    for start in range(0, len(images), SOME):
        part = slice(start, start + SOME)
        scores = running.run([SCORES], feed(model, images[part], with_preparation))[0]
        wrong += int((scores.argmax(1) != labels[part]).sum())
    return Accuracy(dataset.name, len(images), model.evaluate(images, labels).wrong, wrong)
