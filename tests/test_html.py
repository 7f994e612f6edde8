"""What notebooks show: well-formed, escaped, without scripts; and the parts it is made of."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import lenet
from lenet import Conv, Dense, Flatten, MaxPool, Network, Preparation, Recipe, html
from lenet.engine.layout import Layout
from lenet.engine.state import State
from lenet.model import Ensemble, Model
from lenet.model.kernels import picture as kernels_of
from lenet.page.box import Box
from lenet.reading.result import Digit, Line, Reading
from lenet.training import Committee, Row, Run
from lenet.zoo import ZOO

HOSTILE = "<script>alert('&\"1')</script>"


class Loose(HTMLParser):
    """Notes the tags that a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


def seen(thing) -> ElementTree.Element:
    """Return what a notebook is given, once it has been found harmless."""
    text = thing._repr_html_()
    parser = Loose()
    parser.feed(text)
    assert "script" not in parser.tags
    return ElementTree.fromstring(text)


def words(thing) -> str:
    return " ".join(" ".join(seen(thing).itertext()).split())


def picture_in(root: ElementTree.Element) -> np.ndarray:
    (image,) = root.iter("img")
    return np.asarray(Image.open(io.BytesIO(b64decode(image.get("src").partition(",")[2]))))


@pytest.fixture
def network() -> Network:
    return Network(HOSTILE, (1, 8, 8), (Conv(3, kernel=3), MaxPool(), Flatten(), Dense(2)))


@pytest.fixture
def model(network) -> Model:
    flat = np.random.default_rng(0).uniform(-1, 1, Layout(network).size).astype(np.float32)
    metrics = {"test": {"error": 0.25, "wrong": 1_234, "count": 4_936}, "validation": {"error": HOSTILE}}
    return Model(
        network,
        Preparation((1, 8, 8)),
        flat,
        classes=(HOSTILE, "&"),
        recipe=Recipe(data=HOSTILE),
        metrics=metrics,
        data=HOSTILE,
    )


@pytest.fixture
def run(model, tmp_path) -> Run:
    first = Row(1, True, 10, 0.5, 0.1, None, None, None, 0.2, 0.01, 1.0, 99.0)
    rows = [replace(first, pass_=n, updates=10 * n, training_error=0.1 / n, test_error=0.2 / n) for n in (1, 2, 3)]
    rows.insert(1, replace(rows[0], pass_=2, complete=False, updates=15, test_error=None))
    metrics = {**model.metrics, "passes": 3, "updates": 30, "seconds": {"training": 1.5}, "digits_per_second": 12_345.6}
    return Run(model, tuple(rows), tmp_path / HOSTILE.replace("/", ""), metrics, State(model.flat, ()))


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo(name):
    text = words(ZOO[name])
    assert all(step.name in text for step in ZOO[name].network.steps)
    assert f"{ZOO[name].network.parameters:,} parameters" in text and ZOO[name].source in text
    assert words(ZOO[name].network).endswith(f"{ZOO[name].network.multiply_adds:,}")


def test_the_zoo_is_a_table():
    assert all(name in words(lenet.zoo) for name in ZOO)


def test_a_network(network):
    assert HOSTILE in words(network)
    rows = list(seen(network).iter("tr"))
    assert len(rows) == 1 + 4 + 1 and rows[-1].get("class") == "sum"


def test_a_recipe():
    assert "Recipe seed 3" in words(Recipe(data=HOSTILE, seed=3)) and HOSTILE in words(Recipe(data=HOSTILE))


def test_a_model(model):
    text = words(model)
    assert "test error 25.00% (1,234 of 4,936)" in text and "validation error unknown" in text
    assert f"classes {HOSTILE} &" in text and "kernels of C1" in text
    sheet = picture_in(seen(model))
    assert sheet.shape == (3, 11, 2)  # three kernels of 3x3, a pixel between them
    weights = model.weights["C1.weight"]
    largest = np.abs(weights).max()
    for number in range(3):
        shown = sheet[:, 4 * number : 4 * number + 3]
        assert (shown[..., 1] == 255).all()
        assert np.abs((shown[..., 0] - 128.0) / 127 * largest - weights[number, 0]).max() < largest / 127
    assert (sheet[:, 3, 1] == 0).all()


def test_kernels_go_by_the_table_and_begin_a_new_row():
    network = ZOO["lenet5"].network
    weights = {"C3.weight": np.ones((16, 6, 5, 5), np.float32)}
    later = replace(network, input=(6, 14, 14), layers=network.layers[2:])
    name, sheet = kernels_of(later, weights)
    assert name == "C3" and sheet.shape == (4 * 6 - 1, 16 * 6 - 1, 2)  # 60 pairs
    assert sheet[18:, :, 1].sum() == 12 * 25 * 255 and (sheet[sheet[..., 1] > 0][:, 0] == 255).all()
    plain = Network("plain", (1, 2, 2), (Flatten(), Dense(2)))
    assert kernels_of(plain, {}) is None
    of_nothing = kernels_of(later, {"C3.weight": np.zeros((16, 6, 5, 5), np.float32)})
    assert (of_nothing[1][..., 0][of_nothing[1][..., 1] > 0] == 128).all()


def test_a_model_that_knows_nothing_of_itself():
    network = Network("plain", (1, 2, 2), (Flatten(), Dense(2)))
    root = seen(Model(network, Preparation((1, 2, 2)), np.zeros(10, np.float32)))
    assert not list(root.iter("img")) and "error" not in " ".join(root.itertext())


def test_an_ensemble(model):
    text = words(Ensemble([model, model], sure=1.5, metrics={"test": {"error": 0.125}}))
    assert "test error 12.50%" in text and "lie 1.5 or more apart" in text
    assert "member 1 alone never" in words(Ensemble([model, model]))


