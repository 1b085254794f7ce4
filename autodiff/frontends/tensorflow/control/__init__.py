"""Control: what runs after what, which branch is taken, and how often.

`flow` orders nodes, `branches` has `cond` and `while_loop`, `folds` goes along the elements of a
tensor.  A branch or loop is one node over a graph of its own.
"""

from types import ModuleType

from autodiff.frontends.tensorflow.control.asserts import (
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_less,
    assert_less_equal,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    assert_rank,
    assert_rank_at_least,
    assert_type,
)
from autodiff.frontends.tensorflow.control.branches import case, cond, py_func, while_loop
from autodiff.frontends.tensorflow.control.flow import (
    Assert,
    Print,
    check_numerics,
    control_dependencies,
    group,
    identity,
    no_op,
    stop_gradient,
    tuple,
)
from autodiff.frontends.tensorflow.control.folds import foldl, foldr, map_fn, scan
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray

__all__ = [
    name
    for name, value in globals().items()
    if not name.startswith("_") and not isinstance(value, ModuleType) and name != "ModuleType"
]
