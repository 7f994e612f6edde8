"""The comment at the top of a header: what it is, how to call it, what it needs, and how well it reads."""

from __future__ import annotations

from shlex import quote

from ...model import Model
from ...version import version
from ..int8.accuracy import Accuracy
from .program import Program

_FLOAT32 = "float32: the answers are those of lenet's own engine but for rounding."
_INT8 = (
    "whole numbers (int8): weights of 8 bits with a scale for each output map, sums of 32 bits, no floating point. The "
    "answers are the same bits on every machine, and those of lenet.export's emulation in Python."
)
_THREADS = (
    "That is static: one call at a time. To let threads call at once, define {}_MEMORY before the implementation: "
    '"static _Thread_local" (C11) or "static thread_local" (C++11) gives each thread its own, and nothing at all '
    "puts it on the stack."
)


def about(model: Model, program: Program, file: str, accuracy: Accuracy | None) -> str:
    """Return the text, each paragraph on one long line.

    Args:
        model: what is in the file.
        program: its code.
        file: the file's name.
        accuracy: what whole numbers cost, where it was measured.
    """
    name, guard, float32 = program.name, program.name.upper(), program.scores == "float"
    channels, rows, columns = model.preparation.shape
    size = f"{rows}x{columns}" if channels == 1 else f"{channels} x {rows}x{columns}"
    library = " -lm" if float32 else ""
    further = f"\n    {name}_probabilities(scores, probabilities);" if float32 else ""
    return f"""\
{file}: the network {model.name} with its weights in C99. Written by lenet {version()}.

In {_FLOAT32 if float32 else _INT8}

To use it, write in one file of C or C++
    #define {guard}_IMPLEMENTATION
    #include "{file}"
and in others the #include alone. Then
    uint8_t picture[{program.picture}];
    {"float" if float32 else "int32_t"} scores[{len(program.classes)}];
    int answer = {name}_predict(picture, scores);{further}
Compile it by: cc -std=c99 -O2 yours.c{library} (-O3 makes it larger, and faster)

Self-test, which ends in 0 if this machine answers as lenet did:
    cc -std=c99 -O2 -D{guard}_SELF_TEST -x c {quote(file)} -o {name}_test{library} && ./{name}_test

The picture: {size} bytes, 0 paper and 255 ink{_mnist(model)}; range and border are seen to here.

Memory: {program.constants:,} bytes of constants and {program.memory:,} of working memory. {_THREADS.format(guard)}
Work: {model.network.multiply_adds:,} multiply-adds a picture.

How well it reads: {_reads(model, accuracy)}"""


def _mnist(model: Model) -> str:
    if model.data != "mnist":
        return f", as in the data set {model.data}" if model.data else ""
    return (
        ". As in MNIST: the digit fills 20x20 at most, and its centre of mass lies in the middle of the picture; other "
        "pictures must be scaled and centred so first"
    )


def _reads(model: Model, accuracy: Accuracy | None) -> str:
    if accuracy is not None:
        return f"{accuracy.words()}."
    test = model.metrics.get("test")
    if not isinstance(test, dict) or "error" not in test or "count" not in test:
        return "not measured."
    whose = f" of {model.data}" if model.data else ""
    return (
        f"{100 * test['error']:.2f}% of the {test['count']:,} test pictures{whose} were read wrong; so says its file."
    )
