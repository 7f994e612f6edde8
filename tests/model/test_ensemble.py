"""Several models that answer together: the committee rule on hand-made outputs, metrics, and the file."""

import copy
import json
import pickle
import struct
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.errors import LenetError
from lenet.model import Ensemble, Model, choose_sure, load
from lenet.model import ensemble as module
from lenet.network import RBF, Conv
from lenet.recipe import Loss, LossKind


class Told:
    """An engine that answers what it was told, and writes down who was asked about which pictures."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def scores(self, flat, images):
        who, rows = int(flat[0]), images[:, 0, 0, 0]
        self.asked.append((who, rows.tolist()))
        return self.answers[who][rows]


@pytest.fixture
def told(several, monkeypatch):
    """Make an ensemble whose members give the scores ``ANSWERS``, and pictures 0 to 3."""
    members = several(len(ANSWERS))
    for number, member in enumerate(members):
        member.flat = np.full_like(member.flat, number)
    engine = Told(np.float32(ANSWERS))
    monkeypatch.setattr(module.engines, "build", lambda *_: engine)
    pictures = np.zeros((4, 8, 8), np.uint8)
    pictures[:, 0, 0] = np.arange(4)
    return lambda **more: (Ensemble(members, **more), pictures, engine)


ANSWERS = [
    [[9, 1, 0], [3, 2, 0], [5, 3, 3], [0, 4, 3]],  # gaps 8, 1, 2, 1
    [[0, 9, 0], [0, 4, 0], [0, 9, 0], [0, 0, 2]],
    [[0, 9, 0], [1, 0, 0], [0, 9, 0], [0, 1, 2]],
]


def test_all_are_asked_and_their_scores_added(told):
    ensemble, pictures, engine = told()
    assert ensemble.scores(pictures).tolist() == [[9, 19, 0], [4, 6, 0], [5, 21, 3], [0, 5, 7]]
    assert ensemble.predict(pictures).tolist() == [1, 1, 1, 2]
    assert ensemble.cost(pictures) == 3
    assert engine.asked[:3] == [(0, [0, 1, 2, 3]), (1, [0, 1, 2, 3]), (2, [0, 1, 2, 3])]


def test_where_the_first_is_sure_the_others_are_skipped(told):
    ensemble, pictures, engine = told(sure=2)  # a gap of 2 is enough
    assert ensemble.predict(pictures).tolist() == [0, 1, 0, 2]
    assert engine.asked == [(0, [0, 1, 2, 3]), (1, [1, 3]), (2, [1, 3])]
    assert ensemble.scores(pictures).tolist() == [[27, 3, 0], [4, 6, 0], [15, 9, 9], [0, 5, 7]]
    assert ensemble.cost(pictures) == 2
    metrics = ensemble.evaluate(pictures, [0, 1, 1, 2])
    assert (metrics.wrong, metrics.confusion[1].tolist()) == (1, [1, 1, 0])
    assert [ensemble.predict(picture) for picture in pictures] == [0, 1, 0, 2]


def test_one_picture_that_the_first_is_sure_of_is_read_once(told):
    ensemble, pictures, engine = told(sure=2)
    assert (ensemble.predict(pictures[0]), ensemble.predict(pictures[2])) == (0, 0)
    assert ensemble.scores(pictures[2]).tolist() == [15, 9, 9] and ensemble.probabilities(pictures[2]).shape == (3,)
    assert engine.asked == [(0, [0]), (0, [2]), (0, [2]), (0, [2])]
    engine.asked.clear()
    assert ensemble.predict(pictures[1]) == 1
    assert engine.asked == [(0, [1]), (1, [1]), (2, [1])]


def test_the_probability_is_the_mean_of_those_asked(told):
    ensemble, pictures, _ = told(sure=2)
    softmax = np.exp(ANSWERS) / np.exp(ANSWERS).sum(axis=2, keepdims=True)
    expected = np.stack([softmax[0, 0], softmax[:, 1].mean(axis=0), softmax[0, 2], softmax[:, 3].mean(axis=0)])
    assert ensemble.probabilities(pictures) == pytest.approx(expected, rel=1e-5)
    assert ensemble.probabilities(pictures[1]) == pytest.approx(expected[1], rel=1e-5)


def test_the_loss_is_that_of_the_mean_scores(told):
    ensemble, pictures, _ = told()
    mean, labels = np.mean(ANSWERS, axis=0), np.array([1, 1, 0, 2])
    expected = np.log(np.exp(mean).sum(axis=1)) - mean[np.arange(4), labels]
    assert ensemble.evaluate(pictures, labels).loss == pytest.approx(expected.mean())


def test_penalties_are_added_too_and_the_smallest_wins(images, make):
    codes = ((1.0, 1.0, -1.0), (-1.0, 1.0, 1.0), (1.0, -1.0, 1.0))
    loss = Loss(LossKind.DISCRIMINATIVE, j=2.5)
    members = [make(Conv(3, kernel=8, activation="tanh"), RBF(codes), loss=loss, seed=seed) for seed in range(3)]
    each = np.stack([member.scores(images) for member in members])
    ensemble = Ensemble(members)
    assert ensemble.scores(images) == pytest.approx(each.sum(axis=0), rel=1e-6)
    assert (ensemble.predict(images) == each.sum(axis=0).argmin(axis=1)).all()
    gap = np.diff(np.sort(each[0], axis=1)[:, :2], axis=1)[:, 0]
    sure = Ensemble(members, sure=float(np.median(gap)))
    alone = gap >= np.median(gap)
    assert (sure.predict(images)[alone] == each[0].argmin(axis=1)[alone]).all()
    assert sure.cost(images) == pytest.approx(1 + 2 * 3 / 7)  # 4 of the 7 are no less sure than the median
    shares = np.mean([member.probabilities(images) for member in members], axis=0)
    assert ensemble.probabilities(images) == pytest.approx(shares, rel=1e-5)


def test_a_committee_of_one_is_its_member(model, images):
    one = Ensemble([model])
    labels = np.arange(7) % 4
    assert (one.scores(images) == model.scores(images)).all() and (one.predict(images) == model.predict(images)).all()
    assert one.evaluate(images, labels).loss == pytest.approx(model.evaluate(images, labels).loss)
    assert (one.cost(images), one.cost(images[0])) == (1, 1)
    assert one.classes == model.classes and one.recipe == model.recipe


def test_it_reads_what_a_model_reads(images, several):
    ensemble = Ensemble(several(), sure=0.05)
    for image in (images[3], images[3] / 255, np.asfortranarray(images[3])):
        assert type(ensemble.predict(image)) is int and ensemble.scores(image).shape == (3,)
        assert ensemble.predict(image) == ensemble.predict(images)[3]
    none = np.zeros((0, 8, 8), np.uint8)
    assert ensemble.predict(none).shape == (0,) and ensemble.scores(none).shape == (0, 3)
    for refused in (lambda: ensemble.cost(none), lambda: ensemble.evaluate(none, [])):
        with pytest.raises(LenetError, match="there are no images"):
            refused()
    with pytest.raises(LenetError, match="images must be"):
        ensemble.predict(np.zeros((7, 9, 9), np.uint8))
    with pytest.raises(LenetError, match="labels must be"):
        ensemble.evaluate(images, [3] * 7)


def test_the_native_engine_answers_alike(images, several):
    pytest.importorskip("lenet._native")
    plain = several()
    native = [Model(m.network, m.preparation, m.flat, recipe=m.recipe) for m in plain]
    assert Ensemble(native).scores(images) == pytest.approx(Ensemble(plain).scores(images), abs=1e-4)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
def test_copies(images, copied, several):
    ensemble = Ensemble(several(), sure=0.1, metrics={"test": {"error": 0.5}})
    ensemble.predict(images)
    other = copied(ensemble)
    assert (other.scores(images) == ensemble.scores(images)).all()
    assert (other.sure, other.metrics, other.name) == (0.1, ensemble.metrics, "3 x small")


def test_threads_share_it(images, several):
    ensemble = Ensemble(several(), sure=0.1)
    expected, wrong = ensemble.scores(images), []

    def read():
        wrong.extend(i for i in range(20) if (ensemble.scores(images) != expected).any())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_members_that_don_t_fit(model, colours, several):
    with pytest.raises(LenetError, match="one or more members"):
        Ensemble([])
    with pytest.raises(LenetError, match="same network; number 2 differs"):
        Ensemble([model, colours])
    with pytest.raises(LenetError, match="same classes; number 3 differs"):
        Ensemble([*several(2), several(1, classes=("x", "y", "z"))[0]])
    for sure in (-1.0, float("nan"), float("inf")):
        with pytest.raises(LenetError, match="sure must be a gap"):
            Ensemble([model], sure=sure)


def test_what_it_says_of_itself(several):
    assert repr(Ensemble(several(2), metrics={"test": {"error": 0.007}})) == ("Ensemble('2 x small', test error 0.70%)")
    assert repr(Ensemble(several(2))) == "Ensemble('2 x small')"


# The threshold.


def test_the_smallest_harmless_threshold_by_hand():
    """Alone, the first reads rows of gaps 8 and 3 right, 4 right where the others don't, 2 and 1 wrong, 2 right."""
    first = [[8, 0], [4, 0], [3, 0], [2, 0], [2, 0], [1, 0]]
    others = [[0, 1], [0, 9], [1, 0], [0, 9], [0, 1], [0, 5]]
    labels = np.array([0, 0, 0, 1, 0, 1])
    scores = np.float32([first, others])  # together: row 1 is read wrong, and only that
    assert choose_sure(scores, labels, False) == 2  # down to 2: row 1 is won, row 3 lost; at 1 row 5 is lost too
    assert choose_sure(-scores, labels, True) == 2
    assert choose_sure(scores[:, [0, 2, 3, 4, 5]], labels[[0, 2, 3, 4, 5]], False) == 3  # equal gaps go together
    assert choose_sure(scores[:, 3:], labels[3:], False) is None


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_the_threshold_is_the_smallest_of_all(seed):
    random = np.random.default_rng(seed)
    scores, labels = random.integers(0, 6, (3, 40, 4)).astype(np.float32), random.integers(0, 4, 40)
    best = np.sort(scores[0], axis=1)
    gap = best[:, -1] - best[:, -2]
    together = scores.sum(axis=0).argmax(axis=1)

    def wrong(sure):
        return (np.where(gap >= sure, scores[0].argmax(axis=1), together) != labels).sum()

    harmless = [sure for sure in np.unique(gap) if wrong(sure) <= (together != labels).sum()]
    assert choose_sure(scores, labels, False) == (min(harmless) if harmless else None)


