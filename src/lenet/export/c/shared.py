"""What the layers in whole numbers share, in C: rounding, look-ups, a root."""

from __future__ import annotations

from ...network import L2Pool, LocalResponseNorm
from ..int8 import tables
from ..int8.quantised import PIECE, Quantised
from . import text
from .program import Constant

_SCALED = """\
/* sum x multiplier / 2^shift, rounded to the nearest, halves upwards, and held within low and high. */
static int32_t NAME_scaled(int32_t sum, int32_t multiplier, int shift, int32_t low, int32_t high) {
  const int64_t exact = (int64_t)sum * multiplier + ((int64_t)1 << (shift - 1));
  /* C leaves open what a right shift makes of numbers below 0; ~ turns them into others and back. */
  const int64_t rounded = exact >= 0 ? exact >> shift : ~(~exact >> shift);
  return rounded < low ? low : rounded > high ? high : (int32_t)rounded;
}"""

_BETWEEN = f"""\
/* A table's value at a position of 0 to 2^15 - 1, of which the last {PIECE} bits lie between two of its 257 entries. */
static int32_t NAME_between(const uint16_t table[257], int32_t position) {{
  const int32_t piece = position >> {PIECE}, part = position & {(1 << PIECE) - 1};
  return (table[piece] * ({1 << PIECE} - part) + table[piece + 1] * part + {1 << PIECE - 1}) >> {PIECE};
}}"""

_TANH = """\
/* tanh of an argument in steps of 1/4096, from -32767 to 32767; 1 is 32768. */
static int32_t NAME_tanh(int32_t argument) {
  return argument < 0 ? -NAME_between(NAME_tanh_table, -argument) : NAME_between(NAME_tanh_table, argument);
}"""

_ROOT = """\
/* The square root, rounded down: bit by bit from the highest. */
static int32_t NAME_root(int32_t square) {
  int32_t root = 0;
  for (int32_t bit = (int32_t)1 << 30; bit != 0; bit >>= 2) {
    if (square >= root + bit) {
      square -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return root;
}"""


def helpers(network: Quantised, prefix: str) -> tuple[tuple[str, ...], tuple[Constant, ...]]:
    """Return the functions that a network's layers call, in order, and the tables that those read."""
    stages = network.stages
    curves = any(stage.finish.after is not None for stage in stages)
    scales = curves or any(stage.finish.scaling.multiplier for stage in stages)
    looks_up = curves or any(isinstance(stage.step.layer, LocalResponseNorm) for stage in stages)
    roots = any(isinstance(stage.step.layer, L2Pool) for stage in stages)
    table = Constant(f"{prefix}_tanh_table", "uint16_t", tables.tanh())
    used = [
        (scales, _SCALED),
        (looks_up, _BETWEEN),
        (curves, f"{text.comment('tanh at 0, 1/32, 2/32, .. 8; 1 is 32768')}\n{table.code()}"),
        (curves, _TANH),
        (roots, _ROOT),
    ]
    return tuple(code.replace("NAME", prefix) for wanted, code in used if wanted), (table,) if curves else ()


def declarations(network: Quantised, prefix: str) -> str:
    """Return what a score is worth."""
    return (
        text.comment(
            "What a score of 1 is worth, in the units of the model in float32: multiply the scores by it to get "
            "those, and for probabilities take "
            + ("exp(-score)" if network.network.smallest_wins else "exp(score)")
            + " of each as a part of their sum."
        )
        + f"\n#define {prefix.upper()}_SCORE {network.scale!r}"
    )
