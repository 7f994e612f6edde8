"""Each command, where it does what it's for."""

from __future__ import annotations

import json
import os
import signal
import sys

import numpy as np
import pytest
from PIL import Image

from lenet import weights, zoo
from lenet.data import names
from lenet.model import Ensemble, Model, load
from lenet.written import read


def test_models_lists_the_zoo(lenet):
    lines = lenet("models").out.splitlines()
    known = [*zoo.ZOO, *(name for name in weights.names() if name not in zoo.ZOO)]  # further weights come last
    assert [line.split()[0] for line in lines[1:]] == known
    assert lines[1].split()[1] == "60,000"
    listed = json.loads(lenet("models", "--json").out)
    assert [row["name"] for row in listed] == known
    assert listed[0]["parameters"] == 60_000
    assert listed[0]["claim"] == "0.95% error; 0.8% with distortions"
    assert "published, distorted, best, robust" in lines[1] and "published" not in lines[2]
    assert (listed[0]["recipes"], listed[1]["recipes"]) == (
        ["default", "published", "distorted", "best", "robust"],
        ["default", "published"],
    )


def test_models_says_which_weights_are_in_the_package(lenet, monkeypatch):
    monkeypatch.setattr("lenet.weights.names", lambda: ("lenet1",))
    has = {row["name"] for row in json.loads(lenet("models", "--json").out) if row["weights"]}
    assert has == {"lenet1"}
    assert [line.split()[3] for line in lenet("models").out.splitlines()[1:3]] == ["no", "yes"]


@pytest.fixture
def committee(run):
    """The folder of an ensemble of the run's model and of another; the first answers where it is sure."""
    model = load(run)
    other = Model(model.network, model.preparation, -model.flat, classes=model.classes)
    ensemble = Ensemble([model, other, model], sure=0.5, half=True, metrics={"test": {"error": 0.007}})
    folder = run.parent / "committee"
    folder.mkdir(exist_ok=True)
    ensemble.save(folder / "model.safetensors")
    return folder


def test_models_lists_what_else_is_in_the_package(lenet, committee, monkeypatch):
    monkeypatch.setattr("lenet.weights.names", lambda: ("both", "lenet1"))
    monkeypatch.setattr("lenet.weights.path", lambda _: committee / "model.safetensors")
    listed = json.loads(lenet("models", "--json").out)
    assert (listed[-1]["name"], listed[-1]["parameters"], listed[-1]["weights"]) == ("both", 3 * 61_706, True)
    line = lenet("models").out.splitlines()[-1]
    assert line.startswith("both")
    assert line.endswith("3 of tanh-same together, test error 0.70% here")
    assert "tanh-same: reads" in lenet("summary", "both").out


def test_an_ensemble_is_evaluated_and_predicts(lenet, committee, digits, seven):
    answer = json.loads(lenet("evaluate", committee, "--data", digits, "--json").out)
    assert answer["model"] == "3 x tanh-same"
    assert 1 < answer["cost"] < 3
    words = lenet("evaluate", committee, "--data", digits, "--worst", "2").out
    assert f"a picture is read by {answer['cost']:.2f} networks on average" in words
    assert json.loads(lenet("predict", seven, "--model", committee, "--json").out)[0]["label"] == "7"


def test_three_networks_boosted(lenet, digits, tmp_path, monkeypatch):
    monkeypatch.setattr("lenet.training.boosting.COPIES", 5)
    options = ("--data", digits, "--passes", "5", "--boosted")
    told = lenet("train", "lenet4", *options, "--out", tmp_path / "run")
    assert (told.code, told.err) == (0, "")
    assert [line for line in told.out.splitlines() if line.startswith("net ")] == [f"net {n} of 3" for n in (1, 2, 3)]
    assert "all three always asked: " in told.out
    assert " networks a picture\n15 passes in " in told.out
    answer = json.loads(lenet("evaluate", tmp_path / "run", "--data", digits, "--json").out)
    again = json.loads(lenet("train", "--resume", tmp_path / "run", "--json").out)
    assert again["model"] == answer["model"] == "3 x lenet4"
    assert again["metrics"]["test"]["error"] == answer["error"]
    assert [row["pass"] for row in again["history"]] == [1, 2, 3, 4, 5] * 3
    refused = lenet("train", "--resume", tmp_path / "run", "--boosted")
    assert refused.code == 2
    assert "leave out --boosted" in refused.err


