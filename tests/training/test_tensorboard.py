"""Logs for TensorBoard, read back by TensorBoard's own reader."""

from __future__ import annotations

import errno
import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet import files
from lenet.errors import LenetError
from lenet.network import Dense, Flatten, Network
from lenet.training import Interrupted, Observer, Several, TensorBoard, history, together, train

pytest.importorskip("tensorboard")


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder), size_guidance=dict.fromkeys(("scalars", "images", "tensors"), 0)).Reload()


def curve(folder, tag):
    return [(point.step, point.value) for point in read(folder).Scalars(tag)]


def logged(network, digits, recipe, folder, *others, **more):
    observer = Several(TensorBoard(), *others)
    return train(network, digits, recipe=recipe, folder=folder, engine="reference", observer=observer, **more)


class Stop(Observer):
    """Presses Ctrl-C once, after so many updates."""

    def __init__(self, updates):
        self.updates, self.stopped = updates, False

    def on_chunk(self, progress):
        if not self.stopped and progress.updates >= self.updates:
            self.stopped = True
            raise KeyboardInterrupt


class Killed(Exception):  # noqa: N818
    pass


class Kill(Observer):
    """Ends the run between two checkpoints, as a kill does: nothing more is written."""

    def __init__(self, updates):
        self.updates = updates

    def on_chunk(self, progress):
        if progress.updates >= self.updates:
            raise Killed


def test_what_is_logged(network, digits, recipe, tmp_path, often):
    run = logged(network, digits, replace(recipe, test_each_pass=True, training_each_pass=True), tmp_path / "run")
    folder = tmp_path / "run"
    for column in ("loss", "training_error", "training_error_after", "validation_error", "validation_loss",
                   "test_error", "rate", "digits_per_second"):  # fmt: skip
        expected = [(row.updates, pytest.approx(getattr(row, column), rel=1e-6)) for row in run.history]
        assert curve(folder, f"pass/{column}") == expected
    steps = [step for step, _ in curve(folder, "update/loss")]
    assert steps == sorted(set(steps)) and len(steps) >= 18  # of 24 updates, three of which end a pass
    assert {value for _, value in curve(folder, "update/rate")} == {float(np.float32(0.05))}
    assert all(value > 0 for _, value in curve(folder, "update/digits_per_second"))
    assert all(0 <= value <= 1 for _, value in curve(folder, "update/training_error"))
    assert curve(folder, "final/test_error") == [(24, pytest.approx(run.metrics["test"]["error"]))]
    assert curve(folder, "final/validation_error") == [(24, pytest.approx(run.metrics["validation"]["error"]))]


def test_kernels_and_weights(network, digits, recipe, tmp_path):
    run = logged(network, digits, recipe, tmp_path / "run")
    events = read(tmp_path / "run")
    assert [image.step for image in events.Images("kernels/C1")] == [8, 16, 24]
    last = Image.open(io.BytesIO(events.Images("kernels/C1")[-1].encoded_image_string))
    assert last.size == (8 * (3 * 3 + 2), 8 * 3)
    shown = np.asarray(last)[4::8, 4::8]
    weight = run.model.weights["C1.weight"][2, 0]
    assert (
        np.abs((shown[:, 8:11, 0] - 128.0) / 127 * np.abs(run.model.weights["C1.weight"]).max() - weight).max() < 0.02
    )
    for name, array in run.model.weights.items():
        assert [point.step for point in events.Tensors(f"weights/{name}")] == [8, 16, 24]
        buckets = tensor(events.Tensors(f"weights/{name}")[-1])
        assert buckets[:, 2].sum() == array.size
        assert buckets[0, 0] == pytest.approx(array.min()) and buckets[-1, 1] == pytest.approx(array.max())


def tensor(point):
    from tensorboard.util.tensor_util import make_ndarray

    return make_ndarray(point.tensor_proto)


def test_the_recipe_as_text_and_hyperparameters(network, digits, recipe, tmp_path):
    from tensorboard.plugins.hparams import plugin_data_pb2

    logged(network, digits, recipe, tmp_path / "run", seed=7)
    events = read(tmp_path / "run")
    layers, words = (tensor(events.Tensors(name)[0]).item().decode() for name in ("network", "recipe"))
    assert "| C1 | convolution 3x3 |" in layers and "| seed | 7 |" in words and "| loss | cross entropy |" in words
    (start,) = (m for tag, m in events.summary_metadata.items() if tag == "_hparams_/session_start_info")
    kept = plugin_data_pb2.HParamsPluginData.FromString(start.plugin_data.content).session_start_info.hparams
    assert kept["seed"].number_value == 7 and kept["network"].string_value == "small"
    assert "_hparams_/session_end_info" in events.summary_metadata


def test_a_network_without_a_convolution(digits, recipe, tmp_path):
    logged(Network("flat", (1, 8, 8), (Flatten(), Dense(3))), digits, replace(recipe, passes=1), tmp_path / "run")
    assert read(tmp_path / "run").Tags()["images"] == []


