"""Which input maps each output map reads, where not all: the connection tables of LeNet-1, LeNet-4 and LeNet-5."""

from __future__ import annotations

from .layers import Table

# The paper's Table I: rows are the maps of S2, columns the maps of C3.
_LENET5 = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""


def _columns(table: str) -> Table:
    """Return for each column of a table the rows that are crossed in it."""
    rows = [line.split() for line in table.split("\n") if line]
    return tuple(tuple(i for i, row in enumerate(rows) if row[o] == "X") for o in range(len(rows[0])))


LENET5_C3: Table = _columns(_LENET5)

# LeNet-1's second convolution, as in a public reconstruction that cites the 1990 NIPS paper; the totals add up.
LENET1_C3: Table = ((0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1), (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3))

# LeNet-4: the paper gives about 17,000 parameters and 260,000 connections, and no wiring. Of those that fit we take
# a regular one: 16 maps read 60 of 128 pairs, each 3 (the first four) or 4 neighbours on a ring of 8 maps ...
LENET4_C3: Table = tuple(tuple(sorted((o + i) % 8 for i in range(3 if o < 4 else 4))) for o in range(16))
# ... and each of 120 units reads 5 of the 16 maps, 3 apart on a ring.
LENET4_C5: Table = tuple(tuple(sorted((u + 3 * i) % 16 for i in range(5))) for u in range(120))
