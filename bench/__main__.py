"""The benchmark's command line: ``python -m bench [WHAT]``; ``--help`` lists what."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lenet.errors import LenetError, unknown
from lenet.files import write_atomically

from . import machine
from .reading import command as reading


def common() -> argparse.ArgumentParser:
    """Return the options that every benchmark takes."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--systems", metavar="A,B,...", help="which systems; default: all that are installed")
    options.add_argument("--threads", type=int, default=machine.available(), help="of each system; default: all")
    options.add_argument("--json", type=Path, metavar="PATH", help="write the results there as JSON")
    options.add_argument("--write", type=Path, metavar="PATH", help="put the tables between the marks of that page")
    return options


def parser() -> argparse.ArgumentParser:
    """Return the options, but for those of ``reading``, which has its own."""
    options = argparse.ArgumentParser(
        "python -m bench",
        description="Measure lenet, beside other systems.",
        epilog="How well pictures are read: python -m bench reading --help",
        parents=[common()],
    )
    options.add_argument(
        "what",
        nargs="?",
        default="speed",
        choices=("speed", "seeds", "tanh", "memory", "start", "sliding", "scale"),
        help="speed beside other systems (default); a network's errors over several seeds; the activations' largest "
        "errors; the memory that training takes; the time that lenet --help takes; a line read at every place at once; "
        "reading by a cluster, and what more machines would buy",
    )
    options.add_argument("--network", default="lenet5", help="of seeds: a row of the zoo; default: lenet5")
    options.add_argument("--seeds", type=int, default=10, metavar="N", help="of seeds: how many; default: 10")
    options.add_argument("--quick", action="store_true", help="short runs, and few of them")
    options.add_argument("--data", help="data set, by name or path; default: mnist, or drawn digits without it")
    return options


def run(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """Measure what was asked for; return it in words and as JSON."""
    if arguments.what == "tanh":
        from .accuracy import report

        errors = report(stride=101 if arguments.quick else 1)
        lines = [f"{name}: {e['units in the last place']:.2f} units in the last place" for name, e in errors.items()]
        return "\n".join(lines) + "\n", {"activations": errors}
    if arguments.what == "seeds":
        from . import seeds

        rows = seeds.run(arguments.network, arguments.seeds, arguments.threads)
        return seeds.summary(rows) + "\n", {"network": arguments.network, "runs": rows}
    if arguments.what == "memory":
        from .process import training_memory

        size = training_memory(arguments.data, arguments.threads)
        return f"lenet train held {size / 2**20:.0f} MiB at most\n", {"memory of lenet train, bytes": size}
    if arguments.what == "start":
        from .process import start_time, told

        times = start_time()
        return f"lenet --help took {told(times)}\n", {"seconds of lenet --help": times}
    if arguments.what in ("sliding", "scale"):
        return _parts_of_reading(arguments)
    return _speed(arguments)


def _parts_of_reading(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    if arguments.what == "sliding":
        from . import sliding

        slid = sliding.run(arguments.threads)
        return sliding.summary(slid), {"sliding": slid}
    from . import scale

    found = scale.run(arguments.threads, arguments.quick)
    return scale.summary(found), {"scale": scale.document(found)}


def _speed(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    machine.settle(arguments.threads)  # before anything that makes threads is imported
    from .digits import digits
    from .speed import FULL, QUICK, speed
    from .systems import SYSTEMS

    names = arguments.systems.split(",") if arguments.systems else list(SYSTEMS)
    for name in names:
        if name not in SYSTEMS:
            raise unknown("system", name, SYSTEMS)
    report = speed(names, arguments.threads, QUICK if arguments.quick else FULL, digits(arguments.data))
    return report.markdown(), report.json()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        if words[:1] == ["reading"]:
            arguments = reading.parser(common()).parse_args(words[1:])
            text, values = reading.run(arguments)
        else:
            arguments = parser().parse_args(words)
            text, values = run(arguments)
        print(text, end="")
        if arguments.json:
            write_atomically(arguments.json, json.dumps(values, indent=1).encode())
        if arguments.write:
            from .table import write_between

            write_between(arguments.write, text)
    except LenetError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
