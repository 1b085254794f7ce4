"""Commands to see: demo, draw, step, source, figures, doctor."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import autodiff as ad
from autodiff.cli.common import (
    Commands,
    UsageError,
    call_of,
    columns,
    command,
    takes_function,
)
from autodiff.cli.mistakes import wrapped


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(
        commands,
        "demo",
        demo,
        "the lecture's network four ways, its pictures, and a trained MLP",
    )
    one.add_argument("--figures", type=Path, default=Path("figures/demo"), help="where pictures go")
    one = command(commands, "draw", draw, "draw a function's computation graph")
    takes_function(one)
    one.add_argument(
        "--out", type=Path, help="write .svg, .png, .pdf, .dot, or .html whose groups unfold"
    )
    one.add_argument(
        "--mode",
        choices=("reverse", "forward", "values"),
        help="adjoints in the boxes (reverse, the default), tangents, or values alone",
    )
    one.add_argument(
        "--detail", choices=("value", "grad", "full"), help="how much a box and an arrow say"
    )
    one.add_argument("--flow", action="store_true", help="gradient flow: width and colour by size")
    one = command(commands, "step", step, "step through forward, reverse and dual sweeps")
    takes_function(one)
    one.add_argument("--out", type=Path, help="write the player as one HTML page")
    one.add_argument(
        "--sweeps",
        nargs="+",
        metavar="SWEEP",
        choices=("forward", "reverse", "dual", "check"),
        help="which sweeps to step through: forward (values), reverse (adjoints), dual (tangents), "
        "check (differences)",
    )
    one = command(commands, "source", source, "write a function's derivative as a program")
    takes_function(one)
    one.add_argument("--out", type=Path, help="write the text as a file")
    one.add_argument(
        "--to", choices=SYSTEMS, default="numpy", help="the language of the program (numpy)"
    )
    which = one.add_mutually_exclusive_group()
    for name, what in TRANSFORMS.items():
        which.add_argument(f"--{name}", action="store_true", help=f"write {what} of it")
    one = command(
        commands,
        "figures",
        figures,
        "make the committed figures again, or see if one is stale",
    )
    one.add_argument(
        "folder", nargs="?", type=Path, default=Path("figures"), help="where they are (figures)"
    )
    one.add_argument("--check", action="store_true", help="change nothing; exit code 1 if stale")
    command(commands, "doctor", doctor, "which renderer draws, and why")


def demo(options: argparse.Namespace) -> int:
    """The lecture's network differentiated four ways and drawn, then a trained MLP."""
    from autodiff.examples import digits, lecture

    print(lecture.report(), end="\n\n")
    for made in lecture.pictures(options.figures):
        print(f"wrote {made}")
    start = time.perf_counter()
    history = digits.main(options.figures)
    print(f"trained in {time.perf_counter() - start:.1f} s")
    return 0 if history.test_accuracy >= 0.97 else 1


def draw(options: argparse.Namespace) -> int:
    """Draw a function's computation graph at given arguments; write it or show it as text."""
    f, args = call_of(options.target, options.at)
    drawing = ad.draw(f, *args, mode=options.mode, detail=options.detail, flow=options.flow)
    if options.out is not None:
        drawing.save(options.out)  # first, so that an ending that is no picture's says so alone
    print(wrapped(drawing.outline(), columns()))
    if options.out is not None:
        print(f"wrote {options.out}")
    return 0


def step(options: argparse.Namespace) -> int:
    """Step through a function's sweeps in the terminal, or write them as a page."""
    f, args = call_of(options.target, options.at)
    chosen = {"sweeps": options.sweeps} if options.sweeps else {}
    if options.out is not None:
        ad.step(f, *args, **chosen).save(options.out)
        print(f"wrote {options.out}")
        return 0
    steps = ad.steps(f, *args, **chosen)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from autodiff.view.player.terminal import terminal

        terminal(steps)
    else:
        print(wrapped(str(steps), columns()))
    return 0


SYSTEMS = ("numpy", "jax", "torch", "onnx", "latex")
"""What `autodiff source` can write in."""
TRANSFORMS = {
    "grad": "the gradient",
    "value-and-grad": "value and gradient",
    "jacobian": "the Jacobian",
    "hessian": "the Hessian",
}
"""What `autodiff source` can write of a function, instead of the function itself."""


def source(options: argparse.Namespace) -> int:
    """Write a function, or a derivative of it, as a program."""
    f, args = call_of(options.target, options.at)
    for name in TRANSFORMS:
        name = name.replace("-", "_")
        if getattr(options, name):
            f = getattr(ad, name)(f)
    written = ad.source(f, *args, to=options.to)
    if options.out is None:
        print(written, end="")
    else:
        print(f"wrote {written.save(options.out)}")
    return 0


def figures(options: argparse.Namespace) -> int:
    """Make the committed figures, or compare them."""
    from autodiff.view.figures import main

    if not (options.folder / "make_figures.py").is_file():
        raise UsageError(
            f"there is no {options.folder / 'make_figures.py'}; run this where the folder figures/ "
            "is, or name it."
        )
    return main([str(options.folder), *(["--check"] if options.check else [])])


def doctor(options: argparse.Namespace) -> int:
    """Say which renderer draws."""
    from autodiff.view import doctor as found

    print(found())
    return 0
