"""Every layer as a C function: loops over maps o, rows r and columns c, over input maps i and windows (u, v)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...network import (
    RBF,
    Conv,
    Dense,
    Flatten,
    LocalContrastNorm,
    LocalResponseNorm,
    Pool,
    Shape,
    Subsample,
)
from .dialect import Dialect, Place
from .loops import index, over, plus, times
from .program import Constant, Part


def part(place: Place, dialect: Dialect) -> Part:
    """Return a layer's comment, constants and function."""
    match place.step.layer:
        case Conv():
            constants, body = _conv(place, place.step.layer, dialect)
        case Dense():
            constants, body = _dense(place, dialect)
        case Subsample():
            constants, body = _subsample(place, place.step.layer, dialect)
        case RBF():
            constants, body = _rbf(place, dialect)
        case Pool():
            constants, body = _pool(place, place.step.layer, dialect)
        case LocalResponseNorm():
            constants, body = _response(place, place.step.layer, dialect)
        case LocalContrastNorm():
            body, constants = dialect.contrast(place, place.step.layer)
        case Flatten():
            constants, body = _flatten(place, dialect)
        case _:
            raise TypeError(f"no such layer: {place.step.layer!r}")
    return Part(_about(place), place.name, place.input, place.output, body, constants)


def _about(place: Place) -> str:
    layer, activation = place.step.layer, place.step.layer.activation.value
    size = f" {layer.kernel}x{layer.kernel}" if isinstance(layer, Conv) else ""
    size = f" {layer.size}x{layer.size}, {layer.step} apart" if isinstance(layer, Pool) else size
    ends = "" if activation == "none" else f", {activation}"
    return f"{place.step.name}: {type(layer).__name__}{size}{ends}; {_sizes(place.input.shape)} -> " + _sizes(
        place.output.shape
    )


def _sizes(shape: Shape) -> str:
    maps, rows, columns = shape
    return str(maps) if (rows, columns) == (1, 1) else f"{maps}@{rows}x{columns}"


def _each(place: Place, body: list[str]) -> list[str]:
    """Return ``body`` for each number of the output."""
    maps, rows, columns = place.output.shape
    return over(("o", maps), ("r", rows), ("c", columns), do=body)


def _here(place: Place) -> tuple[str, str, str]:
    """Return the output's indices."""
    maps, rows, columns = place.output.shape
    return index("o", maps), index("r", rows), index("c", columns)


def _write(place: Place, dialect: Dialect, sum: str = "sum") -> list[str]:
    o, r, c = _here(place)
    return dialect.write(place, place.output.at("out", o, r, c), sum, o)


def _weights(place: Place, dialect: Dialect) -> dict[str, Constant]:
    arrays = dialect.weighing(place)
    return {name: Constant(f"{place.name}_{name}", kind, values) for name, kind, values in arrays}


