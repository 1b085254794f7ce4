"""The command `autodiff`: demo, draw, step, check, ops, traps, figures, doctor."""

from __future__ import annotations

import argparse
import ast
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad


class UsageError(Exception):
    """What was typed cannot be carried out; the message says what to type instead."""


def demo(folder: Path) -> int:
    """The lecture's network differentiated four ways and drawn, then a trained MLP."""
    from autodiff.examples import digits, lecture

    print(lecture.report(), end="\n\n")
    for made in lecture.pictures(folder):
        print(f"wrote {made}")
    start = time.perf_counter()
    history = digits.main(folder)
    print(f"trained in {time.perf_counter() - start:.1f} s")
    return 0 if history.test_accuracy >= 0.97 else 1


def draw(target: str, at: Sequence[str], out: Path | None, options: dict[str, Any]) -> int:
    """Draw a function's computation graph at given arguments; write it or show it as text."""
    f, args = call_of(target, at)
    drawing = ad.draw(f, *args, **options)
    print(drawing.outline())
    if out is not None:
        drawing.save(out)
        print(f"wrote {out}")
    return 0


def step(target: str, at: Sequence[str], out: Path | None, sweeps: Sequence[str] | None) -> int:
    """Step through a function's sweeps in the terminal, or write them as a page."""
    f, args = call_of(target, at)
    options = {"sweeps": sweeps} if sweeps else {}
    if out is not None:
        ad.step(f, *args, **options).save(out)
        print(f"wrote {out}")
        return 0
    steps = ad.steps(f, *args, **options)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from autodiff.view.terminal import terminal

        terminal(steps)
    else:
        print(steps)
    return 0


def check(target: str, at: Sequence[str], order: int) -> int:
    """Check a function's derivatives; exit code 1 if one is wrong."""
    f, args = call_of(target, at)
    report = ad.check(f, *args, order=order)
    print(report)
    return 0 if report.passed else 1


def ops(name: str | None, missing: bool, out: Path | None) -> int:
    """The registry as a table or a page, one op of it, or what of NumPy has no entry."""
    if out is not None:
        page = ad.ops.html() if out.suffix == ".html" else ad.ops.markdown()
        out.write_text(page, encoding="utf-8")
        print(f"wrote {out}")
    elif missing:
        print(ad.ops.missing_table())
    elif name is None or name in ad.ops:
        print(ad.ops.table(name))
    else:
        raise UsageError(_key_error(name))
    return 0


def _key_error(name: str) -> str:
    try:
        ad.ops[name]
    except KeyError as error:
        return str(error.args[0])
    return ""


def call_of(target: str, at: Sequence[str]) -> tuple[Callable[..., Any], list[Any]]:
    """The function FILE.py:name, and its arguments from `--at name=value ...`."""
    file, _, name = target.rpartition(":")
    if not file or not Path(file).is_file():
        raise UsageError(f"{target!r}: expected FILE.py:function, and no file {file!r} is there.")
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not callable(getattr(module, name, None)):
        known = [n for n, value in vars(module).items() if callable(value) and n[0] != "_"]
        raise UsageError(f"{file} has no function {name!r}; it has: {', '.join(known)}.")
    f = getattr(module, name)
    given = dict(argument_of(text) for text in at)
    from autodiff.core.variables import argument_names

    code = getattr(f, "__code__", None)
    names = argument_names(f, code.co_argcount) if code else list(given)
    unknown = [n for n in given if n not in names]
    missing = names[: len(names) - len(f.__defaults__ or ())] if code else []
    missing = [n for n in missing if n not in given]
    if unknown or missing:
        wanted = " ".join(f"{n}=..." for n in names)
        raise UsageError(f"{name} takes the arguments {', '.join(names)}: --at {wanted}")
    return f, [given[n] for n in names if n in given]


def argument_of(text: str) -> tuple[str, Any]:
    """`x=2` or `x=[1, 2]` as a name and a float, an array, or what Python reads there.

    >>> argument_of("x=2")
    ('x', 2.0)
    """
    name, equals, value = text.partition("=")
    try:
        read = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        equals = ""
    if not equals:
        raise UsageError(f"--at {text!r}: expected name=value, e.g. --at x=2 or --at 'w=[1, 2]'.")
    if isinstance(read, list):
        return name, np.asarray(read, dtype=float)
    if isinstance(read, int) and not isinstance(read, bool):
        return name, float(read)
    return name, read


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(prog="autodiff", description="See, trust and use derivatives.")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, text: str, target: bool = False) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        if target:
            one.add_argument("target", metavar="FILE.py:FUNCTION")
            one.add_argument("--at", nargs="+", default=[], metavar="NAME=VALUE")
        return one

    one = command("demo", "the lecture's network four ways, its pictures, and a trained MLP")
    one.add_argument("--figures", type=Path, default=Path("figures/demo"), help="where pictures go")
    one = command("draw", "draw a function's computation graph", target=True)
    one.add_argument("--out", type=Path, help="write .svg, .png, .pdf or .dot")
    one.add_argument("--mode", choices=("reverse", "forward", "values"))
    one.add_argument("--detail", choices=("value", "grad", "full"))
    one.add_argument("--flow", action="store_true", help="gradient flow: width and colour by size")
    one = command("step", "step through forward, reverse and dual sweeps", target=True)
    one.add_argument("--out", type=Path, help="write the player as one HTML page")
    one.add_argument("--sweeps", nargs="+", choices=("forward", "reverse", "dual", "check"))
    one = command("check", "compare forward, reverse and numeric derivatives", target=True)
    one.add_argument("--order", type=int, choices=(1, 2), default=1)
    one = command("ops", "the operations, their derivatives and conventions")
    one.add_argument("name", nargs="?")
    one.add_argument("--out", type=Path, help="write the reference page: .html or .md")
    one.add_argument("--missing", action="store_true", help="NumPy's functions without an entry")
    one = command("figures", "make the committed figures again, or see whether one is stale")
    one.add_argument("folder", nargs="?", type=Path, default=Path("figures"))
    one.add_argument("--check", action="store_true", help="change nothing; exit code 1 if stale")
    one = command("traps", "where autodiff libraries go wrong, and what this one answers")
    one.add_argument("name", nargs="?")
    command("doctor", "which renderer draws, and why")
    return top


def run(options: argparse.Namespace) -> int:
    """Carry a parsed command out."""
    if options.command == "demo":
        return demo(options.figures)
    if options.command == "draw":
        chosen = {"mode": options.mode, "detail": options.detail, "flow": options.flow}
        return draw(options.target, options.at, options.out, chosen)
    if options.command == "step":
        return step(options.target, options.at, options.out, options.sweeps)
    if options.command == "check":
        return check(options.target, options.at, options.order)
    if options.command == "ops":
        return ops(options.name, options.missing, options.out)
    if options.command == "figures":
        from autodiff.view.figures import main as figures

        return figures([str(options.folder), *(["--check"] if options.check else [])])
    if options.command == "traps":
        from autodiff.check.traps import tell, traps

        print(tell(options.name, peers=True))
        return 1 if traps.failures() else 0
    from autodiff.view import doctor

    print(doctor())
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; exit codes: 0 good, 1 a check failed, 2 usage."""
    options = parser().parse_args(argv)
    try:
        return run(options)
    except BrokenPipeError:  # the reader, `| head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UsageError, ad.AutodiffError) as error:
        print(f"autodiff {options.command}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
