"""`theano.config`: the dtype of floats by default, and whether expressions are tried out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Config:
    """What Theano read from `THEANO_FLAGS` or was assigned; the rest of its flags do nothing.

    `floatX` is the dtype of `T.matrix()` and its kin.  With `compute_test_value` "raise" every
    expression is computed while it is written, from the `tag.test_value` of its inputs, so that
    shapes that do not fit are told at the line that wrote them.
    """

    floatX: str = "float64"
    compute_test_value: str = "off"
    device: str = "cpu"
    mode: str = "FAST_RUN"
    optimizer: str = "fast_run"
    exception_verbosity: str = "low"
    on_unused_input: str = "raise"
    warn_float64: str = "ignore"
    cast_policy: str = "custom"
    profile: bool = False
    openmp: bool = False


config = Config()
