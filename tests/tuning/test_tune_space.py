"""What a space's file says, what it refuses, and what is chosen of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import lenet
from lenet import written as networks
from lenet.errors import LenetError
from lenet.network import MaxPool, MeanPool, Subsample
from lenet.recipe import SGD, Adam, Distortion
from lenet.tuning.candidate import choose, chosen_by_base
from lenet.tuning.space import Pruner, read, write
from lenet.zoo import ZOO

SHIPPED = sorted((Path(__file__).parents[2] / "docs" / "spaces").glob("*.toml"))


class Chosen:
    """Chooses what it is told; by default the first value or the lowest number."""

    def __init__(self, **values):
        self.values = {key.replace("__", "."): value for key, value in values.items()}
        self.asked = []

    def suggest_categorical(self, key, choices):
        self.asked.append(key)
        assert self.values.get(key, choices[0]) in choices
        return self.values.get(key, choices[0])

    def suggest_int(self, key, low, high, *, step=1, log=False):
        return self._number(key, low, high)

    def suggest_float(self, key, low, high, *, step=None, log=False):
        return self._number(key, low, high)

    def _number(self, key, low, high):
        self.asked.append(key)
        assert low <= self.values.get(key, low) <= high
        return self.values.get(key, low)


def based(ranges: str, base: str = "tanh-same", more: str = "") -> str:
    return f'based_on = "{base}"\n{more}\n[space]\n{ranges}\n'


@pytest.fixture
def space(tmp_path):
    def make(ranges: str, **options):
        path = tmp_path / "space.toml"
        path.write_text(based(ranges, **options))
        return read(path)

    return make


def entry(space, **values):
    candidate = choose(space, Chosen(**values))
    assert not candidate.why
    return candidate.entry


def test_a_kernel_and_the_rates_of_a_recipe_vary(space):
    found = space("C1.kernel = [3, 5]\nrecipe.batch = { low = 16, high = 64 }", base="d2l")
    assert entry(found, C1__kernel=3, recipe__batch=32).network["C1"].layer.kernel == 3
    assert entry(found, recipe__batch=32).recipe.batch == 32
    assert entry(found, recipe__batch=32).recipe.schedule == ZOO["d2l"].recipe.schedule


def test_a_dense_layer_reads_what_is_left(space):
    found = space("C1.kernel = [3, 5, 7]", base="d2l")
    assert [entry(found, C1__kernel=k).network["C1"].output[1] for k in (3, 5, 7)] == [30, 28, 26]


def test_keys_may_stand_in_quotes(space):
    assert space('"C1.kernel" = [3, 5]').settings == space("C1.kernel = [3, 5]").settings


@pytest.mark.parametrize(("type_", "cls"), [("MaxPool", MaxPool), ("MeanPool", MeanPool), ("Subsample", Subsample)])
def test_another_type_keeps_what_both_have(space, type_, cls):
    pools = '"S2+S4".type = ["MeanPool", "MaxPool", "Subsample"]'
    found = space(pools, base="d2l", more="[network.changes.S2]\nsize = 3\nstride = 2")
    network = entry(found, **{"S2+S4__type": type_}).network
    assert type(network["S2"].layer) is type(network["S4"].layer) is cls
    assert (network["S2"].layer.size, network["S2"].layer.stride, network["S4"].layer.size) == (3, 2, 2)


def test_all_activations_but_that_of_the_output_vary_together(space):
    network = entry(space('"*".activation = ["relu", "sigmoid"]')).network
    assert [layer.activation.value for layer in network.layers] == ["relu"] + ["none"] + ["relu"] + ["none"] + [
        "relu"
    ] * 2 + ["none"]


def test_a_kernel_may_cover_whatever_comes_in(space):
    found = space('C1.kernel = [3, 5, 7]\nC3.kernel = [3, 5, 7]\nC5.kernel = "all"')
    for first in (3, 5, 7):
        for second in (3, 5, 7):
            network = entry(found, C1__kernel=first, C3__kernel=second).network
            assert network["C5"].output == (120, 1, 1)
            assert network["C5"].layer.kernel == ((32 - first + 1) // 2 - second + 1) // 2


def test_a_window_may_cover_whatever_comes_in(space):
    network = entry(space('C1.kernel = [3, 7]\nS4.size = "all"\nC5.kernel = [1]'), C1__kernel=7).network
    assert network["S4"].output == (16, 1, 1)


def test_a_combination_that_does_not_fit_is_told_in_words(space):
    candidate = choose(space("C3.kernel = [5, 3]"), Chosen(C3__kernel=3))
    assert candidate.entry is None and candidate.settings == {"C3.kernel": 3}
    assert "layer F6: Dense reads a row of units" in candidate.why


def test_limits_leave_out_what_costs_too_much(space):
    found = space("C1.maps = [6, 12]\n[limits]\nmost_parameters = 61706\nmost_multiply_adds = 500000")
    assert choose(found, Chosen(C1__maps=6)).entry is not None
    assert choose(found, Chosen(C1__maps=12)).why == "64,262 parameters, and limits.most_parameters is 61,706"


def test_fields_of_what_is_not_chosen_are_not_asked_for(space):
    found = space(
        'recipe.optimiser.type = ["SGD", "Adam"]\nrecipe.optimiser.momentum = [0.5]\nrecipe.optimiser.beta1 = [0.8]'
    )
    adam, sgd = Chosen(recipe__optimiser__type="Adam"), Chosen()
    assert choose(found, adam).entry.recipe.optimiser == Adam(beta1=0.8, epsilon=1e-7)
    assert choose(found, sgd).entry.recipe.optimiser == SGD(0.5)
    assert adam.asked == ["recipe.optimiser.type", "recipe.optimiser.beta1"]
    assert sgd.asked == ["recipe.optimiser.type", "recipe.optimiser.momentum"]


def test_a_choice_may_be_a_table_or_none(space):
    found = space("recipe.distortion = [false, { shift = 1.0 }]\nrecipe.distortion.rotation = [10]".replace(
        "recipe.distortion.rotation", '"recipe.distortion.rotation"').replace(
        "recipe.distortion =", '"recipe.distortion" ='))  # fmt: skip
    assert entry(found, recipe__distortion=False).recipe.distortion is None
    assert entry(found, recipe__distortion='{"shift": 1.0}').recipe.distortion == Distortion(shift=1.0, rotation=10.0)


def test_a_distortion_that_the_base_has_not_is_made(space):
    found = space("recipe.distortion.rotation = { low = 0, high = 15 }")
    assert entry(found, recipe__distortion__rotation=12.0).recipe.distortion == Distortion(rotation=12.0)


def test_an_optimiser_of_another_type_is_as_its_table_says(space):
    found = space('"recipe.optimiser" = [{ type = "SGD", momentum = 0.9 }, { type = "Adam", beta1 = 0.8 }]')
    assert entry(found).recipe.optimiser == SGD(0.9)
    adam = entry(found, recipe__optimiser='{"type": "Adam", "beta1": 0.8}').recipe.optimiser
    assert adam == Adam(beta1=0.8, epsilon=1e-7)  # of the base's type: what isn't given is as the base has it


def test_the_padding_decides_what_the_network_reads(space):
    found = space("recipe.preparation.padding = [0, 2]", base="d2l")
    assert entry(found, recipe__preparation__padding=0).network.input == (1, 28, 28)
    assert entry(found, recipe__preparation__padding=2).network.input == (1, 32, 32)


def test_the_base_may_be_a_file_of_the_users_own(tmp_path):
    (tmp_path / "mine.toml").write_text('based_on = "d2l"\n[network.changes.C1]\nmaps = 8\n')
    (tmp_path / "space.toml").write_text(based("C1.kernel = [3, 5]", base="mine.toml"))
    assert read(tmp_path / "space.toml").base.network["C1"].layer.maps == 8


def test_the_rows_that_choose_are_held_out_and_the_test_set_is_left_alone(space):
    recipe = space("C1.kernel = [5]").base.recipe
    assert ZOO["tanh-same"].recipe.validation is not None and not ZOO["tanh-same"].recipe.validation.held_out
    assert recipe.validation is not None and recipe.validation.held_out and not recipe.test_each_pass
    assert space("C1.kernel = [5]", base="d2l").base.recipe.validation is not None


def test_what_a_search_is_asked_for(space):
    found = space('C1.kernel = [5]\n[search]\ntrials = 7\nseed = 3\npruner = "halving"\nseeds = 2').search
    assert (found.trials, found.seed, found.pruner, found.seeds) == (7, 3, Pruner.HALVING, 2)


def test_the_base_is_told_to_the_sampler_where_the_space_holds_it(space):
    assert chosen_by_base(space('C1.kernel = [3, 5]\n"S2+S4".type = ["MaxPool", "MeanPool"]')) == {
        "C1.kernel": 5,
        "S2+S4.type": "MeanPool",
    }
    assert chosen_by_base(space("C1.kernel = [3, 7]")) is None
    assert chosen_by_base(space("C1.maps = { low = 1, high = 9, step = 2 }")) is None
    assert chosen_by_base(space("C1.maps = { low = 2, high = 9, step = 2 }")) == {"C1.maps": 6}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_is_read_and_what_is_written_is_the_same_again(path, tmp_path):
    found = read(path)
    assert choose(found, Chosen()).settings
    (tmp_path / "again.toml").write_text(write(found))
    assert read(tmp_path / "again.toml") == found


def test_something_ships():
    assert SHIPPED


WRONG = {
    "": "it has no [space]; write what varies there",
    "C1.kernel = []": "space: C1.kernel has no value to choose; give one or more",
    "C1.kernel = [3, 3]": "space: C1.kernel has 3 twice",
    "C1.kernel = 3": "space: C1.kernel must be a list of values, such as [3, 5, 7], or numbers between two",
    "C1.kernel = [0]": "space: C1.kernel: C1: Conv's kernel must be a whole number of 1 or more, but is 0",
    'C1.kernel = ["five"]': "space: C1.kernel: C1.kernel must be a whole number of at most 63 bits, but is five",
    "C1.kernel = { low = 7, high = 3 }": "space: C1.kernel: low must not be above high, but they are 7 and 3",
    "C1.kernel = { low = 3.5, high = 7 }": "space: C1.kernel: low must be a whole number, but is 3.5",
    "C1.kernel = { low = 3 }": "space: C1.kernel needs high",
    "C1.kernel = { lo = 3, high = 5 }": "space: C1.kernel: there is no part of a range 'lo'; did you mean low",
    "C1.kernel = { low = 3, high = 7, step = 0 }": "space: C1.kernel: a step must be above 0",
    "C1.kernel = { low = 3, high = 7, log = 1 }": "space: C1.kernel: log must be true or false, but is 1",
    "C1.kernle = [3]": "space: C1.kernle: there is no field of a layer 'kernle'; did you mean kernel",
    "C1.units = [3]": "space: C1.units: nothing that stands there has a units",
    "C9.kernel = [3]": "space: C9.kernel: there is no layer 'C9'; did you mean",
    "kernel = [3]": "space: kernel must be a layer and its field, such as C1.kernel, or recipe and its field",
    'C1.maps = "all"': 'space: C1.maps: "all" is for kernels and for sizes of windows',
    'S2.type = ["MeanPol"]': "space: S2.type: there is no type 'MeanPol'; did you mean MeanPool",
    'S2.type = ["Conv"]': "space: S2.type: S2: Conv needs maps",
    'C1.activation = { low = 1, high = 2 }': "space: C1.activation isn't a number, so that nothing lies between two",
    'C1.activation = ["rely"]': "space: C1.activation: C1.activation: there is no activation 'rely'; did you mean relu",
    "C1.kernel = [3]\n'C1+C3'.kernel = [5]": "space: C1+C3.kernel and C1.kernel vary the same field",
    "recipe.rate = [1]": "space: recipe.rate: there is no field of recipe 'rate'",
    "recipe.batch = [0]": "space: recipe.batch: recipe: a recipe's batch must be a whole number of 1 or more, but is 0",
    "recipe.seed = [0, 1]": "space: recipe.seed is the same for all trials; give it in [recipe] instead",
    "recipe.batch.size = [1]": "space: recipe.batch.size: recipe.batch has no fields",
    "recipe.loss.type = ['squared']": "there is no field of recipe.loss 'type'",
    "recipe.schedule.value = { low = 0, high = 1, log = true }": "with log, low must be above 0, but is 0",
    "recipe.schedule.high = [1]": "space: recipe.schedule.high: nothing that stands there has a high",
    "C1.kernel = [3]\n[limits]\nmost_parameters = 0": "limits: most_parameters must be a whole number of 1 or more",
    "C1.kernel = [3]\n[limits]\nmost = 1": "limits: there is no field of Limits 'most'; known:",
    "C1.kernel = [3]\n[search]\npruner = 'mean'": "search.pruner: there is no pruner 'mean'; did you mean median",
    "C1.kernel = [3]\n[serch]\ntrials = 1": "there is no part of such a file 'serch'; did you mean search",
}  # fmt: skip


@pytest.mark.parametrize("ranges", WRONG)
def test_what_is_wrong_is_told_before_anything_is_trained(tmp_path, ranges):
    path = tmp_path / "space.toml"
    path.write_text(based(ranges, more="[recipe]\nschedule = { type = 'Constant', value = 0.01 }"))
    with pytest.raises(LenetError) as told:
        lenet.tune(path)
    assert str(told.value).startswith(f"{path}: ") and WRONG[ranges] in str(told.value)


def test_values_that_are_right_only_together_are_not_refused(space):
    table = "[[0], [0], [0]]"
    found = space(f"C3.maps = [3]\nC3.table = [{table}]", base="lenet5")
    assert entry(found, C3__table="[[0], [0], [0]]").network["C3"].layer.maps == 3


def test_a_file_of_a_network_has_no_space(tmp_path, written):
    with pytest.raises(LenetError, match="there is no part of such a file 's"):
        networks.read(written())
