"""Networks and recipes in TOML and as plain values: round trips, the documented example, and hostile input."""

import json
import re
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet import plain, recipe, written, zoo
from lenet.errors import LenetError
from lenet.network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    Layer,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    Pool,
    StochasticPool,
    Subsample,
)
from lenet.preparation import Preparation
from lenet.recipe import SGD, Adam, Cosine, Distortion, Inverse, OneCycle, Patience, Recipe, Validation
from lenet.zoo import Entry

EVERY_LAYER = Network(
    "every-layer",
    (2, 30, 30),
    (
        LocalContrastNorm(size=5, deviation=1.5, floor=1e-3),
        LocalResponseNorm(size=3, alpha=0.5, beta=0.25, k=1.0),
        Conv(4, kernel=3, stride=2, padding=1, table=((0,), (1,), (0, 1), (0, 1)), bias=False, activation="relu"),
        MeanPool(size=3, stride=1, name="mean"),
        MaxPool(stride=1),
        L2Pool(size=3, stride=1, activation="tanh"),
        StochasticPool(stride=1),
        DeformablePool(),
        Subsample(copies=2, activation="scaled-tanh"),
        Flatten(),
        Dense(3, bias=False, activation="sigmoid"),
        RBF(codes=((1.0, -1.0, 0.5), (0.25, 0.0, -1e-7)), learned=True),
    ),
)

FULL = Recipe(
    data='a "folder"\\with\nodd \x7f letters é',
    preparation=Preparation((2, 28, 28), low=-1.5, high=1e20, padding=1),
    start="fan-in",
    optimiser=Adam(0.8, 0.9, 1e-7, 0.01, 2.0),
    schedule=Inverse(0.5, 1e-4, 0.75),
    updates=77,
    shuffle="never",
    validation=Validation((3, 9), held_out=False),
    stopping=Patience(5),
    distortion=Distortion(1, 0.1, 0.2, 0.3, 4, 5, 6, 0.5),
    test_each_pass=True,
    training_each_pass=True,
    report_every=3,
    seed=2**63 - 1,
)


def write(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", zoo.ZOO)
def test_the_zoo_survives_toml_and_json(tmp_path, name):
    row = zoo.entry(name)
    path = write(tmp_path, written.write(row))
    assert written.read(path) == row
    assert written.read_network(path) == row.network
    assert written.network_from_dict(json.loads(json.dumps(written.network_to_dict(row.network)))) == row.network
    assert written.recipe_from_dict(json.loads(json.dumps(written.recipe_to_dict(row.recipe)))) == row.recipe


@pytest.mark.parametrize("schedule", [Cosine(0.1, 0.01), OneCycle(1.0, 0.1, 0.2, 0.3), recipe.Table(((1, 0.5),), 3.0)])
def test_every_layer_and_field_survives(tmp_path, schedule):
    published, others = (
        replace(FULL, optimiser=SGD(0.5, True)),
        {"short": Recipe(), "long-2_b": replace(FULL, passes=99)},
    )
    row = Entry(EVERY_LAYER, replace(FULL, schedule=schedule), "me", "none", published, others)
    assert written.read(write(tmp_path, written.write(row))) == row
    assert written.network_from_dict(json.loads(json.dumps(written.network_to_dict(EVERY_LAYER)))) == EVERY_LAYER


def test_every_kind_of_layer_has_a_plain_form():
    kinds = {cls for base in (Layer, Pool) for cls in base.__subclasses__()} - {Pool}
    assert set(plain.LAYERS) == kinds == {type(layer) for layer in EVERY_LAYER.layers}
    assert set(plain.TYPED) == kinds | {*get_args(recipe.Optimiser), *get_args(recipe.Schedule)}


# The file of docs/networks.md.

DOCS = (Path(__file__).parent.parent / "docs" / "networks.md").read_text(encoding="utf-8")
SMALL_CHANGE, COLOUR = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)


def test_the_documented_network(tmp_path):
    row = written.read(write(tmp_path, COLOUR))
    assert [str(step.output) for step in row.network.steps[:4]] == [
        "(6, 26, 26)", "(6, 13, 13)", "(16, 11, 11)", "(16, 5, 5)",
    ]  # fmt: skip
    assert row.network["C1"].layer.kernel == 7
    assert row.network.parameters == 6 * (3 * 49 + 1) + 16 * (6 * 9 + 1) + 400 * 120 + 120 + 120 * 84 + 84 + 850
    assert row.recipe == Recipe(
        data="my-pictures",
        preparation=Preparation((3, 32, 32), low=-1.0),
        optimiser=SGD(momentum=0.9),
        schedule=OneCycle(0.05),
    )
    assert row.source == "the file mine.toml"


