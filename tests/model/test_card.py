"""The card of a model."""

import json
import re
import runpy
import sys
from dataclasses import replace

import pytest

from lenet import weights
from lenet.model import Ensemble, Model
from lenet.model.card import card, head, is_card, plain
from lenet.recipe import Adam
from lenet.weights.card import text
from lenet.zoo import ZOO


def entries(text: str) -> dict:
    """Return what the head of a card says; each of its values is JSON."""
    _, front, _ = text.split("---\n", 2)
    lines = re.findall(r"^([\w-]+): (.+)$", front, re.MULTILINE)
    index = re.findall(r"^  - (.+)$", front, re.MULTILINE)
    return {**{key: json.loads(value) for key, value in lines}, "model-index": [json.loads(line) for line in index]}


def changed(model: Model, **parts) -> Model:
    known = {name: getattr(model, name) for name in ("classes", "recipe", "metrics", "data", "checksum")}
    return Model(model.network, model.preparation, model.flat, **{**known, **parts})


def test_the_head_is_yaml_and_says_what_is_known(model):
    yaml = pytest.importorskip("yaml")
    model = changed(model, data="mnist", metrics={"test": {"accuracy": 0.9928, "error": 0.0072}})
    found = model.card("mit")
    assert yaml.safe_load(found.split("---\n")[1]) == entries(found)
    assert found.startswith("---\n") and is_card(found.encode()) and not is_card(b"# mine\n")
    assert entries(found)["license"] == "mit" and entries(found)["datasets"] == ["ylecun/mnist"]
    (result,) = entries(found)["model-index"][0]["results"]
    assert result["metrics"] == [{"type": "accuracy", "value": 0.9928}]


def test_what_is_not_known_is_not_claimed(model):
    found = changed(model, recipe=None, metrics={}, data="", checksum="").card()
    assert set(entries(found)) == {"library_name", "pipeline_tag", "tags", "metrics", "model-index"}
    assert entries(found)["model-index"] == [] and "zoo" not in found
    assert "- data: unknown\n- recipe: unknown" in found
    assert "Nothing was measured that this file tells of." in found
    assert "it wasn't trained on isn't known: measure it before use" in found


def test_pictures_that_sites_do_not_know_are_no_entry_for_them(model):
    found = model.card()  # of "toys"
    assert "datasets" not in entries(found) and entries(found)["model-index"] == []
    assert "- data: `toys`, SHA-256 `abc`" in found


def test_figures_are_those_of_the_model(model):
    metrics = {"test": {"error": 0.25, "loss": 1.5, "wrong": 1_250, "count": 5_000}, "validation": {"error": 0.125}}
    found = changed(model, metrics=metrics).card()
    assert "| test | 25.00% | 1,250 | 5,000 | 1.5 |" in found and "| validation | 12.50% |  |  |  |" in found
    for step in model.network.steps:
        assert re.search(rf"^\| {step.name} \| .* \| {step.parameters:,} \|", found, re.MULTILINE)
    assert f"{model.network.parameters:,} trained parameters" in found
    assert "tells 4 classes apart: `a` `b` `c` `d`." in found
    assert "- seed: 0" in found and "largest wins" in found


def test_the_codes_of_an_rbf_output(distances):
    found = distances.card()
    assert "the smallest wins (a distance to the class's code)" in found
    assert "the rest is that the picture shows none of the classes" in found


def test_colours(colours):
    assert "(N, 3, 8, 8)" in colours.card() and "3 values a pixel" in colours.card()


def test_an_ensemble(several):
    ensemble = Ensemble(several(3), metrics={"test": {"error": 0.05}})
    found = ensemble.card()
    assert "3 networks that answer together" in found and "- seeds of the members: 0, 1, 2" in found
    assert "Test error of each member alone: 0.00%, 10.00%, 20.00%." in found
    assert "to_torch" not in found and "others differ" not in found
    other = changed(several(1)[0], recipe=replace(several(1)[0].recipe, optimiser=Adam()))
    assert "others differ" in Ensemble([*several(2), other]).card()


@pytest.mark.parametrize("strange", [{"test": 5}, {"test": {"error": "none", "count": True}}, {"test": {"loss": 1.0}}])
def test_metrics_of_strangers(model, strange):
    assert "Nothing was measured" in changed(model, metrics=strange).card()


def test_text_of_strangers_is_only_text(model):
    classes = ("a|b", "<script>", "`c`\n# d", " ")
    found = changed(model, classes=classes, data="| x |\n---\n").card()
    assert "<script>" not in found and "\n# d" not in found and "`blank`" in found
    assert found.count("\n---\n") == model.card().count("\n---\n")
    assert plain("a|b\n`<") == "a\\|b '&lt;"


def test_the_zoo_is_named_by_the_network_and_not_by_its_name(model):
    row = ZOO["lenet1"]
    found = Model(row.network, row.recipe.preparation, weights.load("lenet1").flat).card()
    assert f"Its source: {row.source}" in found
    renamed = Model(replace(row.network, name="x"), row.recipe.preparation, weights.load("lenet1").flat)
    assert row.source not in renamed.card()
    assert "of the zoo" not in model.card()


def test_the_file_of_the_examples(model):
    assert 'lenet.load("mine.safetensors")' in card(model, "mine.safetensors")


def test_the_card_of_the_packages_weights_is_that_of_its_files(capsys, monkeypatch):
    written = weights.path("lenet5").with_name("README.md").read_text(encoding="utf-8")
    assert written == text(), "write it again: python -m lenet.weights.card > src/lenet/weights/README.md"
    assert [f"## {name}" in written for name in weights.names()] == [True] * len(weights.names())
    assert {entry["name"] for entry in entries(written)["model-index"]} <= set(weights.names())
    monkeypatch.delitem(sys.modules, "lenet.weights.card")
    runpy.run_module("lenet.weights.card", run_name="__main__", alter_sys=True)
    assert capsys.readouterr().out == written


def test_a_head_without_models():
    assert head({}, None).count("---") == 2
