"""Training and reading with PyTorch from the command line."""

import json

import pytest

torch = pytest.importorskip("torch")


def test_it_trains_and_reads(lenet, digits, tmp_path):
    given = [
        "relu-valid",
        "--data",
        digits,
        "--passes",
        1,
        "--engine",
        "torch",
        "--device",
        "cpu",
        "--out",
        tmp_path / "a",
    ]
    trained = lenet("train", *given, "--json")
    assert trained.code == 0, trained.err
    about = json.loads(trained.out)["metrics"]
    assert about["machine"]["engine"] == "torch" and about["machine"]["device"] == "cpu"
    read = lenet("evaluate", tmp_path / "a", "--engine", "torch", "--json")
    assert json.loads(read.out)["wrong"] == about["test"]["wrong"]


@pytest.mark.slow
def test_members_are_shown_as_one(lenet, digits, tmp_path):
    given = ["relu-valid", "--data", digits, "--passes", 2, "--engine", "torch", "--device", "cpu", "--members", 2]
    told = lenet("train", *given, "--out", tmp_path / "a")
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0] == "2 members at once; each row is their mean"
    assert [line.split()[0] for line in lines[2:4]] == ["1", "2"] and lines[4] == ""


WRONG = [
    (["--engine", "torhc"], "no engine 'torhc'"),
    (["--device", "cpu", "--engine", "native"], "a device needs the engine torch"),
    (["--engine", "torch", "--device", "gpu"], "no device 'gpu'"),
]


@pytest.mark.parametrize(("given", "text"), WRONG)
def test_mistakes(lenet, digits, tmp_path, given, text):
    answer = lenet("train", "relu-valid", "--data", digits, "--out", tmp_path / "a", *given)
    assert answer.code == 1 and text in answer.err and "Traceback" not in answer.err
    assert not (tmp_path / "a").exists()


def test_only_the_first_process_prints(lenet, digits, tmp_path, monkeypatch):
    from lenet.training import Run, team, train

    def silent(*_, observer, **__):
        return run

    run = train("relu-valid", str(digits), passes=1, folder=False)
    assert isinstance(run, Run)
    monkeypatch.setenv(team.RUN, "none")
    monkeypatch.setenv(team.RANK, "1")
    monkeypatch.setattr("lenet.training.train", silent)
    answer = lenet("train", "relu-valid", "--data", digits, "--engine", "torch")
    assert (answer.code, answer.out) == (0, "")