# The file.


@pytest.fixture
def file(tmp_path, several):
    Ensemble(several(), sure=0.25, metrics={"test": {"error": 0.125}}).save(tmp_path / "e.safetensors")
    return tmp_path / "e.safetensors"


def parts(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def put(path, header, body):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def test_what_is_saved_comes_back(file, images, several):
    members = several()
    for loaded in (load(file, engine="reference"), Ensemble.load(file, engine="reference")):
        assert type(loaded) is Ensemble and loaded.sure == 0.25 and loaded.metrics == {"test": {"error": 0.125}}
        for member, before in zip(loaded.members, members, strict=True):
            assert (member.flat == before.flat).all()
            assert (member.recipe, member.metrics) == (before.recipe, before.metrics)
        assert (loaded.scores(images) == Ensemble(members, sure=0.25).scores(images)).all()
    loaded.save(file.with_name("again"))
    assert file.with_name("again").read_bytes() == file.read_bytes()


def test_both_kinds_are_told_apart(file, model, tmp_path):
    model.save(tmp_path / "model.safetensors")
    assert type(load(tmp_path)) is Model
    with pytest.raises(LenetError, match="must be a model, but it says that it is 'ensemble'"):
        Model.load(file)
    with pytest.raises(LenetError, match="must be an ensemble, but it says that it is 'model'"):
        Ensemble.load(tmp_path)
    header, body = parts(file)
    about = json.loads(header["__metadata__"]["lenet"])
    put(file, {**header, "__metadata__": {"lenet": json.dumps({**about, "kind": "checkpoint"})}}, body)
    with pytest.raises(LenetError, match="must be a model or an ensemble, but it says that it is 'checkpoint'"):
        load(file)


def test_half_the_size(file, images, tmp_path, several):
    ensemble = Ensemble(several(), half=True)
    ensemble.save(tmp_path / "half.safetensors")
    loaded = load(tmp_path / "half.safetensors", engine="reference")
    assert len(parts(tmp_path / "half.safetensors")[1]) == len(parts(file)[1]) / 2
    assert (loaded.scores(images) == ensemble.scores(images)).all() and loaded.half
    for member, whole in zip(ensemble.members, several(), strict=True):
        assert (member.flat == whole.flat.astype(np.float16)).all() and (member.flat != whole.flat).any()
        assert member.metrics == {}  # they were measured of other weights
    again = Ensemble(loaded.members, half=True)
    assert again.members == loaded.members  # rounded weights stay as they are


def test_weights_that_float16_can_t_hold(several):
    member = several(1)[0]
    large = Model(member.network, member.preparation, member.flat + np.float32(7e4))
    with pytest.raises(LenetError, match="larger than 65504"):
        Ensemble([large], half=True)


def test_damaged_files(file):
    header, body = parts(file)
    about = json.loads(header["__metadata__"]["lenet"])

    def says(changes, words, description=None, numbers=body):
        metadata = {"lenet": json.dumps({**about, **(description or {})})}
        put(file, {**header, **changes, "__metadata__": metadata}, numbers)
        with pytest.raises(LenetError, match=words) as caught:
            load(file)
        assert str(file) in str(caught.value) and len(str(caught.value)) < 1000

    bias = header["C1.bias"]
    says({"C1.bias": {**bias, "dtype": "F64"}}, r"must be float32 \(F32\) or float16 \(F16\), but is F64")
    says({"C1.bias": {**bias, "dtype": "F16"}}, "has the shape")
    says({"C1.bias": {**bias, "shape": [9]}}, "3 members, but not as many in each array")
    says({"C1.bias": {**bias, "shape": [3, 3, 1]}}, r"C1.bias must be \(3,\)")
    says({}, "finite", numbers=np.float32(np.nan).tobytes() + body[4:])
    for change, words in (
        ({"members": about["members"][:2]}, "2 members, but not as many"),
        ({"members": []}, "0 members, but"),
        ({"members": 3}, "damaged"),
        ({"members": [None] * 3}, "damaged"),
        ({"sure": "much"}, "damaged"),
        ({"sure": -1}, "sure must be"),
        ({"metrics": 0}, "damaged"),
        ({"format": 2}, "format version 2, and this lenet knows 1 to 1"),
        ({"network": None}, "network"),
    ):
        says({}, words, change)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(LenetError, match="cut short"):
        load(file)


def test_metrics_that_json_can_t_hold(tmp_path, several):
    with pytest.raises(LenetError, match="ensemble's metrics must be finite"):
        Ensemble(several(), metrics={"test": float("nan")}).save(tmp_path / "e.safetensors")
    assert not list(tmp_path.iterdir())
