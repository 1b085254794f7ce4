"""Commands of the front ends, other systems' styles: lecture."""

from __future__ import annotations

import argparse
from pathlib import Path

from autodiff.cli.common import Commands, command


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(
        commands,
        "lecture",
        lecture,
        "the lecture's TensorFlow example, as it stands, and its graph",
    )
    one.add_argument("--figures", type=Path, help="draw the graph into this folder")


def lecture(options: argparse.Namespace) -> int:
    """Run the slide "TensorFlow: Example", and show what it built and what was run."""
    from autodiff.examples import slide

    slide.main(options.figures)
    return 0