def test_a_run(run):
    root, text = seen(run), words(run)
    assert "3 passes, 30 updates, in 1.5 s" in text and "12,346 digits a second" in text and "in 2" in text
    training, test = root.iter("{http://www.w3.org/2000/svg}polyline")
    assert all(len(line.get("points").split()) == 3 for line in (training, test))
    assert "validation" not in [cell.text for cell in root.iter("th")]
    assert not list(seen(replace(run, history=run.history[:1], folder=None)).iter("{http://www.w3.org/2000/svg}svg"))


def test_a_committee(run, model):
    ensemble = Ensemble([model, model], metrics={"test": {"error": 0.125}})
    metrics = {**run.metrics, "all_test": {"error": 0.5}, "cost": {"test": 1.25}}
    text = words(Committee(ensemble, (run, run), None, metrics, "all"))
    assert "all always asked 50.00%" in text and "1.25 networks a picture" in text


def test_a_reading():
    box = Box(10, 10, 30, 40)
    digit = Digit("<", 0.5, box, rejected=True, alternatives=(("&", 0.25), ("7", 0.125)))
    line = Line("<&", 0.5, box, (digit, Digit("&", 0.9, box)), alternatives=(("<7", 0.3),))
    reading = Reading((line,), file=HOSTILE, page=2, size=(200, 100), kind="line")
    text = words(reading)
    assert f"{HOSTILE}, page 2 line, 200 x 100 pixels" in text and "& 25.0%, 7 12.5%" in text
    frame, first, second = seen(reading).iter("{http://www.w3.org/2000/svg}rect")
    scale = float(frame.get("width")) / 200
    assert float(first.get("x")) == pytest.approx(10 * scale) and float(first.get("height")) == pytest.approx(
        30 * scale
    )
    assert "dash" in first.get("style") and "dash" not in second.get("style")
    assert "<7 30.0%" in words(replace(reading, kind="page"))
    assert "and 40 more" in words(replace(reading, kind="page", lines=(line,) * 100))


@pytest.mark.parametrize(
    "reading",
    [
        Reading(),
        Reading(blank=0.9, size=(3, 3), reason="blank", rejected=True),
        Reading.failed(HOSTILE, HOSTILE),
        Reading((Line("", 0.1, Box(0, 0, 1, 1), rejected=True, reason="not a digit"),), size=(9_000, 2), kind="single"),
    ],
)
def test_readings_of_nothing(reading):
    assert words(reading).startswith("Reading") or "Reading" in words(reading)


def test_a_table_aligns_words_left_and_marks_the_sum():
    root = ElementTree.fromstring(html.table(("a", "b"), [("x", "1"), ("y", "2")], words=("a",), total=True))
    assert [cell.get("class") for cell in root.iter("td")] == ["w", None, "w", None]
    assert [row.get("class") for row in root.iter("tr")] == [None, None, "sum"]


def test_a_table_leaves_out_empty_columns():
    root = ElementTree.fromstring(html.table(("a", "b", "c"), [("1", "", ""), ("2", "", "3")], words=("c",)))
    assert [cell.text for cell in root.iter("th")] == ["a", "c"]
    assert [cell.get("class") for cell in root.iter("td")] == [None, "w"] * 2


def test_curves_rise_where_values_do():
    root = ElementTree.fromstring(html.curves([html.Line(HOSTILE, [(0, 1), (1, 2), (3, 4)])], "passes"))
    (line,) = root.iter("{http://www.w3.org/2000/svg}polyline")
    xs, ys = zip(*(map(float, point.split(",")) for point in line.get("points").split()), strict=True)
    assert (xs[1] - xs[0]) * 2 == pytest.approx(xs[2] - xs[1], abs=0.2) and ys[0] > ys[1] > ys[2]
    assert (ys[0] - ys[1]) * 2 == pytest.approx(ys[1] - ys[2], abs=0.2)


def test_curves_over_decades_are_logarithmic():
    root = ElementTree.fromstring(html.curves([html.Line("error", [(0, 100), (1, 10), (2, 1)])], "passes"))
    (line,) = root.iter("{http://www.w3.org/2000/svg}polyline")
    ys = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1], abs=0.2)
    ticks = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"1", "100"} <= set(ticks)


@pytest.mark.parametrize("ys", [(0.0, 0.0), (5.0, 5.0), (-3.0, -1.0), (1e-9, 2e-9), (0.0, 1e9)])
def test_curves_of_any_size(ys):
    root = ElementTree.fromstring(html.curves([html.Line("a", list(enumerate(ys))), html.Line("b", [])], "x"))
    heights = [float(line.get(side)) for line in root.iter("{http://www.w3.org/2000/svg}line") for side in ("y1", "y2")]
    assert heights and all(0 <= height <= 190 for height in heights)


def test_ends_of_curves_don_t_overlap():
    lines = [html.Line(str(n), [(0, 0), (1, 1 + n / 1000)]) for n in range(3)]
    root = ElementTree.fromstring(html.curves(lines, "x"))
    texts = [text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.get("fill") != "currentColor"]
    ends = sorted(float(text.get("y")) for text in texts)
    assert len(ends) == 3 and min(after - before for before, after in pairwise(ends)) >= 13


def test_a_picture_is_drawn_pixel_by_pixel():
    pixels = np.array([[0, 255], [7, 9]], np.uint8)
    root = ElementTree.fromstring(html.picture(pixels, HOSTILE, scale=5))
    assert (picture_in(root) == pixels).all()
    (image,) = root.iter("img")
    assert image.get("alt") == HOSTILE and "width:10px" in image.get("style")