def _conv(place: Place, layer: Conv, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    constants = _weights(place, dialect)
    maps = place.input.shape[0]
    o, r, c = _here(place)
    u, v = index("u", layer.kernel), index("v", layer.kernel)
    y, x = (plus(times(layer.stride, at), tap) for at, tap in ((r, u), (c, v)))
    lines: list[str] = []
    inside = ""
    if layer.padding:
        _, rows, columns = place.input.shape
        lines += [f"const int y = {y} - {layer.padding}, x = {x} - {layer.padding};"]
        inside = f"y >= 0 && y < {rows} && x >= 0 && x < {columns}"
        y, x = "y", "x"
    sparse = any(len(row) < maps for row in layer.reads(maps))
    weight, i = constants["weight"], index("i", maps)
    if sparse:
        constants |= _pairs(place, layer, weight)
        i = f"{place.name}_reads[k]"
    kernel = f"{weight.name}[k]" if sparse else f"{weight.name}[{o}][{i}]"
    value = dialect.read(place, place.input.at("in", i, y, x))
    add = f"sum += {dialect.weigh(f'{kernel}[{u}][{v}]', value)};"
    lines += [f"if ({inside}) {{", f"  {add}", "}"] if inside else [add]
    window = [("u", layer.kernel), ("v", layer.kernel)]
    if sparse:
        first = f"{place.name}_first"
        lines = over(*window, do=lines)
        lines = [
            f"for (int k = {first}[{o}]; k < {first}[{plus(o, '1')}]; k++) {{",
            *(f"  {line}" for line in lines),
            "}",
        ]
    else:
        lines = over(("i", maps), *window, do=lines)
    return tuple(constants.values()), _each(
        place, [_start(place, dialect, constants, o), *lines, *_write(place, dialect)]
    )


def _start(place: Place, dialect: Dialect, constants: dict[str, Constant], o: str) -> str:
    """Return the statement that begins a sum, with the bias if there is one."""
    return (
        f"{dialect.number} sum = {constants['bias'].name}[{o}];"
        if "bias" in constants
        else f"{dialect.number} sum = 0;"
    )


def _pairs(place: Place, layer: Conv, weight: Constant) -> dict[str, Constant]:
    """Return the connected pairs of maps only: their kernels, the map that each reads, and each output map's first."""
    table = layer.reads(place.input.shape[0])
    kernels: NDArray[np.generic] = np.concatenate([weight.values[o, list(row)] for o, row in enumerate(table)])
    reads = np.array([i for row in table for i in row])
    first = np.cumsum([0, *(len(row) for row in table)])
    return {
        "weight": Constant(weight.name, weight.kind, kernels),
        "reads": Constant(f"{place.name}_reads", _smallest(reads), reads),
        "first": Constant(f"{place.name}_first", _smallest(first), first),
    }


def _smallest(values: NDArray[np.int64]) -> str:
    most = int(values.max())
    return "uint8_t" if most < 2**8 else "uint16_t" if most < 2**16 else "int32_t"


def _dense(place: Place, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    constants = _weights(place, dialect)
    shape = place.input.shape
    weight = constants["weight"]
    flat = shape[1:] == (1, 1)
    values = weight.values.reshape(len(weight.values), *(shape[:1] if flat else shape))
    constants["weight"] = Constant(weight.name, weight.kind, values)
    o, i, r, c = (index(name, size) for name, size in zip("oirc", (place.output.shape[0], *shape), strict=True))
    element = f"{weight.name}[{o}][{i}]" if flat else f"{weight.name}[{o}][{i}][{r}][{c}]"
    value = dialect.read(place, place.input.at("in", i, r, c))
    taps = over(*zip("irc", shape, strict=True), do=[f"sum += {dialect.weigh(element, value)};"])
    body = over(
        ("o", place.output.shape[0]),
        do=[_start(place, dialect, constants, o), *taps, *_write(place, dialect)],
    )
    return tuple(constants.values()), body


def _subsample(place: Place, layer: Subsample, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    constants = _weights(place, dialect)
    o, _, _ = _here(place)
    source = o if layer.copies == 1 or o == "0" else f"{o} / {layer.copies}"
    taps, value = _window(place, layer, dialect, source)
    weighed = dialect.weigh(f"{constants['weight'].name}[{o}]", "pixels")
    body = [
        f"{dialect.number} pixels = 0;",
        *over(*taps, do=[f"pixels += {value};"]),
        f"const {dialect.number} sum = {constants['bias'].name}[{o}] + {weighed};",
        *_write(place, dialect),
    ]
    return tuple(constants.values()), _each(place, body)


def _window(place: Place, layer: Pool, dialect: Dialect, map: str) -> tuple[list[tuple[str, int]], str]:
    """Return the loops over a window, and the value of its pixel (u, v)."""
    _, r, c = _here(place)
    u, v = index("u", layer.size), index("v", layer.size)
    y, x = plus(times(layer.step, r), u), plus(times(layer.step, c), v)
    return [("u", layer.size), ("v", layer.size)], dialect.read(place, place.input.at("in", map, y, x))


def _pool(place: Place, layer: Pool, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    o, _, _ = _here(place)
    taps, value = _window(place, layer, dialect, o)
    before, each, after = dialect.pool(place, layer, value, o)
    body = [*before, *over(*taps, do=each), *after, *_write(place, dialect)]
    return tuple(_weights(place, dialect).values()), _each(place, body)


def _rbf(place: Place, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    constants = _weights(place, dialect)
    inputs = place.input.shape[0]
    o, i = index("o", place.output.shape[0]), index("i", inputs)
    if "bits" in constants:
        bits = f"{constants['bits'].name}[{o}][{i} >> 3] >> ({i} & 7) & 1"
        start = [f"const {dialect.number} one = {dialect.one(place)};"]
        code = f"({bits} ? one : -one)"
    else:
        start, code = [], f"{constants['codes'].name}[{o}][{i}]"
    body = [
        f"{dialect.number} sum = 0;",
        *over(
            ("i", inputs),
            do=[
                f"const {dialect.number} off = {dialect.read(place, place.input.at('in', i, '0', '0'))} - {code};",
                "sum += off * off;",
            ],
        ),
        *_write(place, dialect),
    ]
    return tuple(constants.values()), [*start, *over(("o", place.output.shape[0]), do=body)]


def _response(place: Place, layer: LocalResponseNorm, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    maps = place.input.shape[0]
    before, after = layer.size // 2, (layer.size - 1) // 2
    o, r, c = _here(place)
    near = f"j = o < {before} ? 0 : o - {before}; j < {maps} && j <= {plus('o', str(after))}; j++"
    value = dialect.read(place, place.input.at("in", "j" if maps > 1 else "0", r, c))
    lines = [f"const {dialect.number} near = {value};", "squares += near * near;"]
    if maps > 1:
        lines = [f"for (int {near}) {{", *(f"  {line}" for line in lines), "}"]
    body = [
        f"{dialect.number} squares = 0;",
        *lines,
        f"const {dialect.number} here = {dialect.read(place, place.input.at('in', o, r, c))};",
        *dialect.response(place, layer),
        *_write(place, dialect),
    ]
    return tuple(_weights(place, dialect).values()), _each(place, body)


def _flatten(place: Place, dialect: Dialect) -> tuple[tuple[Constant, ...], list[str]]:
    shape = place.input.shape
    o = index("o", place.output.shape[0])
    element = place.input.at("in", *(index(name, size) for name, size in zip("irc", shape, strict=True)))
    write = dialect.write(place, place.output.at("out", o, "0", "0"), dialect.read(place, element), o)
    count = "int o = 0;", "o++;"
    if place.output.shape[0] == 1:
        return (), write
    return (), [count[0], *over(*zip("irc", shape, strict=True), do=[*write, count[1]])]
