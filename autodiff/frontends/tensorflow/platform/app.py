"""`tf.app`: the start of a program, which reads the flags and calls `main(argv)`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.platform import flags


def run(main: Callable[..., Any] | None = None, argv: Sequence[str] | None = None) -> NoReturn:
    """Read the flags, call `main` (by default the program's own), and end the program."""
    given = list(sys.argv if argv is None else argv)
    rest = flags.FLAGS._parse_flags(given[1:])
    main = main or getattr(sys.modules["__main__"], "main", None)
    if main is None:
        raise ValueError(f"tf.app.run() calls main(argv), and the program has no main.{here()}")
    sys.exit(main([*given[:1], *rest]))