def test_the_documented_change(tmp_path):
    row, base = written.read(write(tmp_path, SMALL_CHANGE)), zoo.entry("lenet5")
    assert row.network.name == "mine"
    assert row.network["S2"].layer == MaxPool(activation="relu", name="S2")
    assert row.network.layers[2:] == base.network.layers[2:]
    assert row.recipe == replace(base.recipe, passes=20, optimiser=Adam())


def test_the_documentation_names_every_type_field_and_name():
    kinds = (*plain.TYPED, Recipe, Preparation, recipe.Loss, Validation, Patience, Distortion)
    words = {
        name for cls in kinds for name in (*(f.name for f in fields(cls)), *([cls.__name__] * (cls in plain.TYPED)))
    }
    for names in (Activation, recipe.Start, recipe.LossKind, recipe.Shuffle):
        words |= {member.value for member in names}
    assert {word for word in words if f"`{word}`" not in DOCS} == set()


def test_a_file_may_start_from_the_zoo_in_parts(tmp_path):
    row = written.read(write(tmp_path, '[network]\nbased_on = "d2l"\n[recipe]\nbased_on = "tanh-same"\nbatch = 8'))
    assert row.network == zoo.entry("d2l").network  # nothing is changed, so its name stays
    assert row.recipe == replace(zoo.entry("tanh-same").recipe, batch=8)
    whole = written.read(write(tmp_path, 'based_on = "d2l"'))
    assert (whole.network, whole.recipe) == (zoo.entry("d2l").network, zoo.entry("d2l").recipe)
    never = written.read(write(tmp_path, 'based_on = "tanh-20-50"\n[recipe]\nstopping = false\nvalidation = false'))
    assert (never.recipe.stopping, never.recipe.validation) == (None, None)
    changed = written.read(write(tmp_path, 'based_on = "lenet5"\n[network.changes.F6]\nactivation = "tanh"'))
    assert changed.network["F6"].layer == Dense(84, activation="tanh", name="F6")


def test_fields_of_a_table_that_are_left_out_stay_as_in_the_base(tmp_path):
    text = 'based_on = "caffe"\n[recipe.optimiser]\nmomentum = 0.5\n[recipe.preparation]\nlow = -1'
    row, base = written.read(write(tmp_path, text)), zoo.entry("caffe").recipe
    assert row.recipe.optimiser == replace(base.optimiser, momentum=0.5)
    assert row.recipe.preparation == replace(base.preparation, low=-1.0)


@pytest.mark.parametrize(
    ("input", "given", "expected"),
    [
        ("[1, 28, 28]", "", Preparation()),
        ("[1, 32, 32]", "", Preparation(padding=2)),
        ("[1, 31, 31]", "", Preparation((1, 31, 31))),
        ("[1, 16, 16]", "", Preparation((1, 16, 16))),
        ("[3, 40, 30]", "", Preparation((3, 40, 30))),
        ("[1, 32, 32]", "preparation = {padding = 0}", Preparation((1, 32, 32))),
        ("[3, 40, 30]", "preparation = {padding = 3, low = -1}", Preparation((3, 34, 24), low=-1.0, padding=3)),
    ],
)
def test_a_preparation_that_is_left_out_fits(tmp_path, input, given, expected):
    layers = 'layers = [{type = "Flatten"}, {type = "Dense", units = 10}]'
    path = write(tmp_path, f"[network]\ninput = {input}\n{layers}\n[recipe]\n{given}")
    assert written.read(path).recipe.preparation == expected


NETWORK = '[network]\ninput = [1, 28, 28]\nlayers = [{type = "Flatten"}, {type = "Dense", units = 10}]\n'