def test_networks_of_several_seeds(lenet, digits, tmp_path):
    options = ("--data", digits, "--passes", "1", "--members", "6", "--seed", "3")
    told = lenet("train", "relu-valid", *options, "--out", tmp_path / "run")
    assert (told.code, told.err) == (0, "")
    parts = [line for line in told.out.splitlines() if line.startswith("member ")]
    assert parts == [f"member {n} of 6" for n in range(1, 7)]
    assert "; all always asked: " in told.out and "% to " in told.out
    assert " networks a picture\n6 passes in " in told.out
    answer = json.loads(lenet("evaluate", tmp_path / "run", "--data", digits, "--json").out)
    again = json.loads(lenet("train", "--resume", tmp_path / "run", "--json").out)
    assert again["model"] == answer["model"] == "6 x relu-valid"
    assert again["metrics"]["test"]["error"] == answer["error"]
    assert len(again["metrics"]["nets"]) == len(again["history"]) == 6
    refused = lenet("train", "--resume", tmp_path / "run", "--members", "6")
    assert (refused.code, "leave out --members" in refused.err) == (2, True)
    refused = lenet("train", "relu-valid", *options, "--boosted")
    assert (refused.code, "--boosted and --members are two ways" in refused.err) == (2, True)
    assert lenet("train", "--members", "1").code == 2


def test_summary_has_the_paper_s_totals(lenet):
    answer = lenet("summary", "lenet5")
    assert any(line.split() == ["total", "60,000", "340,908", "328,096"] for line in answer.out.splitlines())
    assert "its claim: 0.95% error" in answer.out
    assert "\x1b" not in answer.out
    total = json.loads(lenet("summary", "lenet5", "--json").out)["total"]
    assert total == {"parameters": 60_000, "connections": 340_908, "multiply_adds": 328_096}
    assert "| total |  |  |  |  | 60,000 | 340,908 | 328,096 |" in lenet("summary", "lenet5", "--markdown").out


@pytest.mark.parametrize("name", zoo.ZOO)
def test_summary_writes_a_network_that_reads_back(lenet, tmp_path, name):
    path = tmp_path / "own.toml"
    path.write_text(lenet("summary", name, "--toml").out)
    assert read(path) == zoo.ZOO[name]
    own, built_in = (json.loads(lenet("summary", what, "--json").out) for what in (path, name))
    assert own == built_in


def test_summary_shows_a_network_s_recipes(lenet):
    text = lenet("summary", "lenet5").out
    _, published, distorted, _, _ = text[text.index("\nrecipe:") :].split("\nrecipe ")
    assert published.startswith("published, where it is another:") and "an update every digit" in published
    assert "distortions  none" in published and "mnist" not in published  # as in the first
    assert distorted.startswith("distorted, where") and "beside each digit 9 made once" in distorted
    assert lenet("summary", "d2l").out.count("\nrecipe") == 1
    written = json.loads(lenet("summary", "lenet5", "--json").out)
    assert list(written["recipes"]) == ["default", "published", "distorted", "best", "robust"]
    assert written["recipes"]["default"] == written["recipe"]
    assert written["recipes"]["distorted"]["distortion"]["copies"] == 9


def test_summary_of_a_run(lenet, run):
    answer = json.loads(lenet("summary", run, "--json").out)
    assert (answer["network"], answer["recipe"]["passes"]) == ("tanh-same", 8)
    refused = lenet("summary", run, "--toml")
    assert refused.code == 1
    assert "is a model" in refused.err


