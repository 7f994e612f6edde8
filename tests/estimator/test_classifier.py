"""LeNet as a scikit-learn classifier."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from lenet import Adam, Constant, LeNetClassifier, LenetError, Model, Recipe, zoo
from lenet.estimator.settings import passes_for
from lenet.network import Conv, Dense, Flatten, Network
from lenet.recipe import SGD, DiagonalLM, OneCycle, Patience, Validation


def test_it_learns(digits, small):
    images, labels = digits
    classifier = small(passes=20).fit(images[:160], labels[:160])
    assert classifier.score(images[160:], labels[160:]) > 0.9
    assert classifier.n_iter_ == len(classifier.history_) == 20
    assert classifier.history_[-1].loss < classifier.history_[0].loss


FORMS = {
    "rows": lambda images: images.reshape(len(images), -1),
    "channel first": lambda images: images[:, None],
    "channel last": lambda images: images[..., None],
    "unit floats": lambda images: images / 255,
    "whole floats": lambda images: images.astype(np.float32),
    "lists": lambda images: images.tolist(),
    "data frame": lambda images: pd.DataFrame(images.reshape(len(images), -1)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_shape_and_scale_gives_the_same_bits(digits, small, form):
    images, labels = digits
    given = FORMS[form](images)
    plain, other = small(passes=1).fit(images, labels), small(passes=1).fit(given, labels)
    assert (plain.model_.flat == other.model_.flat).all() and other.n_features_in_ == 144
    assert (plain.decision_function(images) == other.decision_function(given)).all()


def test_names_of_columns_are_kept(digits, small):
    frame = pd.DataFrame(digits[0].reshape(240, -1)).rename(columns=str)
    assert list(small(passes=1).fit(frame, digits[1]).feature_names_in_) == list(frame.columns)


@pytest.mark.parametrize(
    "names", [["b", "c", "a"], [-1, 5, 3], [0.0, -2.0, 1e9], ["nought", "one", "seven"], [True, False, True]]
)
def test_labels_of_any_kind(digits, small, names):
    images, labels = digits
    given = np.array(names)[labels]
    classifier = small(passes=10).fit(images, given)
    assert (classifier.classes_ == np.unique(given)).all()
    predicted = classifier.predict(images)
    assert predicted.dtype == given.dtype and (predicted == given).mean() > 0.8
    assert classifier.model_.classes == tuple(map(str, classifier.classes_))


@pytest.mark.parametrize("network", ["lenet5", "relu-valid"])
def test_answers_are_the_models(digits, network):
    images, labels = digits
    classifier = LeNetClassifier(network, passes=1, threads=1).fit(images, labels)
    pictures, model = classifier.pictures(images), classifier.model_
    assert pictures.shape == (240, *model.preparation.shape) and pictures.dtype == np.uint8
    assert (classifier.predict(images) == classifier.classes_[model.predict(pictures)]).all()
    sign = -1 if model.network.smallest_wins else 1
    np.testing.assert_allclose(classifier.decision_function(images), sign * model.scores(pictures), rtol=1e-4)
    chances, shares = classifier.predict_proba(images), model.probabilities(pictures)
    np.testing.assert_allclose(chances, shares / shares.sum(1, keepdims=True), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(chances.sum(1), 1)
    np.testing.assert_allclose(np.exp(classifier.predict_log_proba(images)), chances)


def test_two_classes_have_one_score(digits, small):
    images, labels = digits
    classifier = small().fit(images, labels > 0)
    decision = classifier.decision_function(images)
    assert decision.shape == (240,) and ((decision > 0) == classifier.predict(images)).all()


def test_an_answer_does_not_depend_on_what_is_beside_it(digits, small):
    images, labels = digits
    classifier = small().fit(images, labels)
    together = classifier.decision_function(images)
    assert all((classifier.decision_function(images[i : i + 1])[0] == together[i]).all() for i in range(0, 240, 17))


def test_the_same_seed_gives_the_same_bits(digits, small):
    def flat(**parameters):
        return small(**parameters).fit(*digits).model_.flat

    first = flat(random_state=3)
    assert (first == flat(random_state=3, threads=2)).all()
    assert (first == flat(random_state=np.int64(3))).all()
    assert (first != flat(random_state=4)).any()
    assert (flat() == flat()).all()  # None: the recipe's seed
    assert (flat(random_state=np.random.RandomState(1)) == flat(random_state=np.random.RandomState(1))).all()
    assert (flat(random_state=np.random.default_rng(1)) != first).any()
    assert (first == flat(recipe=small(random_state=3).fit(*digits).model_.recipe)).all()


OPTIMISERS = {"momentum": SGD(momentum=0.9), "adam": Adam(), "levenberg-marquardt": DiagonalLM(samples=50)}


@pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=OPTIMISERS)
def test_partial_fit_makes_the_passes_of_fit(digits, small, optimiser):
    recipe = Recipe(optimiser=optimiser, schedule=Constant(0.002), distortion=zoo["lenet5"].recipe.distortion, seed=4)
    whole, parts = small(recipe=recipe, passes=3).fit(*digits), small(recipe=recipe)
    for _ in range(3):
        assert parts.partial_fit(*digits, classes=[0, 1, 2]) is parts
    assert (whole.model_.flat == parts.model_.flat).all()
    assert parts.n_iter_ == len(parts.history_) == 3
    assert [row.updates for row in parts.history_] == [row.updates for row in whole.history_]
    np.testing.assert_allclose([row.loss for row in parts.history_], [row.loss for row in whole.history_])
    assert parts.model_.recipe.passes == 3 and parts.model_.recipe.schedule == Constant(0.002)


def test_partial_fit_goes_on_from_fit(digits, small):
    recipe = Recipe(optimiser=Adam(), schedule=Constant(0.002))
    whole = small(recipe=recipe, passes=3).fit(*digits)
    half = pickle.loads(pickle.dumps(small(recipe=recipe, passes=2).fit(*digits)))
    assert (half.partial_fit(*digits).model_.flat == whole.model_.flat).all() and half.n_iter_ == 3


def test_partial_fit_takes_parts_that_lack_classes(digits, small):
    images, labels = digits
    order = np.argsort(labels, kind="stable")
    classifier = small(rate=0.002)
    for part in np.array_split(order, 8):
        classifier.partial_fit(images[part], labels[part], classes=[2, 1, 0])
    assert list(classifier.classes_) == [0, 1, 2] and classifier.predict_proba(images).shape == (240, 3)


def test_partial_fit_goes_at_the_mean_rate(digits, small):
    recipe = Recipe(schedule=OneCycle(0.01), passes=3)
    rows = small(recipe=recipe, passes=None).partial_fit(*digits, classes=range(3)).history_
    assert rows[0].rate == pytest.approx(0.005, rel=1e-3)
    assert small(rate=0.003).partial_fit(*digits, classes=range(3)).history_[0].rate == 0.003


def test_early_stopping_gives_the_best_weights_and_goes_on_from_them(digits, small):
    recipe = Recipe(validation=Validation(share=0.25), stopping=Patience(first=30), schedule=Constant(0.5), passes=20)
    classifier = small(recipe=recipe, passes=None).fit(*digits)
    assert (classifier._state.flat == classifier.model_.flat).all()
    assert classifier.history_[-1].validation_error is not None


def test_validation_is_held_out(digits, small):
    rows = small(validation=0.25).fit(*digits).history_
    assert all(row.validation_error is not None for row in rows) and rows[0].updates == -(-180 // 16)


def test_in_scikit_learns_tools(digits, small):
    images, labels = digits
    rows = images.reshape(240, -1)
    pipeline = make_pipeline(MinMaxScaler(), small(passes=8))
    assert cross_val_score(pipeline, rows, labels, cv=2).mean() > 0.7
    small_network = small().network
    grid = {"network": ["lenet1", small_network], "passes": [1, 2], "rate": [0.001, None], "recipe": ["quick"]}
    search = GridSearchCV(small(), grid, cv=2).fit(rows[:60], labels[:60])
    assert search.cv_results_["mean_test_score"].shape == (8,) and np.isfinite(search.best_score_)
    assert isinstance(search.best_estimator_.model_, Model)


def test_parameters_are_kept_as_they_come():
    recipe = Recipe(passes=2)
    classifier = LeNetClassifier("d2l", recipe, rate=0.1)
    copy = clone(classifier).set_params(network="lenet1", threads=1)
    assert copy.get_params() == {**classifier.get_params(), "network": "lenet1", "threads": 1}
    assert copy.recipe == recipe and "LeNetClassifier(network='lenet1'" in repr(copy)


def test_a_copy_answers_alike(digits, small):
    classifier = small().fit(*digits)
    copy = pickle.loads(pickle.dumps(classifier))
    assert (copy.predict_proba(digits[0]) == classifier.predict_proba(digits[0])).all()
    assert not hasattr(clone(classifier), "model_")


def test_colours(digits):
    network = Network("colour", (3, 12, 12), (Conv(2, kernel=5), Flatten(), Dense(3)))
    images, labels = np.stack([digits[0]] * 3, axis=1), digits[1]
    first = LeNetClassifier(network, passes=1, threads=1).fit(images, labels)
    for form in (np.moveaxis(images, 1, 3), images.reshape(240, -1)):
        last = LeNetClassifier(network, passes=1, threads=1).fit(form, labels)
        assert (first.model_.flat == last.model_.flat).all()
    with pytest.raises(ValueError, match=r"\(n, 3, rows, columns\) or \(n, rows, columns, 3\), .* \(240, 12, 12\)"):
        LeNetClassifier(network).fit(*digits)


@pytest.mark.parametrize("recipe", ["quick", "default"])
@pytest.mark.parametrize("name", zoo)
def test_every_network_of_the_zoo_can_be_fitted(digits, name, recipe):
    images, labels = digits
    classifier = LeNetClassifier(name, recipe, passes=1, threads=1).fit(images[:24], labels[:24])
    assert classifier.model_.network.classes == 3
    assert set(classifier.predict(images)) <= {0, 1, 2}


@pytest.mark.parametrize(("rows", "passes"), [(60_000, 5), (12_000, 5), (1_437, 42), (100, 500), (1, 500)])
def test_few_rows_are_gone_through_more_often(rows, passes):
    assert passes_for(zoo["lenet5"].recipe, rows) == passes


def test_passes_that_are_given_are_made(digits):
    def passes(**parameters):
        return LeNetClassifier("lenet1", **parameters, threads=1).fit(digits[0][:9], digits[1][:9]).n_iter_

    assert passes(passes=2) == 2 and passes(recipe=Recipe(passes=4)) == 4


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"network": "lenet55"}, "no network 'lenet55'; did you mean lenet5"),
        ({"network": 5}, "network must be a name of the zoo, the path of a TOML file or a Network, not 5"),
        ({"network": "none.toml"}, "none.toml"),
        ({"recipe": "quik"}, "no recipe for small 'quik'; did you mean quick"),
        ({"recipe": None}, "recipe must be one of quick, default, published, or a Recipe, not None"),
        ({"random_state": -1}, "random_state must be None, a whole number of 0 or more"),
        ({"random_state": "a"}, "random_state must be None, a whole number of 0 or more"),
        ({"pixels": (1, 1)}, "pixels must be the values of paper and of ink"),
        ({"passes": 0}, "a recipe's passes must be a whole number of 1 or more"),
        ({"batch": 1.5}, "a recipe's batch must be a whole number of 1 or more"),
        ({"validation": 2.0}, "Validation's share must be above 0 and below 1"),
        ({"engine": "nativ"}, "no engine 'nativ'; did you mean native"),
        ({"network": "relu-valid", "recipe": Recipe(), "rate": 1e30}, "training diverged"),
    ],
)
def test_wrong_parameters(digits, small, parameters, message):
    for train in (lambda c: c.fit(*digits), lambda c: c.partial_fit(*digits, classes=[0, 1, 2])):
        with pytest.raises(LenetError, match=message):
            train(small(**parameters))


def test_wrong_data(digits, small):
    images, labels = digits
    fitted = small().fit(images, labels)
    with pytest.raises(NotFittedError):
        small().predict(images)
    with pytest.raises(ValueError, match="NaN"):
        small().fit(np.full((3, 4), np.nan), [0, 1, 2])
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        small().fit(sparse.csr_matrix(images.reshape(240, -1)), labels)
    with pytest.raises(ValueError, match="144 features"):
        fitted.predict(images.reshape(240, -1)[:, :100])
    with pytest.raises(ValueError, match=r"pictures must be \(12, 12\), as those of fit, but are \(9, 16\)"):
        fitted.predict(images.reshape(240, 9, 16))
    with pytest.raises(ValueError, match=r"rows of numbers \(n, features\), but are \(2, 2, 2, 2, 2\)"):
        fitted.predict(np.zeros((2, 2, 2, 2, 2)))
    with pytest.raises(ValueError, match="Unknown label type"):
        small().fit(images, np.linspace(0, 1, 240))


def test_wrong_classes(digits, small):
    images, labels = digits
    with pytest.raises(ValueError, match="needs all classes that will ever come on its first call"):
        small().partial_fit(images, labels)
    with pytest.raises(ValueError, match=r"labels that aren't among the classes \[0 1\]: \[2\]"):
        small().partial_fit(images, labels, classes=[0, 1])
    fitted = small().fit(images, labels)
    with pytest.raises(ValueError, match=r"classes must be those that came first, \[0 1 2\], or be left out"):
        fitted.partial_fit(images, labels, classes=[0, 1, 2, 3])
    with pytest.raises(ValueError, match=r"labels that aren't among the classes \[0 1 2\]: \[3 4\]"):
        fitted.partial_fit(images, labels + 2)


@pytest.mark.parametrize(("first", "then"), [(1, 255), (255, 1)])
def test_another_scale_than_before_is_warned_of(digits, small, first, then):
    images, labels = digits[0] / 255, digits[1]
    fitted = small().fit(images * first, labels)
    with pytest.warns(UserWarning, match=f"came, but the classifier was fitted to 0 to {first}; give them as"):
        fitted.predict(images * then)


def test_what_was_fitted_stands_where_going_on_fails(digits, small):
    fitted = small(network="relu-valid", recipe=Recipe()).fit(*digits)
    before = fitted.predict_proba(digits[0])
    with pytest.raises(LenetError, match=r"training diverged in pass 4, at the rate 1e\+30; try a smaller rate"):
        fitted.set_params(rate=1e30).partial_fit(*digits)
    assert (fitted.predict_proba(digits[0]) == before).all() and fitted.n_iter_ == 3