MISTAKES = [
    ("x = ", "mine.toml: the file isn't TOML: Invalid value"),
    ("x = " + "9" * 5000, "mine.toml: the file isn't TOML"),
    ("x = " + "[" * 100_000, "mine.toml: the file isn't TOML"),
    ("passes = 3", "there is no part of such a file 'passes'; known: based_on, claim, network"),
    ("", r"it has no \[network\]; write one, or based_on = a row of the zoo"),
    ("network = 3", r"network must be a table, \[network\]"),
    ('based_on = "lenet6"', "there is no network 'lenet6'; did you mean lenet"),
    ("based_on = [1]", r"there is no network '\[1\]'"),
    ("[network]\ninput = [1, 2, 3]", "network: Network needs layers"),
    (NETWORK + "[others.default]", "others: a recipe can't be called 'default'; take letters, digits, - and _"),
    (NETWORK + '[others."a b"]', "others: a recipe can't be called 'a b'"),
    (NETWORK + "[others.a]\nsize = 0", "others.a: a recipe's size must be a whole number of 1 or more, but is 0"),
    (NETWORK + "[others]\na = 3", "others.a must be a table of Recipe's fields"),
    ("others = 3\n" + NETWORK, r"others must be a table, \[others\]"),
    ("[network]\nlayers = 3\ninput = [1, 2, 3]", "network.layers must be a list, but is 3"),
    (NETWORK.replace("28, 28]", "28]"), r"network.input must be a list of 3, but is \[1, 28\]"),
    (NETWORK.replace("Flatten", "Flaten"), r"network.layers\[0\]: there is no type 'Flaten'; did you mean Flatten"),
    (
        NETWORK.replace('type = "Flatten"', ""),
        r"network.layers\[0\] must be a table with a type out of Conv, Subsample",
    ),
    (NETWORK.replace("units", "unit"), r"network.layers\[1\]: there is no field of Dense 'unit'; did you mean units"),
    (
        NETWORK.replace("10}", '"10"}'),
        r"network.layers\[1\].units must be a whole number of at most 63 bits, but is 10",
    ),
    (
        NETWORK.replace("10}", "10.0}"),
        r"network.layers\[1\].units must be a whole number of at most 63 bits, but is 10.0",
    ),
    (
        NETWORK.replace("10}", "true}"),
        r"network.layers\[1\].units must be a whole number of at most 63 bits, but is True",
    ),
    (NETWORK.replace("10}", "0}"), r"network.layers\[1\]: Dense's units must be a whole number of 1 or more, but is 0"),
    (NETWORK.replace("10}", "10, bias = 1}"), r"network.layers\[1\].bias must be true or false, but is 1"),
    (
        NETWORK.replace("10}", '10, activation = "rellu"}'),
        r"network.layers\[1\].activation: there is no activation 'rellu'",
    ),
    (
        NETWORK.replace("10}", "10, activation = 3}"),
        r"network.layers\[1\].activation: there is no activation '3'; known",
    ),
    (NETWORK.replace('{type = "Flatten"},', ""), "network: layer output of network 'mine': Dense reads a row of units"),
    (NETWORK + "[network.changes.C1]", "network.changes: there is no layer 'C1'"),
    ('based_on="d2l"\n[network.changes.C2]', "network.changes: there is no layer 'C2'; did you mean S2 or C"),
    ('based_on="d2l"\n[network.changes]\nC1 = 3', "network.changes.C1 must be a table of the layer's fields"),
    ('based_on="d2l"\n[network]\nchanges = 3', "network.changes must be a table of layers' names"),
    (NETWORK + "[recipe]\nbatches = 3", "recipe: there is no field of Recipe 'batches'; did you mean batch"),
    (NETWORK + "[recipe]\nbatch = 0", "recipe: a recipe's batch must be a whole number of 1 or more, but is 0"),
    (NETWORK + "[recipe]\nbatch = false", "recipe.batch must be a whole number of at most 63 bits, but is False"),
    (NETWORK + '[recipe]\nstart = "xavier"', "recipe.start: there is no start 'xavier'"),
    (NETWORK + "[recipe]\nschedule = 0.1", "recipe.schedule must be a table with a type out of Constant, Table, Cos"),
    (NETWORK + '[recipe]\nschedule = {type = "Cosine"}', "recipe.schedule: Cosine needs high"),
    (NETWORK + "[recipe.optimiser]\nmomentum = nan", "recipe.optimiser.momentum must be a finite number, but is nan"),
    (NETWORK + "[recipe.optimiser]\nmomentum = 2", "recipe.optimiser: SGD's momentum must be 0 or more and below 1"),
    (
        NETWORK + "[recipe.preparation]\nshape = [1, 30, 30]",
        r"recipe.preparation gives an input of \(1, 30, 30\), but the",
    ),
    (NETWORK + f'[recipe]\ndata = "{"x" * 1001}"', "recipe.data must be text of at most 1,000 characters, but is 'xxx"),
    ("source = 3\n" + NETWORK, "source must be text of at most 1,000 characters, but is 3"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[message[:60] for _, message in MISTAKES])
def test_mistakes_are_told_in_words(tmp_path, text, message):
    with pytest.raises(LenetError, match=message) as error:
        written.read(write(tmp_path, text))
    assert str(error.value).startswith(str(tmp_path / "mine.toml"))
    assert len(str(error.value)) < 600


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(LenetError, match=r"none\.toml: can't read the file: No such file"):
        written.read(tmp_path / "none.toml")
    with pytest.raises(LenetError, match="can't read the file: Is a directory"):
        written.read_network(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(LenetError, match="the file isn't TOML: 'utf-8' codec can't decode"):
        written.read(tmp_path / "latin.toml")
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(10_000_001)
    with pytest.raises(LenetError, match="the file is larger than 10,000,000 bytes"):
        written.read(tmp_path / "large.toml")


def hostile(*layers, input=(1, 28, 28), **others):
    return {"name": "n", "input": list(input), "layers": list(layers), **others}


FLATTEN = {"type": "Flatten"}

HOSTILE = [
    (None, "network must be a table of Network's fields, but is None"),
    ([1], r"network must be a table of Network's fields, but is \[1\]"),
    (hostile(FLATTEN, __class__="x"), "there is no field of Network '__class__'"),
    (hostile(FLATTEN, **{"x" * 10**6: 1}), "there is no field of Network .'xxxx"),
    (hostile({"type": "Layer"}), "there is no type 'Layer'"),
    (hostile({"type": ["Conv"]}), "there is no type"),
    (hostile(*[FLATTEN] * 65), "a network may have 64 layers, but this has 65"),
    (hostile(FLATTEN, {"type": "Dense", "units": 10**12}), "it may have 100,000,000 parameters, but 'n' has 785,000"),
    (hostile({"type": "Conv", "maps": 10**12, "kernel": 28}), "it may have 100,000,000 parameters"),
    (hostile({"type": "Conv", "maps": 2**70}), "maps must be a whole number .*, but is a number of more than 63 bits"),
    (hostile(FLATTEN, input=(1, 10**9, 10**9)), "it may have 10,000,000 numbers between its layers"),
    (hostile({"type": "Conv", "maps": 1, "padding": 10**6, "stride": 10**9}), "C.*|output's stride may be 100,000"),
    (hostile({"type": "LocalContrastNorm", "size": 10**9 + 1}, FLATTEN), "N0's size may be 100,000"),
    (hostile({"type": "RBF", "codes": "0" * 1001}), "codes must be text of at most 1,000 characters"),
    (hostile({"type": "RBF", "codes": [[0] * 10_001]}), r"codes\[0\] has 10001 entries, and may have 10,000"),
    (hostile({"type": "RBF", "codes": [[float("inf")]]}), r"codes\[0\]\[0\] must be a finite number, but is inf"),
    (hostile(FLATTEN, name={}), "network.name must be text"),
]


@pytest.mark.parametrize(("value", "message"), HOSTILE, ids=[message[:60] for _, message in HOSTILE])
def test_strangers_networks_are_refused_in_words(value, message):
    with pytest.raises(LenetError, match=message) as error:
        written.network_from_dict(value)
    assert len(str(error.value)) < 600


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Conv", "SGD", "relu"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "name", "input", "layers", "maps", "optimiser", "seed", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["name", "input", "layers"]), st.sampled_from([f.name for f in fields(Recipe)]))
def test_anything_at_all_is_read_or_refused(value, network_field, recipe_field):
    good = written.network_to_dict(EVERY_LAYER)
    for read, stranger in (
        (written.network_from_dict, value),
        (written.network_from_dict, {**good, network_field: value}),
        (written.network_from_dict, {**good, "layers": [*good["layers"], value]}),
        (written.recipe_from_dict, value),
        (written.recipe_from_dict, {recipe_field: value}),
    ):
        with suppress(LenetError):
            read(stranger)
