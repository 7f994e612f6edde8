"""Robustness: what is measured, the ranges found in it, the table, the document and the figure."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.errors import LenetError
from lenet.model import Ensemble, Model
from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import Start
from lenet.report import plot
from lenet.report.robustness import AXES, Axis, Measured, document, measure, table
from lenet.report.robustness.disturbing import scale, shifts
from lenet.report.robustness.figure import draw, typical
from lenet.report.robustness.measuring import framed
from lenet.report.robustness.ranges import at_claim, within, words
from lenet.training import draw as draw_weights

IMAGES, LABELS = glyphs(40, seed=3)

TWO = Axis("turn", "degrees", " degrees", (-20, -10, 0, 10, 20), 0, 1, maps=lambda _: (), claim=(-15, 15))
ONE = Axis("shift", "pixels", " px", (0, 2, 4), 0, 1, maps=lambda _: (), paper="half", claim=(0, 3))


def model(padding=2, classes=10, shape=(1, 28, 28)) -> Model:
    preparation = Preparation(shape=shape, low=-0.1, high=1.175, padding=padding)
    network = Network("small", preparation.input, (Conv(3), MaxPool(4), Flatten(), Dense(classes)))
    return Model(network, preparation, draw_weights(network, Start.GLOROT, 1))


def test_a_range_ends_where_the_line_between_two_levels_crosses_the_bound():
    assert within(TWO, (0.5, 0.9, 1.0, 1.0, 0.8), 0.95) == pytest.approx((-5, 12.5))
    assert within(TWO, (0.5, 0.9, 1.0, 1.0, 0.8), 0.7) == pytest.approx((-15, inf))
    assert within(TWO, (0.9,) * 5, 0.9) == (-inf, inf)
    assert within(TWO, (1.0, 1.0, 0.94, 1.0, 1.0), 0.95) is None


def test_what_recovers_beyond_a_fall_doesn_t_count():
    assert within(TWO, (1.0, 0.9, 1.0, 0.9, 1.0), 0.95) == pytest.approx((-5, 5))


def test_a_range_in_words():
    assert words(TWO, (-5, 12.5)) == "-5 to 12 degrees"
    assert words(TWO, (-inf, inf)) == "<-20 to >20 degrees"
    assert words(ONE, within(ONE, (1.0, 0.96, 0.86), 0.91)) == "up to 3 px"
    assert words(ONE, within(ONE, (1.0, 1.0, 1.0), 0.9)) == "up to >4 px"
    assert words(ONE, None) == "-"


def test_where_the_paper_s_range_ends_the_worse_end_counts():
    assert at_claim(TWO, (0.2, 0.8, 1.0, 0.6, 0.2)) == pytest.approx(0.4)
    assert at_claim(ONE, (1.0, 0.8, 0.6)) == pytest.approx(0.7)
    assert at_claim(replace(TWO, claim=None), (1.0,) * 5) is None


def hand_made(name="a", canvas=(32, 32)) -> Measured:
    accuracy = {"turn": (0.5, 0.9, 1.0, 1.0, 0.75), "shift": (1.0, 0.8, 0.6)}
    return Measured(name, canvas, 20, accuracy, {"turn": (1.0,) * 5, "shift": (1.0, 0.99, 0.97)})


def test_the_table_has_a_row_for_each_disturbance_and_model():
    rows = table([hand_made("a"), hand_made("b")], (TWO, ONE)).rows
    assert rows[0] == ("turn", "a", "-5 to 12 degrees", "-10 to 14 degrees", "all", "", "70.0%")
    assert rows[2] == ("shift", "a", "up to 0.5 px", "up to 1 px", "up to 3 px", "half", "70.0%")
    assert [row[1] for row in rows] == ["a", "b", "a", "b"]


def test_the_document_is_json():
    read = json.loads(json.dumps(document([hand_made()], (TWO, ONE)), allow_nan=False))
    assert read["models"][0]["ranges"]["turn"]["0.95"] == pytest.approx([-5, 12])
    assert read["models"][0]["accuracy"]["shift"] == [1.0, 0.8, 0.6]
    assert [axis["name"] for axis in read["axes"]] == ["turn", "shift"]
    unreached = replace(hand_made(), accuracy={"turn": (1.0,) * 5, "shift": (0.1,) * 3})
    assert document([unreached], (TWO, ONE))["models"][0]["ranges"]["turn"]["0.95"] == [None, None]
    assert document([unreached], (TWO, ONE))["models"][0]["ranges"]["shift"]["0.95"] is None


def test_a_model_in_the_whole_frame_answers_as_it_did():
    small = model()
    np.testing.assert_allclose(
        framed(small).scores(np.pad(IMAGES, ((0, 0), (2, 2), (2, 2)))), small.scores(IMAGES), rtol=1e-5, atol=1e-5
    )


def test_an_ensemble_in_the_whole_frame_keeps_its_rule():
    both = framed(Ensemble([model(), model()], sure=0.5))
    assert isinstance(both, Ensemble)
    assert (both.sure, len(both.members), both.preparation.shape) == (0.5, 2, (1, 32, 32))


def test_undisturbed_the_accuracy_is_the_model_s_and_each_frame_is_its_network_s():
    axes = (
        Axis("scale", "", "x", (0.5, 1, 2), 1, 1, maps=lambda level: (scale(level),)),
        Axis("shift", "", " px", (0, 9), 0, 1, maps=shifts),
    )
    models, told = {"padded": model(2), "bare": model(0)}, []
    measured = measure(models, IMAGES, LABELS, axes=axes, progress=lambda *step: told.append(step))
    assert [each.canvas for each in measured] == [(32, 32), (28, 28)]
    for each in measured:
        expected = models[each.name].evaluate(IMAGES, LABELS).accuracy
        assert each.accuracy["scale"][1] == each.accuracy["shift"][0] == expected
        assert each.count == 40
    padded, bare = measured
    assert padded.kept["shift"][1] > bare.kept["shift"][1]
    assert told == [(n, 10, "scale" if n % 5 < 3 else "shift") for n in range(10)]


def test_what_can_t_be_measured_is_told_before_the_work():
    with pytest.raises(LenetError, match="small reads pictures of 3 channels"):
        measure({"small": model(shape=(3, 28, 28))}, IMAGES, LABELS)
    with pytest.raises(LenetError, match="images must be"):
        measure({"small": model(shape=(1, 20, 20))}, IMAGES, LABELS)
    with pytest.raises(LenetError, match="labels must be from 0 to 4"):
        measure({"small": model(classes=5)}, IMAGES, LABELS)
    with pytest.raises(LenetError, match="no images"):
        measure({"small": model()}, IMAGES[:0], LABELS[:0])


def test_the_levels_hold_the_undisturbed_one_and_the_paper_s():
    for axis in AXES:
        assert axis.rest in axis.levels[:: axis.shown]
        assert list(axis.levels) == sorted(set(axis.levels))
        if axis.claim is not None:
            assert axis.levels[0] <= axis.claim[0] < axis.claim[1] <= axis.levels[-1]


def test_a_typical_picture_is_the_nearest_to_its_class_s_mean():
    images = np.array([[[0]], [[9]], [[10]], [[20]], [[40]], [[60]], [[41]]], np.uint8)
    labels = np.array([0, 0, 0, 1, 2, 2, 2])
    # class 2 has the mean 47, class 0 6.3: they begin at 2 and come round again
    assert typical(images, labels, 4).tolist() == [[[41]], [[9]], [[20]], [[41]]]


def test_the_figure_has_a_panel_with_a_line_for_each_model_and_digits_below(tmp_path):
    axes = (AXES[0], AXES[5])
    right, kept = ({a.name: (share,) * len(a.levels) for a in axes} for share in (0.5, 0.9))
    made = [Measured("one", (28, 28), 9, right, kept), Measured("two", (32, 32), 9, right, kept)]
    with plot.style():
        figure = draw(made, IMAGES[:2], "a title", axes)
        plot.save(figure, tmp_path / "a.png")
    panels, strips = figure.axes[::2], figure.axes[1::2]
    assert [panel.get_title(loc="left") for panel in panels] == ["scale", "noise"]
    assert [line.get_label() for line in panels[0].lines] == ["one", "two"]
    assert [len(strip.artists) for strip in strips] == [9, 7]
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named[:2] == ["one", "two"]
    assert named[-2:] == ["ink outside of the 28x28 frame", "ink outside of the 32x32 frame"]
