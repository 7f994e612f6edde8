from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.data import split
from lenet.errors import LenetError
from lenet.recipe import Validation

LABELS = np.repeat(np.arange(10, dtype=np.uint8), 120)


def test_rows_by_range_are_those_rows() -> None:
    train, watched = split(LABELS, Validation(rows=(1000, 1200)), seed=0)
    np.testing.assert_array_equal(watched, np.arange(1000, 1200))
    np.testing.assert_array_equal(train, np.arange(1000))


def test_rows_that_arent_held_out_are_trained_on_too() -> None:
    train, watched = split(LABELS, Validation(rows=(0, 50), held_out=False), seed=0)
    np.testing.assert_array_equal(train, np.arange(1200))
    np.testing.assert_array_equal(watched, np.arange(50))


def test_a_share_takes_each_class_alike_and_the_seed_decides_which() -> None:
    train, watched = split(LABELS, Validation(share=1 / 12), seed=3)
    np.testing.assert_array_equal(np.bincount(LABELS[watched]), [10] * 10)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, watched])), np.arange(1200))
    np.testing.assert_array_equal(split(LABELS, Validation(share=1 / 12), seed=3)[1], watched)
    assert (split(LABELS, Validation(share=1 / 12), seed=4)[1] != watched).any()


def test_the_draw_is_that_of_the_bits_that_numpy_promises() -> None:
    labels = np.zeros(6, np.uint8)
    raw = np.random.PCG64(5).random_raw(6).tolist()
    expected = sorted(sorted(range(6), key=raw.__getitem__)[:2])
    assert split(labels, Validation(share=1 / 3), seed=5)[1].tolist() == expected


@given(labels=st.lists(st.integers(0, 6), min_size=4, max_size=80), share=st.floats(0.05, 0.9), seed=st.integers(0, 99))
def test_any_share_is_met_to_a_row_in_all_and_in_each_class(labels: list[int], share: float, seed: int) -> None:
    array = np.array(labels, np.uint8)
    try:
        train, watched = split(array, Validation(share=share), seed)
    except LenetError:
        assert round(share * len(labels)) in (0, len(labels))
        return
    assert len(watched) == round(share * len(labels))
    assert sorted([*train, *watched]) == list(range(len(labels)))
    for label in set(labels):
        assert abs((array[watched] == label).sum() - share * labels.count(label)) <= 1


def test_a_range_outside_the_data_is_refused() -> None:
    with pytest.raises(
        LenetError, match="1,000 to 1,201 don't fit the 1,200 training rows; give an end of 1,200 at most"
    ):
        split(LABELS, Validation(rows=(1000, 1201)), seed=0)


def test_nothing_to_watch_or_to_train_on_is_refused() -> None:
    with pytest.raises(LenetError, match="watch a larger share"):
        split(LABELS, Validation(share=1e-6), seed=0)
    with pytest.raises(LenetError, match="none is left to train on"):
        split(LABELS, Validation(rows=(0, 1200)), seed=0)
