"""The command `autodiff`: demo, ops, ..."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def demo(folder: Path) -> int:
    """The lecture's network differentiated four ways, then a trained MLP."""
    from autodiff.examples import digits, lecture

    print(lecture.report(), end="\n\n")
    start = time.perf_counter()
    history = digits.main(folder)
    print(f"trained in {time.perf_counter() - start:.1f} s")
    return 0 if history.test_accuracy >= 0.97 else 1


def ops(name: str | None) -> int:
    """The registry as a table, or one op's entry."""
    import autodiff

    if name is None:
        print(autodiff.ops.table())
    else:
        print(autodiff.ops.describe(autodiff.ops[name]))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; exit codes: 0 good, 1 a check failed, 2 usage."""
    parser = argparse.ArgumentParser(prog="autodiff", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("demo", help="the lecture's network four ways, and a trained MLP")
    one.add_argument("--figures", type=Path, default=Path("figures"), help="where pictures go")
    one = commands.add_parser("ops", help="the operations, their derivatives and conventions")
    one.add_argument("name", nargs="?")
    options = parser.parse_args(argv)
    if options.command == "demo":
        return demo(options.figures)
    return ops(options.name)


if __name__ == "__main__":
    sys.exit(main())
