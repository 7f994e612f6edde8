"""LeNet as a scikit-learn classifier."""

from __future__ import annotations

import os
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..data.arrays import Labels
from ..data.dataset import Dataset
from ..engine.state import State
from ..model import Model, engines
from ..network import Network, for_classes
from ..recipe import Constant, Recipe
from ..training import draw, go_on, train
from ..training.settings import changed
from .accepting import checked, rows_of
from .levels import Range
from .pictures import Pictures, framed, source_of
from .settings import changes_of, mean_rate, passes_for, settle

LANES = 16  # pictures are read by as many, so that the bits of one's scores don't depend on what is beside it


class LeNetClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A LeNet that is fitted to pictures, or to rows of numbers, as scikit-learn's classifiers are.

    ``X`` is (n, 28, 28), (n, 28, 28, 1), (n, 1, 28, 28), or (n, 784); or pictures of any other size; or a table
    of any number of features, which is taken for square pictures. ``y`` has labels of any kind.
    The smallest value of the ``X`` of ``fit`` is paper and the largest is ink, from then on (outliers left out).

    Attributes:
        classes_: the labels, sorted.
        n_features_in_: numbers a row.
        feature_names_in_: names of the columns, where ``X`` has names.
        pixels_: the values of paper and of ink.
        model_: the ``lenet.Model``. It reads what ``pictures`` gives and answers with places in ``classes_``.
        history_: a ``lenet.training.Row`` for each pass.
        n_iter_: passes that were made.
    """

    def __init__(
        self,
        network: str | os.PathLike[str] | Network = "lenet5",
        recipe: str | Recipe = "quick",
        *,
        passes: int | None = None,
        batch: int | None = None,
        rate: float | None = None,
        validation: float | None = None,
        pixels: tuple[float, float] | None = None,
        random_state: int | np.random.RandomState | None = None,
        threads: int | None = None,
        engine: str = "native",
    ) -> None:
        """Keep the parameters; ``fit`` checks them.

        Args:
            network: a name of the zoo, the path of a TOML file, or a network; it gets as many outputs as there are
                classes.
            recipe: ``quick``, which suits any network; the name of one of the network's own, such as ``default`` or
                ``published``; or a ``lenet.Recipe``, which is followed as it is.
            passes: instead of the recipe's; None: as it says or, where it goes by a name, more for few rows.
            batch: rows an update, instead of the recipe's.
            rate: the same rate throughout, instead of the recipe's schedule.
            validation: share of the rows to hold out and to measure after each pass, instead of the recipe's.
            pixels: the values of paper and of ink in ``X``, such as (255, 0) for black on white; None: the smallest
                and the largest value of the ``X`` of ``fit``.
            random_state: the seed; the same one gives the same bits, whatever the number of threads. None: the
                recipe's, so that fitting twice gives the same.
            threads: None: one a core; 1 where several classifiers are fitted at once (``n_jobs``).
            engine: ``native``, or ``reference``, which is slow and plain.
        """
        self.network = network
        self.recipe = recipe
        self.passes = passes
        self.batch = batch
        self.rate = rate
        self.validation = validation
        self.pixels = pixels
        self.random_state = random_state
        self.threads = threads
        self.engine = engine

    def fit(self, X: ArrayLike, y: ArrayLike) -> LeNetClassifier:
        """Train from the start and return the classifier.

        Raises:
            ValueError: ``X`` or ``y`` isn't what a classifier takes.
            LenetError: a parameter is wrong, or training diverged.
        """
        network, recipe, images, labels = self._learn(X, y, None)
        if isinstance(self.recipe, str) and self.passes is None:
            recipe = replace(recipe, passes=passes_for(recipe, len(images)))
        data = Dataset("X, y", self._names, images, labels, images[:0], labels[:0])
        run = train(network, data, recipe=recipe, folder=False, threads=self.threads, engine=self.engine)
        self.model_, self.history_, self.n_iter_ = run.model, run.history, run.history[-1].pass_
        self._recipe = recipe
        self._state = replace(run.state, flat=run.model.flat.copy())  # early stopping gives others than the last
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> LeNetClassifier:
        """Go once through these rows, on from where training stands, and return the classifier.

        What is to come isn't known, so the rate is the same throughout: ``rate``, or else the mean of the recipe's
        schedule over a run. The first call settles the network, and what is paper and ink.

        Args:
            X: as for ``fit``.
            y: as for ``fit``.
            classes: all labels that will ever come; needed on the first call, unless ``fit`` came before.

        Raises:
            ValueError: ``X`` or ``y`` isn't what a classifier takes, or not what came before.
            LenetError: a parameter is wrong, or training diverged; what was fitted before still stands.
        """
        if hasattr(self, "model_"):
            images, labels = self._go_on(X, y, classes)
            network, state = self.model_.network, deepcopy(self._state)
        elif classes is None:
            raise ValueError("partial_fit needs all classes that will ever come on its first call: give it classes=")
        else:
            network, self._recipe, images, labels = self._learn(X, y, classes)
            start = draw(network, self._recipe.start, self._recipe.seed)
            state = State.fresh(start, self._recipe.optimiser)
            self.history_, self.n_iter_ = (), 0
        rate = mean_rate(self._recipe) if self.rate is None else float(self.rate)
        engine = engines.build(self.engine, network, self._recipe.preparation, self.threads)
        row = go_on(engine, state, images, labels, self._recipe, pass_=self.n_iter_, rate=rate)
        self._state, self.history_, self.n_iter_ = state, (*self.history_, row), self.n_iter_ + 1
        self.model_ = Model(
            network,
            self._recipe.preparation,
            state.flat,
            classes=self._names,
            recipe=replace(self._recipe, data="X, y", schedule=Constant(rate), passes=self.n_iter_),
            threads=self.threads,
            engine=self.engine,
        )
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label of each row, (n,)."""
        scores = self._scores(X)
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each class, float64 (n, classes), as ``classes_`` go; a row adds up to 1.

        It is that of a row that is of one of the classes. ``model_.probabilities`` of a network that was trained by the
        discriminative loss has rubbish beside them.
        """
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the logarithm of each probability, float64 (n, classes)."""
        scores = self._scores(X)
        total: NDArray[np.float64] = np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return scores - total

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the score of each class, float64 (n, classes), the largest wins: of an RBF output, minus the distance.

        With two classes (n,): by how much the second one's beats the first one's.
        """
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def pictures(self, X: ArrayLike) -> NDArray[np.uint8]:
        """Return what the network is shown for each row, uint8 (n, channels, rows, columns): 0 paper, 255 ink.

        Raises:
            ValueError: ``X`` isn't shaped as what the classifier was fitted to.
        """
        check_is_fitted(self)
        rows = checked(self, self._table(X), reset=False)
        self._pictures.range.warn(rows)
        return self._pictures(rows)

    def _table(self, X: ArrayLike) -> Any:
        """Return a table of rows; refuse pictures of another shape than those before."""
        table, source = rows_of(X, self._pictures.source[0])
        if source not in (None, self._pictures.source):
            raise ValueError(f"pictures must be {self._pictures.source[1:]}, as those of fit, but are {source[1:]}")
        return table

    def _scores(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the score of each class, (n, classes); the largest wins."""
        images = self.pictures(X)
        full = np.concatenate([images, np.zeros((-len(images) % LANES, *images.shape[1:]), np.uint8)])
        scores = self.model_.scores(full)[: len(images)].astype(np.float64)
        return -scores if self.model_.network.smallest_wins else scores

    def _learn(
        self,
        X: Any,
        y: Any,
        classes: Any,
    ) -> tuple[Network, Recipe, NDArray[np.uint8], Labels]:
        """Settle what a first call settles; return network, recipe, pictures, and labels as places in ``classes_``."""
        entry = settle(self.network, self.recipe)
        recipe = changed(entry.recipe, changes_of(self))
        table, source = rows_of(X, entry.network.input[0])
        rows, y = checked(self, table, y, reset=True)
        check_classification_targets(y)
        self.classes_ = np.unique(y if classes is None else classes)
        self._names = tuple(map(str, self.classes_))
        source = source or source_of(self.n_features_in_, entry.network.input[0])
        values = Range.of(rows, self.pixels)
        self.pixels_ = values.paper, values.ink
        preparation = framed(entry.network, recipe.preparation, source)
        self._pictures = Pictures(source, values, preparation.shape)
        network = for_classes(entry.network, self._names)
        return network, replace(recipe, preparation=preparation), self._pictures(rows), self._places(y)

    def _go_on(
        self,
        X: Any,
        y: Any,
        classes: Any,
    ) -> tuple[NDArray[np.uint8], Labels]:
        """Return the pictures and labels of a further call."""
        if classes is not None and not np.array_equal(self.classes_, np.unique(classes)):
            raise ValueError(f"classes must be those that came first, {self.classes_}, or be left out")
        rows, y = checked(self, self._table(X), y, reset=False)
        self._pictures.range.warn(rows)
        return self._pictures(rows), self._places(y)

    def _places(self, y: NDArray[Any]) -> Labels:
        """Return where each label is in ``classes_``."""
        strange = np.setdiff1d(y, self.classes_)
        if len(strange):
            raise ValueError(f"y has labels that aren't among the classes {self.classes_}: {strange[:3]}")
        places = np.searchsorted(self.classes_, y)
        return places.astype(np.uint8) if len(self.classes_) <= 256 else places.astype(np.int64)
