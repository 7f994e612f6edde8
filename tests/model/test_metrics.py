"""Losses, probabilities, error and confusion, against PyTorch and against the reference engine's own losses."""

import numpy as np
import pytest

from lenet.engine.reference.losses import evaluate as reference
from lenet.errors import LenetError
from lenet.model.metrics import losses, probabilities, tally
from lenet.recipe import Loss, LossKind

SCORES = np.random.default_rng(0).normal(0, 3, (50, 4)).astype(np.float32)
LABELS = np.random.default_rng(1).integers(0, 4, 50).astype(np.uint8)


@pytest.mark.parametrize(
    ("kind", "smallest"),
    [
        (LossKind.CROSS_ENTROPY, False),
        (LossKind.CROSS_ENTROPY, True),
        (LossKind.DISTANCE, True),
        (LossKind.DISCRIMINATIVE, True),
        (LossKind.SQUARED, False),
    ],
)
def test_losses_are_those_that_training_makes_small(kind, smallest):
    scores = np.abs(SCORES) if smallest else SCORES
    expected, _ = reference(Loss(kind, 1.5), scores.astype(np.float64), LABELS, smallest)
    assert losses(scores, LABELS, Loss(kind, 1.5), smallest) == pytest.approx(expected)


def test_cross_entropy_and_softmax_are_pytorchs():
    torch = pytest.importorskip("torch")
    scores, labels = torch.from_numpy(SCORES), torch.from_numpy(LABELS.astype(np.int64))
    expected = torch.nn.functional.cross_entropy(scores, labels, reduction="none")
    assert losses(SCORES, LABELS, Loss(), False) == pytest.approx(expected.numpy(), rel=1e-5)
    assert probabilities(SCORES, Loss(), False) == pytest.approx(torch.softmax(scores, 1).numpy(), rel=1e-5)
    assert probabilities(SCORES, Loss(), True) == pytest.approx(torch.softmax(-scores, 1).numpy(), rel=1e-5)


def test_the_rubbish_class_by_hand():
    """Distances 1 and 3, j = 2: exp(-1) and exp(-3) over exp(-2) + exp(-1) + exp(-3)."""
    total = np.exp(-2) + np.exp(-1) + np.exp(-3)
    shares = probabilities(np.float32([[1, 3]]), Loss(LossKind.DISCRIMINATIVE, 2.0), True)
    assert shares[0] == pytest.approx([np.exp(-1) / total, np.exp(-3) / total])
    far = probabilities(np.float32([[500, 900]]), Loss(LossKind.DISCRIMINATIVE, 2.0), True)
    assert far.sum() < 1e-6  # far from every code: rubbish


def test_huge_scores_don_t_overflow():
    scores = np.float32([[1e4, -1e4, 0]])
    assert probabilities(scores, Loss(), False)[0].tolist() == [1, 0, 0]
    assert losses(scores, np.array([1]), Loss(), False)[0] == pytest.approx(2e4)


def test_confusion_by_hand():
    scores = np.eye(3, dtype=np.float32)[[0, 0, 1, 2, 2, 2]]
    labels = np.uint8([0, 1, 1, 2, 0, 0])
    metrics = tally(iter([(scores[:4], labels[:4]), (scores[4:], labels[4:])]), 3, Loss(), False)
    assert metrics.confusion.tolist() == [[1, 0, 2], [1, 1, 0], [0, 0, 1]]
    assert (metrics.count, metrics.wrong, metrics.error, metrics.accuracy) == (6, 3, 0.5, 0.5)
    right = np.log(np.e + 2) - 1
    assert metrics.loss == pytest.approx((3 * right + 3 * np.log(np.e + 2)) / 6)
    smallest = tally(iter([(1 - scores, labels)]), 3, Loss(), True)
    assert smallest.confusion.tolist() == metrics.confusion.tolist()


def test_the_mean_is_over_images_and_not_over_batches():
    uneven = tally(iter([(SCORES[:49], LABELS[:49]), (SCORES[49:], LABELS[49:])]), 4, Loss(), False)
    assert uneven.loss == pytest.approx(losses(SCORES, LABELS, Loss(), False).mean())


def test_nothing_to_measure():
    with pytest.raises(LenetError, match="no images"):
        tally(iter([]), 3, Loss(), False)
