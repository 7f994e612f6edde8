"""scikit-learn's own checks of an estimator."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from lenet import LeNetClassifier

LEARNING = ("check_classifiers_train", "check_classifiers_classes")  # want right answers, and so a whole fit


def name_of(check) -> str:
    return getattr(check, "func", check).__name__


@parametrize_with_checks([LeNetClassifier("lenet1", passes=1, threads=1)])
def test_after_one_pass(estimator, check):
    if name_of(check) in LEARNING:
        pytest.skip("one pass is too few to learn; the slow tests have it")
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([LeNetClassifier(threads=1)])
def test_as_it_comes(estimator, check):
    check(estimator)
