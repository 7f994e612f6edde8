"""The simplest of the paper's other methods, by scikit-learn.

Pixels are 0 to 1 unless a method says otherwise. No setting was chosen on test digits.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..extras import require
from ..model.rejection import rejection
from .claims import REJECTED, TEST, Baseline

Array = NDArray[np.float32]
Labels = NDArray[np.int64]
Counts = tuple[int | None, int | None]  # parameters, multiply-adds a picture
Fitted = tuple[Callable[[Array], NDArray[Any]], Counts]  # what gives scores (N, classes), the largest wins


def fit(baseline: Baseline, seed: int, data: Dataset) -> tuple[dict[str, float], Counts, float]:
    """Fit a method on the training digits; return measures by name, counts, and seconds of fitting.

    Raises:
        LenetError: scikit-learn isn't there.
    """
    require("sklearn", "sklearn", f"the method {baseline.method!r}")
    images, labels = _pixels(data.train_images), data.train_labels.astype(np.int64)
    started = perf_counter()
    scores, counts = METHODS[baseline.method](images, labels, seed, **baseline.settings)
    seconds = perf_counter() - started
    tested = scores(_pixels(data.test_images))
    measures = {TEST: float(np.mean(tested.argmax(axis=1) != data.test_labels))}
    share = rejection(tested, data.test_labels).share
    if share < 1:  # else votes, of which no part is right often enough
        measures[REJECTED] = share
    return measures, counts, seconds


def _pixels(images: NDArray[np.uint8]) -> Array:
    """Return pictures as rows of numbers from 0 to 1."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def linear(images: Array, labels: Labels, seed: int) -> Fitted:
    """Each class's score is a weighted sum of the pixels and a bias: least squares to +1 and -1."""
    from sklearn.linear_model import RidgeClassifier

    model = RidgeClassifier(alpha=1.0).fit(images, labels)  # just enough to hold the pixels that are always 0
    pixels, classes = images.shape[1], len(model.classes_)
    return model.decision_function, ((pixels + 1) * classes, pixels * classes)


def nearest(images: Array, labels: Labels, seed: int, *, neighbours: int) -> Fitted:
    """The class of most of the nearest training digits; of a draw, the lowest class."""
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(neighbours, algorithm="brute").fit(images, labels)
    return model.predict_proba, (images.size, images.size)


def rbf(images: Array, labels: Labels, seed: int, *, centres: int) -> Fitted:
    """Gaussians about the centres of k-means, and least squares on them.

    Each is as wide as the mean distance of a digit to its nearest centre.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.linear_model import RidgeClassifier
    from sklearn.metrics.pairwise import euclidean_distances

    means = MiniBatchKMeans(centres, batch_size=4096, n_init=1, max_iter=20, random_state=seed).fit(images)
    where = means.cluster_centers_
    width = float(np.mean(np.sqrt(means.inertia_ / len(images))))

    def units(pixels: Array) -> Array:
        squares = euclidean_distances(pixels, where, squared=True)
        return np.asarray(np.exp(-squares / (2 * width**2)), np.float32)

    model = RidgeClassifier(alpha=0.1).fit(units(images), labels)
    pixels, classes = images.shape[1], len(model.classes_)
    counts = (centres * pixels + (centres + 1) * classes, centres * (pixels + classes))
    return lambda tested: model.decision_function(units(tested)), counts


def layers(images: Array, labels: Labels, seed: int, *, units: tuple[int, ...], passes: int) -> Fitted:
    """Layers of tanh units, all connected, and softmax; gradient descent with Nesterov's momentum."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        units, activation="tanh", solver="sgd", alpha=0.0, batch_size=32, learning_rate_init=0.01, random_state=seed
    )
    classes = np.unique(labels)
    for _ in range(passes):
        model.partial_fit(images, labels, classes=classes)
    sizes = (images.shape[1], *units, len(classes))
    weights = sum(a * b for a, b in pairwise(sizes))
    return model.predict_proba, (weights + sum(sizes[1:]), weights)


def svm(images: Array, labels: Labels, seed: int, *, degree: int) -> Fitted:
    """Support vectors, the kernel (x.y)^degree of digits scaled to length 1.

    Each class against each, and votes, which say nothing of how sure they are; the paper's ten, each against the rest,
    take several times as long.
    """
    from sklearn.preprocessing import normalize
    from sklearn.svm import SVC

    model = SVC(kernel="poly", degree=degree, gamma=1.0, coef0=0.0, C=10.0, cache_size=1000)
    model.fit(normalize(images), labels)
    votes, kept = np.eye(int(labels.max()) + 1), int(model.support_vectors_.size)
    return lambda tested: votes[model.predict(normalize(tested))], (kept, kept)


METHODS: dict[str, Callable[..., Fitted]] = {
    "linear": linear,
    "nearest": nearest,
    "rbf": rbf,
    "layers": layers,
    "svm": svm,
}
