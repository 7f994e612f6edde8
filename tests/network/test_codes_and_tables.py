"""The target codes and the connection tables, as printed."""

import hashlib
from itertools import combinations

from lenet import zoo
from lenet.network import RBF
from lenet.network.rbf import bitmaps, code
from lenet.network.wiring import LENET1_C3, LENET4_C3, LENET4_C5, LENET5_C3


def digest(characters):
    rows = "".join(f"{row}\n" for character in characters for row in bitmaps()[character])
    return hashlib.sha256(rows.encode()).hexdigest()


def test_the_bitmaps_are_the_papers():
    assert digest("0123456789") == "a8fb565037dbd79f42e128254815f118a5daba5e84db8653c67a5f563bea3ea8"
    printable = "".join(chr(c) for c in range(32, 127))
    assert "".join(bitmaps()) == printable
    assert digest(printable) == "b61a1f9650d8fc325dabaa6564916f03b017d355729d2ba7d5881e80a2f23fbf"


def test_a_zero_looks_like_one():
    assert bitmaps()["1"][:3] == ("...##..", "..###..", ".####..")
    assert code("1")[:7] == (-1, -1, -1, 1, 1, -1, -1)
    assert RBF("1").targets() == (code("1"),)


def test_two_digits_differ_in_12_pixels_or_more():
    apart = {pair: sum(a != b for a, b in zip(*map(code, pair), strict=True)) for pair in combinations("0123456789", 2)}
    assert min(apart.values()) == 12
    assert apart["6", "8"] == 12


def test_table_1_as_printed():
    printed = [  # a row for each map of S2, a column for each map of C3
        "X...XXX..XXXX.XX",
        "XX...XXX..XXXX.X",
        "XXX...XXX..X.XXX",
        ".XXX..XXXX..X.XX",
        "..XXX..XXXX.XX.X",
        "...XXX..XXXX.XXX",
    ]
    ours = ["".join("X" if i in inputs else "." for inputs in LENET5_C3) for i in range(6)]
    assert ours == printed
    assert [len(inputs) for inputs in LENET5_C3] == [3] * 6 + [4] * 9 + [6]


def test_the_other_tables():
    assert sum(map(len, LENET1_C3)) == 20
    assert sum(map(len, LENET4_C3)) == 60
    assert {len(inputs) for inputs in LENET4_C5} == {5}
    for table, maps in ((LENET4_C3, 8), (LENET4_C5, 16)):  # every input map is read, all about as often
        counts = [sum(i in inputs for inputs in table) for i in range(maps)]
        assert max(counts) - min(counts) <= 2
    assert zoo.entry("lenet4").network["C3"].layer.table == LENET4_C3
