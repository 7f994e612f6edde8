import json

import numpy as np
import pytest

from lenet.data import glyphs

pytest.importorskip("torch")


def test_it_measures_on_the_processor(tmp_path, capsys):
    from bench.__main__ import main

    (train, labels), (test, right) = glyphs(130, seed=0), glyphs(40, seed=1)
    np.savez(tmp_path / "digits.npz", x_train=train, y_train=labels, x_test=test, y_test=right)
    given = [
        "gpu",
        "--quick",
        "--device",
        "cpu",
        "--data",
        tmp_path / "digits.npz",
        "--json",
        tmp_path / "measured.json",
    ]
    assert main([str(word) for word in given]) == 0
    told = capsys.readouterr().out
    assert told.startswith("cpu, PyTorch ") and "0.76 s on a GTX 1660 Ti" in told
    measured = json.loads((tmp_path / "measured.json").read_text())
    assert [goal["goal"] for goal in measured["training"]] == [0.99, 0.995]
    for goal in measured["training"]:
        (run,) = goal["runs"]
        assert run["digits a second"] > 0 and 0 <= run["accuracy"] <= 1
    assert all(rate > 0 for rate in measured["digits read a second"])


def test_summary_by_hand():
    from bench.gpu import summary

    runs = [
        {"seconds to the goal": s, "seconds": 2.0, "accuracy": a, "digits a second": 1000.0}
        for s, a in ((1.0, 0.991), (None, 0.989), (2.0, 0.993))
    ]
    about = {"device": "Card", "torch": "2", "processor": "P", "data": "mnist"}
    goal = {"recipe": "default", "goal": 0.99, "batch": 64, "passes": 5, "runs": runs}
    told = summary({"machine": about, "training": [goal], "read at once": 10_000, "digits read a second": [10.0, 12.0]})
    assert "2 of 3 runs read 99.0% of the test digits, after 1.50 ± 0.71 s of training" in told
    assert "accuracy 99.10 ± 0.20% after 2.00 ± 0.00 s" in told
    assert "reading: 11 ± 1 digits a second, 10,000 at once" in told


def test_a_device_that_is_not_there(capsys):
    from bench.__main__ import main

    assert main(["gpu", "--device", "tpu"]) == 1
    assert "no device 'tpu'" in capsys.readouterr().err