def test_a_folder_called_as_a_network_is_not_it(lenet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet5").mkdir()
    assert lenet("summary", "lenet5").code == 0


def test_train_prints_a_row_a_pass_the_result_and_what_now(lenet, tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    answer = lenet("train", "relu-valid", "--data", digits, "--passes", "2", "--batch", "16", "--validate", "0.2")
    assert (answer.code, answer.err) == (0, "")
    assert "\x1b" not in answer.out
    lines = answer.out.splitlines()
    assert lines[0].split() == ["pass", "loss", "training", "validation", "test", "digits/s", "seconds"]
    assert [line.split()[0] for line in lines[1:3]] == ["1", "2"]
    assert len(lines[1].split()) == 7
    assert "of 200 read wrong), accuracy" in answer.out
    assert answer.out.count("read ") - answer.out.count("read wrong") == 10
    assert max(map(len, lines)) <= 80 + len("runs/relu-valid-001")
    folder = next((tmp_path / "runs").iterdir())
    assert f"lenet evaluate {folder.relative_to(tmp_path)}" in answer.out
    assert (folder / "model.safetensors").exists()


def test_train_in_json_is_one_document(lenet, tmp_path, digits):
    arguments = ["train", "lenet4", "--data", digits, "--passes", "1", "--batch", "10", "--json", "--out"]
    answer = lenet(*arguments, tmp_path / "r")
    document = json.loads(answer.out)
    assert answer.out.count("\n") == 1
    assert document["model"] == "lenet4"
    assert document["folder"] == str(tmp_path / "r")
    assert [row["pass"] for row in document["history"]] == [1]
    assert document["metrics"]["test"]["count"] == 200
    assert answer.err.splitlines()[0].split()[0] == "pass"
    assert lenet(*arguments, tmp_path / "s", "-q").err == ""


def test_train_quietly(lenet, tmp_path, digits):
    answer = lenet("train", "lenet4", "--data", digits, "--passes", "1", "--batch", "10", "--out", tmp_path / "r", "-q")
    first, _, folder = answer.out.splitlines()
    assert first.startswith("test error ")
    assert folder == str(tmp_path / "r")


def test_what_train_is_told_reaches_the_recipe(lenet, tmp_path, digits):
    options = ["--seed", 3, "--passes", 1, "--batch", 50, "--rate", 0.25, "--validate", 0.1, "--threads", 1]
    lenet("train", "d2l", "--data", digits, *options, "--out", tmp_path / "r", "-q")
    recipe = read(tmp_path / "r" / "settings.toml").recipe
    assert (recipe.seed, recipe.passes, recipe.batch, recipe.schedule.rate(7, 1, 9)) == (3, 1, 50, 0.25)
    assert recipe.validation is not None
    assert recipe.validation.share == 0.1
    assert recipe.data == str(digits)


def test_train_with_logs_for_tensorboard(lenet, tmp_path, digits, monkeypatch):
    answer = lenet("train", "--data", digits, "--passes", "1", "--out", tmp_path / "run", "--tensorboard")
    assert answer.code == 0 and f"tensorboard --logdir {tmp_path / 'run'}" in answer.out
    assert len(list((tmp_path / "run").glob("events.out.tfevents.*"))) == 1
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    answer = lenet("train", "--data", digits, "--out", tmp_path / "without", "--tensorboard")
    assert answer.code == 1 and 'pip install "lenet[tensorboard]"' in answer.err
    assert not (tmp_path / "without").exists()


def test_train_by_the_published_recipe(lenet, tmp_path, digits):
    arguments = ["--recipe", "published", "--data", digits, "--passes", "1", "--out", tmp_path / "r", "-q"]
    assert lenet("train", "lenet5", *arguments).code == 0
    assert read(tmp_path / "r" / "settings.toml").recipe.batch == 1


def test_train_a_network_of_one_s_own(lenet, tmp_path, digits):
    path = tmp_path / "own.toml"
    path.write_text(lenet("summary", "relu-valid", "--toml").out.replace("maps = 6", "maps = 4"))
    answer = lenet("train", path, "--data", digits, "--passes", "1", "--out", tmp_path / "r", "--json", "-q")
    assert answer.code == 0
    summary = json.loads(lenet("summary", tmp_path / "r", "--json").out)
    assert summary["layers"][0]["output"] == [4, 24, 24]


def test_a_folder_that_holds_a_run_is_not_overwritten(lenet, run, digits):
    answer = lenet("train", "lenet4", "--data", digits, "--out", run)
    assert answer.code == 1
    assert f"{run} holds a run already; go on with it by --resume {run}" in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_says_how_to_go_on_and_that_goes_on(start, lenet, tmp_path, digits):
    folder = tmp_path / "r"
    arguments = ["train", "lenet4", "--data", digits, "--out", folder, "--passes", "40", "--batch", "1"]
    running = start(*arguments)
    assert running.stdout is not None
    for _ in range(3):  # the head and two passes
        running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err.decode() == f"lenet: stopped; go on by: lenet train --resume {folder}\n"
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert 2 <= len(history) < 40
    answer = lenet("train", "--resume", folder, "--json", "-q")
    assert answer.code == 0
    assert len(json.loads(answer.out)["history"]) == 40


def test_evaluate_counts_what_is_read_wrong(lenet, run):
    document = json.loads(lenet("evaluate", run, "--json").out)
    confusion = np.array(document["confusion"])
    assert (confusion.sum(), document["count"]) == (200, 200)
    assert document["wrong"] == 200 - np.trace(confusion)
    assert document["error"] == pytest.approx(document["wrong"] / 200)
    assert document["error"] < 0.2  # it learnt something
    answer = lenet("evaluate", run, "--worst", "3")
    assert f"({document['wrong']} of 200 read wrong)" in answer.out
    assert answer.out.count("^^^ wrong") == min(3, document["wrong"])
    assert "\x1b" not in answer.out


def test_evaluate_on_other_data(lenet, run):
    document = json.loads(lenet("evaluate", run, "--data", "glyphs", "--json").out)
    assert (document["data"], document["count"]) == ("glyphs", 2_000)


def test_evaluate_on_pictures_of_another_size(lenet, run, tmp_path):
    images, labels = np.zeros((4, 20, 20), np.uint8), np.arange(4)
    np.savez(tmp_path / "x.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    answer = lenet("evaluate", run, "--data", tmp_path / "x.npz")
    assert answer.code == 1
    assert "images must be (28, 28)" in answer.err


def test_evaluate_without_test_pictures(lenet, run, tmp_path):
    np.savez(tmp_path / "x.npz", images=np.zeros((4, 28, 28), np.uint8), labels=np.arange(4))
    answer = lenet("evaluate", run, "--data", tmp_path / "x.npz")
    assert answer.code == 1
    assert "x.npz has no test pictures" in answer.err


def test_predict_reads_pictures(lenet, run, seven):
    light = seven.with_name("light.png")
    Image.fromarray(255 - np.asarray(Image.open(seven))).save(light)
    answer = lenet("predict", seven, light, "--model", run)
    assert (answer.code, answer.err) == (0, "")
    assert [line.rpartition(": ")[2].split()[0] for line in answer.out.splitlines()] == ["7", "7"]
    first, second = json.loads(lenet("predict", seven, light, "--model", run, "--json").out)
    assert first["label"] == second["label"] == "7"
    assert first["confidence"] == second["confidence"] > 0.3
    assert first["none"] == pytest.approx(0, abs=1e-6)


def test_predict_shows_what_the_network_sees(lenet, run, seven):
    lines = lenet("predict", seven, "--model", run, "--show").out.splitlines()
    assert len(lines) == 1 + 14
    assert {len(line) for line in lines[1:]} == {28}


def test_predict_goes_on_after_a_picture_that_cant_be_read(lenet, run, seven):
    empty, text = seven.with_name("empty.png"), seven.with_name("text.png")
    Image.new("L", (30, 30), 255).save(empty)
    text.write_text("no picture")
    pictures = [empty, text, seven.with_name("none.png"), seven]
    answer = lenet("predict", *pictures, "--model", run)
    assert answer.code == 1
    told = answer.err.splitlines()
    assert "empty.png: the picture is empty" in told[0]
    assert "text.png is not a picture" in told[1]
    assert "there is no file" in told[2]
    assert answer.out.startswith(f"{seven}: 7")
    answer = lenet("predict", *pictures, "--model", run, "--json")
    assert answer.code == 1
    assert [sorted(each) for each in json.loads(answer.out)] == 3 * [["error", "file"]] + [
        ["confidence", "file", "label", "none"]
    ]


def test_predict_says_where_none_of_the_classes_is_likelier(lenet, tmp_path, digits, seven):
    lenet("train", "lenet5", "--data", digits, "--passes", "1", "--rate", "1e-9", "--out", tmp_path / "r", "-q")
    answer = lenet("predict", seven, "--model", tmp_path / "r")  # untrained, it is far from every code
    assert "none of the classes  " in answer.out


def test_data_list(lenet):
    lines = lenet("data", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:-2]] == list(names())
    assert f"kept in {os.environ['LENET_CACHE']}" in lines[-1]
    listed = json.loads(lenet("data", "list", "--json").out)
    assert [each["name"] for each in listed] == list(names())
    assert {each["name"]: each["cached"] for each in listed} == {
        "mnist": False,
        "fashion-mnist": False,
        "glyphs": True,
        "written": False,
        "windows": False,
    }


def test_data_fetch_of_what_is_drawn(lenet):
    assert "there is nothing to fetch" in lenet("data", "fetch", "glyphs").out
    assert json.loads(lenet("data", "fetch", "glyphs", "--json").out) == {"name": "glyphs", "folder": None}


def test_data_fetch_tells_where_it_is(lenet, monkeypatch, tmp_path):
    monkeypatch.setattr("lenet.data.fetch", lambda name, progress: tmp_path / name)
    assert lenet("data", "fetch", "mnist").out == f"mnist is in {tmp_path / 'mnist'}, checked\n"


def test_data_show_draws_with_labels(lenet, digits):
    answer = lenet("data", "show", digits, "--test", "--first", "5", "--count", "7")
    assert answer.code == 0
    assert "600 training and 200 test pictures of 28x28, 10 classes; test pictures from row 5" in answer.out
    labels = [str(label) for label in np.load(digits)["y_test"][5:12]]
    assert [line.split() for line in answer.out.splitlines() if line[:1].isdigit()] == [labels[:5], labels[5:]]


def test_data_show_in_json(lenet, digits):
    document = json.loads(lenet("data", "show", digits, "--json").out)
    assert (document["training"], document["test"], document["shape"]) == (600, 200, [1, 28, 28])
    assert len(document["sha256"]) == 64


def test_data_show_past_the_end(lenet, digits):
    answer = lenet("data", "show", digits, "--first", "600")
    assert answer.code == 1
    assert "has 600 training pictures, so there is no row 600" in answer.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("environment", "greys"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_on_a_terminal_there_is_colour_unless_it_is_refused(start, digits, tmp_path, environment, greys):
    text = on_terminal(
        start,
        {"TERM": "xterm-256color", **environment},
        "train",
        "lenet4",
        "--data",
        digits,
        "--passes",
        "1",
        "--batch",
        "10",
        "--out",
        tmp_path / "r",
    )
    assert ("\x1b[38;5;" in text) == greys
    assert "What now?" in text
    assert text.count("read ") - text.count("read wrong") == 10


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_a_narrow_terminal_gets_fewer_columns(start):
    text = on_terminal(start, {"COLUMNS": "50", "NO_COLOR": "1"}, "summary", "lenet5")
    table = text.splitlines()[2:12]
    assert max(map(len, table)) <= 50
    assert table[-1].split() == ["total", "60,000", "340,908"]


def on_terminal(start, environment, *arguments) -> str:
    """Return what a command prints where its stdout is a terminal."""
    ours, theirs = os.openpty()
    running = start(*arguments, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536):
            text += piece
    except OSError:  # Linux ends a pseudo-terminal so
        pass
    os.close(ours)
    assert running.wait(timeout=60) == 0
    return text.decode()
