"""The command `autodiff`: each area of the library adds its own commands.

A module here has `add(commands)`, which states its grammar; what a command needs is imported when
it runs.  Exit codes: 0 good, 1 a check failed, 2 usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from autodiff import __version__
from autodiff.cli import course, seeing, styles, trusting
from autodiff.cli.common import UsageError
from autodiff.cli.mistakes import Parser, say, sentence
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import known_files

AREAS = (seeing, trusting, course, styles)

EXTRAS = {
    "course": ("jupytext", "nbformat", "nbclient", "jupyterlab", "sklearn", "gymnasium"),
    "draw": ("matplotlib", "pygraphviz"),
    "tensorflow": ("safetensors", "tensorboard", "google_crc32c", "PIL", "sklearn"),
}
"""Which extra of the package brings which modules."""


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = Parser(prog="autodiff", description="See, trust and use derivatives.")
    top.add_argument("--version", action="version", version=f"autodiff {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    top.set_defaults(run=lambda _: top.print_help() or 2)
    for area in AREAS:
        area.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; exit codes: 0 good, 1 a check failed, 2 usage."""
    starter = sys._getframe(1)
    if starter.f_globals.get("__name__") == "__main__":  # no line of it is the user's
        known_files.update(dict.fromkeys((starter.f_code.co_filename, "<frozen runpy>"), True))
    options = parser().parse_args(argv)
    try:
        code: int = options.run(options)
    except BrokenPipeError:  # the reader, `| head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UsageError, AutodiffError) as error:
        return say(f"autodiff {options.command}", str(error))
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        extras = ",".join(extra for extra, names in EXTRAS.items() if package in names)
        if extras:
            needs = f"needs {error.name}: pip install 'autodiff-toolkit[{extras}]'"
            print(f"autodiff {options.command} {needs}", file=sys.stderr)
            return 2
        return _told(options.command, error)
    except Exception as error:
        return _told(options.command, error)
    return code


def _told(command: str, error: Exception) -> int:
    """What is no fault of this package is said in words; what is one keeps its traceback."""
    said = sentence(error)
    if said is None:
        raise error
    return say(f"autodiff {command}", said)
