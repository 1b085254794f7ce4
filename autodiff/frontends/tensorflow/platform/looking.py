"""The debugger of a terminal, and the times of nodes: their names, each with what there is instead.

Programs import them at their top and use them behind a flag.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


def has_inf_or_nan(datum: Any, tensor: Any) -> bool:
    """Whether a value has an infinity or NaN, as a filter of the debugger."""
    value = np.asarray(tensor)
    return value.dtype.kind == "f" and not np.all(np.isfinite(value))


def LocalCLIDebugWrapperSession(*_: Any, **__: Any) -> Any:
    """Refuses."""
    raise NotImplementedError(
        "the debugger of the terminal is not here. Any tensor can be fetched; tf.check_numerics "
        "finds the first NaN, tf.Print tells values while the graph runs, and "
        f"ad.draw(y, ran=metadata) shows them all.{here()}"
    )


LocalCLIDebugHook = DumpingDebugWrapperSession = LocalCLIDebugWrapperSession


class Timeline:
    """Refuses: no times are taken of single nodes."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError(
            "no times are taken of single nodes: time whole runs, or see by ad.draw(y, "
            f"ran=metadata) which nodes ran.{here()}"
        )
