"""Figures, from results and histories made up by hand: what they show, and that they are files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_claims import entry

from lenet import written
from lenet.errors import LenetError
from lenet.network import Network
from lenet.recipe import Distortion
from lenet.report import plot
from lenet.reproduce import Results, figures, perform, runs, units
from lenet.reproduce.claims import Baseline, Claim
from lenet.reproduce.figures import methods, mistakes, passes, sizes, variants
from lenet.reproduce.results import Result
from lenet.reproduce.studies import STUDIES
from lenet.training import history
from lenet.training.history import Row


def result(unit, error, **measures):
    return Result(unit.claim.name, unit.seed, "", {"test error": error, **measures}, 1, 1, 1.0, 1)


def validated(unit, error):
    return replace(result(unit, 0.5), measures={"test error": 0.5, "validation error": error})


def texts(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text)]


@pytest.fixture
def curves(tmp_path):
    """Two seeds of three passes: test error 4, 2, 1% and 2, 2, 1%; training error after each 3, 1, 0.5%."""
    claim = Claim("five", entry(), "", {"test error": 0.0095, "training error": 0.0035}, figures=(5, 6))
    found = {}
    for unit, tested in zip(units([claim], 2), ((0.04, 0.02, 0.01), (0.02, 0.02, 0.01)), strict=True):
        folder = runs.folder(tmp_path, unit)
        folder.mkdir(parents=True)
        (folder / "settings.toml").write_text(written.write(unit.row))
        rows = [
            Row(p + 1, True, p, 1.0, 0.5, after, None, None, test, 0.1, 1.0, 1.0)
            for p, (after, test) in enumerate(zip((0.03, 0.01, 0.005), tested, strict=True))
        ]
        history.write(folder, rows)
        found[unit] = result(unit, tested[-1])
    return found


def test_figure_5_is_the_mean_over_seeds(curves, tmp_path, load):
    with plot.style():
        axes = passes.draw(curves, tmp_path, load).axes[0]
    lines = {line.get_label().partition(":")[0]: line.get_ydata() for line in axes.lines}
    assert lines["test digits"] == pytest.approx([3, 2, 1])
    assert lines["training digits, measured after each pass"] == pytest.approx([3, 1, 0.5])
    said = texts(axes)
    assert "the paper's test error: 0.95%" in said and "the paper's training error: 0.35%" in said


def test_a_folder_of_another_recipe_is_refused(curves, tmp_path, load):
    unit = next(iter(curves))
    folder = runs.folder(tmp_path, unit)
    (folder / "settings.toml").write_text(written.write(entry(passes=9)))
    with pytest.raises(LenetError, match=r"isn't the run of five any more; take the lines of 'five' out of"):
        figures.draw(5, curves, tmp_path, load)


def test_figure_6_counts_the_digits(tmp_path, load):
    claims = [
        Claim("copies", entry(distortion=Distortion(shift=1, copies=9)), "", {"test error": 0.008}, figures=(6,)),
        Claim("all", entry(), "", {"test error": 0.0095}, figures=(6,)),
        Claim("few", entry(size=30), "", figures=(6,)),
    ]
    errors = {"copies": 0.01, "all": 0.02, "few": 0.03}
    found = {unit: result(unit, errors[unit.claim.name] + 0.001 * unit.seed) for unit in units(claims, 3)}
    with plot.style():
        axes = sizes.draw(found, tmp_path, load).axes[0]
    ours = axes.containers[-1].lines[0]
    assert list(ours.get_xdata()) == [30, 90, 900]
    assert ours.get_ydata() == pytest.approx([3.1, 2.1, 1.1])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["30", "90", "90\n+ 810\ndistorted"]


def test_figure_8_shows_each_digit_read_wrong(tmp_path, load, digits):
    claim = Claim("eight", entry(passes=1), "", figures=(8,))
    with Results(tmp_path) as results:
        outcome = perform(units([claim], 2), results, data=load, threads=1)
    with plot.style():
        figure = mistakes.draw(outcome.results, tmp_path, load)
    unit = min(outcome.results, key=lambda unit: unit.seed)
    answers = runs.model(tmp_path, unit).predict(digits.test_images)
    wrong = np.flatnonzero(answers != digits.test_labels)
    assert len(wrong)
    expected = [f"{digits.classes[digits.test_labels[i]]} → {digits.classes[answers[i]]}" for i in wrong]
    assert [text for text in texts(figure) if "→" in text and len(text) == 5] == expected
    assert sum(bool(axes.images) for axes in figure.axes) == len(wrong)
    assert f"{len(wrong)} of 40 test digits read wrong" in figure.get_suptitle()


def test_figure_9_has_a_bar_for_each(tmp_path, load):
    claims = [
        Claim("net", entry(), "", {"test error": 0.01, "rejected": 0.02}, figures=(9,)),
        Claim("line", Baseline("linear"), "", {"test error": 0.12}, figures=(9,)),
    ]
    found = {
        unit: result(unit, 0.0123 if unit.claim.name == "net" else 0.14, rejected=0.034) for unit in units(claims, 1)
    }
    with plot.style():
        figure = methods.draw(found, tmp_path, load)
    said = texts(figure)
    for words in ("1.00", "1.23", "12.00 →", "14.00 →", "2.0", "3.4", "net", "line"):
        assert words in said


@pytest.mark.parametrize("number", figures.FIGURES)
def test_figures_are_files_that_are_the_same_again(curves, tmp_path, load, number):
    if number in (8, 9):
        claim = Claim("more", entry(passes=1), "", {"test error": 0.1}, figures=(8, 9))
        with Results(tmp_path) as results:
            curves |= perform(units([claim], 1), results, data=load, threads=1).results
    files = figures.draw(number, curves, tmp_path, load)
    assert [file.name for file in files] == [f"figure-{number}.png", f"figure-{number}.svg"]
    before = [file.read_bytes() for file in files]
    assert before[0].startswith(b"\x89PNG") and b"<svg" in before[1]
    figures.draw(number, curves, tmp_path, load)
    assert before == [file.read_bytes() for file in files]


def test_nothing_to_show(tmp_path, load):
    with pytest.raises(LenetError, match="figure 5 has nothing to show"):
        figures.draw(5, {}, tmp_path, load)
    with pytest.raises(LenetError, match="the study maps has nothing to show"):
        figures.compare(STUDIES["maps"], {}, tmp_path)


# Studies.


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_a_study_s_variants_fit_their_recipes(study):
    names = {claim.name for claim in study.variants.values()}
    assert len(names) == len(study.variants) and ("tanh-same" in names or study.name == "recipes")
    for claim in study.variants.values():
        assert isinstance(claim.work.network, Network)
        assert claim.work.recipe.preparation.input == claim.work.network.input
        assert claim.work.network["C5"].output == (120, 1, 1)


def test_a_study_s_table_and_figure(tmp_path):
    study = STUDIES["kernels"]
    found = {unit: result(unit, 0.01 + 0.002 * unit.seed) for unit in units(study.variants.values(), 3)}
    lines = study.table(found).text().splitlines()
    assert len(lines) == 10 and lines[1].split()[:9] == ["3x3", "in", "C1", "3x3", "in", "C3", "1.20%", "±0.20", "3"]
    with plot.style():
        figure = variants.draw(study, found)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["3x3 in C1", "5x5 in C1", "7x7 in C1"]
    assert len(axes.containers) == 3
    for container in axes.containers:
        assert container.lines[0].get_xdata() == pytest.approx([1.2] * 3)
    assert [file.name for file in figures.compare(study, found, tmp_path)] == ["study-kernels.png", "study-kernels.svg"]


def test_a_study_on_validation_digits_shows_no_test_error(tmp_path):
    study = STUDIES["recipes"]
    found = {unit: validated(unit, 0.008) for unit in units(study.variants.values(), 2)}
    assert "50.00%" not in study.table(found).text() and "0.80%" in study.table(found).text()
    with plot.style():
        axes = variants.draw(study, found).axes[0]
    assert axes.get_xlabel().startswith("validation error, %")
    assert axes.containers[0].lines[0].get_xdata() == pytest.approx([0.8] * len(study.variants))
