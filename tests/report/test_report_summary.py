from __future__ import annotations

import json

import pytest

from lenet.network import Conv, Dense, Flatten, LocalContrastNorm, Network
from lenet.network.summary import NAMES, rows
from lenet.plain import LAYERS
from lenet.recipe import Distortion, Recipe
from lenet.recipe import words as recipe_words
from lenet.report import summary
from lenet.zoo import ZOO


def test_the_paper_s_counts_add_up():
    total = summary.document(ZOO["lenet5"].network)["total"]
    assert (total["parameters"], total["connections"]) == (60_000, 340_908)
    shown = rows(ZOO["lenet5"].network)
    assert [row.layer for row in shown] == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert [row.parameters for row in shown] == [156, 12, 1_516, 32, 48_120, 10_164, 0]  # the paper's section II.B
    assert [row.connections for row in shown] == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]


def test_the_table_shows_them():
    lines = summary.table(ZOO["lenet5"].network).text().splitlines()
    assert lines[-1].split() == ["total", "60,000", "340,908", "328,096"]
    assert "60/96" in lines[3] and "16@10x10" in lines[3] and "14x14" in lines[3]


@pytest.mark.parametrize("name", ZOO)
def test_every_network_s_rows_add_up_to_its_total(name):
    shown, total = rows(ZOO[name].network), summary.document(ZOO[name].network)["total"]
    for count in total:
        assert sum(getattr(row, count) for row in shown) == total[count]


@pytest.mark.parametrize("name", ZOO)
def test_every_summary_fits_80_columns_and_keeps_the_parameters(name):
    text = summary.table(ZOO[name].network).text(80)
    assert max(map(len, text.splitlines())) <= 80
    assert f"{ZOO[name].network.parameters:,}" in text


@pytest.mark.parametrize("name", ZOO)
def test_every_document_is_json(name):
    assert json.loads(json.dumps(summary.document(ZOO[name].network)))["network"] == name


def test_every_kind_of_layer_has_a_name_in_words():
    assert set(NAMES) == set(LAYERS)


def test_a_layer_without_window_or_activation():
    network = Network("own", (1, 8, 8), (LocalContrastNorm(), Conv(2, kernel=3), Flatten(), Dense(3)))
    first, second, *_ = rows(network)
    assert (first.window, first.activation) == (None, "none")
    assert (second.window, second.sees) == (3, 11)  # 9 pixels of the norm's window and one more on each side


@pytest.mark.parametrize("name", ZOO)
def test_every_recipe_has_words(name):
    words = recipe_words.describe(ZOO[name].recipe)
    assert {"data", "pixels", "loss", "rate", "passes"} <= set(words)
    assert all(words.values())
    assert (("validation" in words), ("stopping" in words)) == (
        ZOO[name].recipe.validation is not None,
        ZOO[name].recipe.stopping is not None,
    )


def test_distortions_are_told_with_their_units():
    distortion = Distortion(shift=1, scale=0.1, rotation=10, elastic=3, share=0.5)
    assert recipe_words.describe(Recipe(distortion=distortion))["distortions"] == (
        "at random up to: shift 1 px, scale 10%, rotation 10 degrees, elastic 3 px, smoothed over 4, "
        "of 0.5 of the pictures"
    )


@pytest.mark.parametrize(
    ("distortion", "words"),
    [
        (Distortion(), "none"),
        (Distortion(share=0.5), "none"),
        (Distortion(noise=0.1, share=0.5), "0.1 of the pixels turned over, of 0.5 of the pictures"),
        (Distortion(shift=2, noise=0.05), "at random up to: shift 2 px, 0.05 of the pixels turned over"),
        (Distortion(shear=0.15, copies=9), "beside each digit 9 made once, at random up to: shear 0.15"),
    ],
)
def test_noise_and_copies_are_told(distortion, words):
    assert recipe_words.describe(Recipe(distortion=distortion))["distortions"] == words


def test_a_size_is_told():
    assert recipe_words.describe(Recipe(size=15_000))["data"] == "mnist, the first 15,000 training digits"


def test_one_recipe_told_by_another():
    base = Recipe(passes=3, distortion=Distortion(shift=1))
    assert recipe_words.text(Recipe(passes=3, batch=1, seed=7), base).splitlines() == [
        "  passes       3, each in a new random order; an update every digit",
        "  distortions  none",
    ]


def test_the_paper_s_training_is_spelt_out():
    words = recipe_words.describe(ZOO["lenet1"].recipe)
    assert words["rate"].startswith("0.0005 for 2 passes, 0.0002 for 3 passes")
    assert words["optimiser"] == (
        "stochastic diagonal Levenberg-Marquardt, mu 0.02, second derivatives from 500 digits before each pass"
    )
