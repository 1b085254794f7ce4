"""Commands of the front ends, other systems' styles: lecture, convnet."""

from __future__ import annotations

import argparse
from pathlib import Path

from autodiff.cli.common import Commands, columns, command
from autodiff.cli.mistakes import positive


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(
        commands,
        "lecture",
        lecture,
        "the lecture's TensorFlow example, as it stands, and its graph",
    )
    one.add_argument("--figures", type=Path, help="draw the graph into this folder")
    one = command(
        commands,
        "convnet",
        convnet,
        "a conv net on the digits in TensorFlow's style; interrupt it, run it again: it goes on",
    )
    one.add_argument("--folder", type=Path, default=Path("logs"), help="checkpoints and events")
    one.add_argument("--steps", type=positive(int), default=600, help="to train for in all (600)")
    one.add_argument("--seed", type=int, default=2017, help="of weights and batches (2017)")
    one.add_argument(
        "--every", type=positive(int), default=50, help="steps from checkpoint to checkpoint"
    )


def lecture(options: argparse.Namespace) -> int:
    """Run the slide "TensorFlow: Example", and show what it built and what was run."""
    from autodiff.examples import slide, systems

    slide.main(options.figures, columns())
    print(f"\n{systems.report()}")
    return 0


def convnet(options: argparse.Namespace) -> int:
    """Train the conv net, or go on from the folder's latest checkpoint."""
    from autodiff.examples import convnet

    return convnet.main(options.folder, options.steps, options.seed, options.every)
