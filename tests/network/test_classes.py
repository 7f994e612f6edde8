"""The same network for other classes."""

import pytest

from lenet.errors import LenetError
from lenet.network import RBF, Conv, Dense, Flatten, MaxPool, MeanPool, Network, for_classes
from lenet.zoo import ZOO


@pytest.mark.parametrize("count", [1, 2, 10, 26, 95])
@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_takes_other_classes(name, count):
    network = for_classes(ZOO[name].network, [f"class {i}" for i in range(count)])
    assert network.classes == count
    assert network.layers[:-1] == ZOO[name].network.layers[:-1]
    assert type(network.layers[-1]) is type(ZOO[name].network.layers[-1])


def test_as_many_classes_leave_it_as_it_is():
    assert for_classes(ZOO["lenet5"].network, "ABCDEFGHIJ") is ZOO["lenet5"].network


@pytest.mark.parametrize(
    ("names", "codes"),
    [(["a", "b"], "ab"), (["no", "yes"], "01"), (["-1", "1"], "01"), (["a", "a"], "01"), (["ä", "b"], "01")],
)
def test_codes_are_those_of_the_names_where_they_have_some(names, codes):
    assert for_classes(ZOO["lenet5"].network, names).layers[-1].codes == codes


def test_codes_all_differ_and_begin_with_digits():
    codes = for_classes(ZOO["lenet5"].network, [f"{i}!" for i in range(95)]).layers[-1].codes
    assert codes.startswith("0123456789ABC") and len(set(codes)) == 95


def test_a_convolution_or_a_pool_may_end_it():
    network = Network("all maps", (1, 8, 8), (Conv(4, kernel=3), Conv(10, kernel=3), MeanPool(size=4)))
    assert for_classes(network, "abc").steps[1].output == (3, 4, 4)
    tabled = Network("table", (1, 4, 4), (Conv(2, kernel=3), MaxPool(), Conv(2, kernel=1, table=((0,), (1,)))))
    assert for_classes(tabled, "abc").classes == 3


def test_codes_of_numbers_can_be_fewer_and_not_more():
    network = Network("own codes", (1, 1, 1), (Dense(2), RBF(((1, 1), (1, -1), (-1, 1)))))
    assert for_classes(network, "ab").layers[-1].codes == ((1, 1), (1, -1))
    with pytest.raises(LenetError, match="there are 4 classes, but the RBF layer 'output' has 3 codes; add some"):
        for_classes(network, "abcd")


def test_what_cannot_be_changed():
    with pytest.raises(LenetError, match=r"there are 96 classes, but 95 characters .* such as relu-valid"):
        for_classes(ZOO["lenet5"].network, [f"class {i}" for i in range(96)])
    with pytest.raises(LenetError, match="'flat' can't be changed from 4 to 2 classes; write one that ends in Dense"):
        for_classes(Network("flat", (1, 2, 2), (Flatten(),)), "ab")
    with pytest.raises(LenetError, match="'flat' can't be changed from 4 to 2 classes"):
        for_classes(Network("flat", (1, 2, 2), (Conv(1, kernel=1), Flatten())), "ab")