@pytest.mark.parametrize("end", [Stop(11), Kill(11)])
def test_a_resumed_run_goes_on_without_doubling(end, network, digits, recipe, tmp_path, often, monkeypatch):
    if isinstance(end, Kill):  # the last checkpoint is then that of the last pass: what came after it is done again
        monkeypatch.setattr("lenet.training.loop.SAVE", 1e9)
    whole = logged(network, digits, recipe, tmp_path / "whole")
    with pytest.raises((Interrupted, Killed)):
        logged(network, digits, recipe, tmp_path / "run", end)
    before = [step for step, _ in curve(tmp_path / "run", "update/loss")]
    assert before[-1] == 11
    for _ in range(2):  # the second time it has ended already
        train(data=digits, resume=tmp_path / "run", observer=TensorBoard())
        assert len(list((tmp_path / "run").glob("events*"))) == 1
        for tag in ("pass/loss", "pass/validation_error", "final/test_error"):
            assert curve(tmp_path / "run", tag) == curve(tmp_path / "whole", tag)
        steps = [step for step, _ in curve(tmp_path / "run", "update/loss")]
        assert steps == sorted(set(steps)) and set(before) <= set(steps)
        assert [i.step for i in read(tmp_path / "run").Images("kernels/C1")] == [8, 16, 24]
        assert len(read(tmp_path / "run").Tensors("recipe")) == 1
    assert whole.metrics["updates"] == 24


def test_a_run_that_began_without_gets_its_history(network, digits, recipe, tmp_path, often):
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference", observer=Stop(18))
    train(data=digits, resume=tmp_path / "run", observer=TensorBoard())
    rows = history.read(tmp_path / "run")
    assert curve(tmp_path / "run", "pass/loss") == [(row.updates, pytest.approx(row.loss)) for row in rows]


def test_a_record_that_was_cut_short_is_left_out(network, digits, recipe, tmp_path, often):
    with pytest.raises(Interrupted):
        logged(network, digits, recipe, tmp_path / "run", Stop(18))
    (path,) = (tmp_path / "run").glob("events*")
    path.write_bytes(path.read_bytes()[:-5])
    train(data=digits, resume=tmp_path / "run", observer=TensorBoard())
    assert [step for step, _ in curve(tmp_path / "run", "pass/loss")] == [8, 16, 24]


def test_each_member_has_its_own(network, digits, recipe, tmp_path):
    short = replace(recipe, passes=1)
    for board, places in (
        (TensorBoard(), ("a/member-01", "a/member-02")),
        (TensorBoard(tmp_path / "logs"), ("logs/member-1-of-2", "logs/member-2-of-2")),
    ):
        folder = tmp_path / places[0].partition("/")[0] if board.folder is None else False
        together(network, digits, members=2, recipe=short, folder=folder, engine="reference", observer=board)
        losses = [curve(tmp_path / place, "pass/loss") for place in places]
        assert [len(points) for points in losses] == [1, 1] and losses[0] != losses[1]


def test_each_member_has_its_own_where_they_are_trained_at_once(network, digits, recipe, tmp_path):
    pytest.importorskip("torch")
    arguments = {"members": 2, "recipe": replace(recipe, passes=2), "folder": tmp_path / "run", "engine": "torch"}
    committee = together(network, digits, observer=Several(Observer(), TensorBoard()), **arguments)
    for number, run in enumerate(committee.runs, 1):
        folder = tmp_path / "run" / f"member-0{number}"
        assert curve(folder, "pass/loss") == [(row.updates, pytest.approx(row.loss)) for row in run.history]
        assert len(curve(folder, "final/test_error")) == 1


def test_rows_within_a_pass_are_shown_once(network, digits, recipe, tmp_path, often):
    logged(network, digits, replace(recipe, report_every=3), tmp_path / "run")
    steps = [step for step, _ in curve(tmp_path / "run", "update/loss")]
    assert {3, 6, 11, 14} <= set(steps) and steps == sorted(set(steps))
    assert [step for step, _ in curve(tmp_path / "run", "pass/loss")] == [8, 16, 24]


# What can go wrong.


def test_it_isn_t_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(
        LenetError, match=r'needs tensorboard, which isn\'t installed: pip install "lenet\[tensorboard\]"'
    ):
        TensorBoard()


def test_a_run_without_a_folder(network, digits, recipe):
    with pytest.raises(LenetError, match="go into the run's folder, and this run has none"):
        logged(network, digits, recipe, False)


def test_a_folder_that_can_t_be_made(network, digits, recipe, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LenetError, match="can't be made"):
        train(network, digits, recipe=recipe, folder=False, observer=TensorBoard(tmp_path / "file" / "logs"))


def test_a_full_disk(network, digits, recipe, tmp_path, monkeypatch):
    opened = Path.open

    def full(path, mode="r", *rest, **more):
        if "tfevents" in path.name and mode == "ab":
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(LenetError, match=r"tfevents.* can't be written: No space left on device"):
        logged(network, digits, recipe, tmp_path / "run")
    monkeypatch.undo()
    assert files.read_whole(next((tmp_path / "run").glob("events*")))
    train(data=digits, resume=tmp_path / "run", observer=TensorBoard())
    assert len(curve(tmp_path / "run", "pass/loss")) == 3
