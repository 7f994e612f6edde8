"""``lenet report``."""

from __future__ import annotations

import json
import shutil
import sys

import pytest


def test_robustness_prints_a_table_and_draws(lenet, run, digits, tmp_path):
    out = tmp_path / "robustness.svg"
    answer = lenet("report", "robustness", run, "--data", digits, "--digits", "30", "--out", out)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[0].startswith("30 test pictures of digits")
    assert [line.split()[0] for line in lines[3:9]] == ["scale", "shift", "rotation", "shear", "stroke", "noise"]
    assert lines[-1] == f"drawn in {out}"
    assert out.read_text().startswith("<?xml")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_robustness_of_several_as_json(lenet, run, digits):
    answer = lenet("report", "robustness", run, "lenet1", "--data", digits, "--digits", "20", "--json")
    read = json.loads(answer.out)
    assert [model["name"] for model in read["models"]] == [str(run), "lenet1"]
    assert [model["canvas"] for model in read["models"]] == [[32, 32], [28, 28]]
    assert read["models"][0]["digits"] == 20
    assert read["figure"] is None
    for axis in read["axes"]:
        assert len(axis["levels"]) == len(read["models"][0]["accuracy"][axis["name"]])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lenet55"], "did you mean lenet5"),
        (["--out", "a.jpg"], "must end in one of .png, .svg, .pdf"),
        (["--out", "nowhere/a.png"], "there is no folder nowhere"),
        (["lenet5", "d2l"], "say by --data"),
        (["--data", "minst"], "mnist"),
    ],
)
def test_robustness_tells_what_is_wrong_before_the_work(lenet, arguments, words):
    answer = lenet("report", "robustness", *arguments)
    assert answer.code == 1
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_robustness_needs_test_pictures_and_matplotlib(lenet, tmp_path, digits, monkeypatch):
    import numpy as np

    held = dict(np.load(digits))
    held["x_test"], held["y_test"] = held["x_test"][:0], held["y_test"][:0]
    np.savez(tmp_path / "none.npz", **held)
    assert "has no test pictures" in lenet("report", "robustness", "--data", tmp_path / "none.npz").err
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = lenet("report", "robustness", "--data", digits, "--out", tmp_path / "a.png")
    assert answer.code == 1
    assert 'pip install "lenet[report]"' in answer.err
    assert not (tmp_path / "a.png").exists()


def test_the_number_of_digits_is_one_or_more(lenet):
    assert lenet("report", "robustness", "--digits", "0").code == 2


def test_a_model_given_twice_counts_once(lenet, run, digits, tmp_path):
    other = shutil.copytree(run, tmp_path / "other")
    answer = lenet("report", "robustness", run, run, other, "--data", digits, "--digits", "3", "--json")
    assert [model["name"] for model in json.loads(answer.out)["models"]] == [str(run), str(other)]
