"""Results lie in memory as NumPy's do, whatever stands beside the traced operand.

A following `ravel` is a view or a copy by that, and so decides whether a write reaches the result.
"""

import itertools

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.dispatch import ground

X = np.random.default_rng(0).uniform(0.2, 0.9, (2, 3))
TRACED = {
    "as it is": lambda x: x,
    "Fortran order": np.asfortranarray,
    "a row": lambda x: x[:1],
    "a column": lambda x: x[:, :1],
    "transposed": lambda x: (x.T * 1.0).T,
    "a repeated row": lambda x: np.broadcast_to(x[0], (2, 3)),
    "a repeated column": lambda x: np.broadcast_to(x[:, :1], (2, 3)),
    "with gaps": lambda x: np.repeat(x, 2, 1)[:, ::2],
    "backwards": lambda x: (x * 1.0)[::-1, ::-1],
    "a number": lambda x: x[0, 0],
    "of three axes": lambda x: np.stack([x, x, x]),
}
PLAIN = {
    "as it is": X,
    "Fortran order": np.asfortranarray(X),
    "a row": X[:1],
    "a column": X[:, :1],
    "a repeated row": np.broadcast_to(X[0], (2, 3)),
    "a repeated column": np.broadcast_to(X[:, :1], (2, 3)),
    "backwards": X[::-1, ::-1],
    "a number": np.float64(0.3),
    "turned": np.ascontiguousarray(np.stack([X] * 2).T).T,
}
BINARY = (
    "maximum minimum fmax fmin arctan2 power hypot logaddexp logaddexp2 add subtract multiply divide mod fmod "
    "copysign heaviside float_power kron outer cross vecdot append"
)
FUNCTIONS = {name: getattr(np, name) for name in BINARY.split()} | {
    "where": lambda a, b: np.where(a > 0.5, a, b),
    "where of the other": lambda a, b: np.where(b > 0.5, a, 2.0),
    "select": lambda a, b: np.select([a > 0.5, b > 0.5], [a, b], 0.0),
    "choose": lambda a, b: np.choose((b > 0.5) * 1, [a, b]),
    "choose by a row": lambda a, b: np.choose([0, 1, 0], [a, b]),
    "piecewise": lambda a, b: np.piecewise(a, [a < 0.5, a >= 0.5], [lambda v: v**2, lambda v: v]),
    "clip": lambda a, b: np.clip(a, b, 0.8),
    "clip from above": lambda a, b: np.clip(a, 0.1, b),
    "einsum": lambda a, b: np.einsum("...,...->...", a, b),
    "matmul": lambda a, b: np.matmul(a, np.swapaxes(b, -1, -2)),
    "outer of all": lambda a, b: np.multiply.outer(a, b),
    "tensordot": lambda a, b: np.tensordot(a, b, 0),
    "concatenate": lambda a, b: np.concatenate([a, b], -1),
    "stack": lambda a, b: np.stack(np.broadcast_arrays(a, b)),
    "polyval": lambda a, b: np.polyval([1.0, 2.0, 3.0], a * b),
    "polyval at": lambda a, b: np.polyval(np.ravel(b), a),
    "angle": lambda a, b: np.angle(a + 1j * b),
    "like": lambda a, b: np.full_like(a, 2.0) * b,
}  # fmt: skip


def lies(value):
    """The class of a value, and its steps along the axes where they matter."""
    value = ground(value)
    is_array = isinstance(value, np.ndarray)
    pairs = zip(value.strides, value.shape, strict=True) if is_array else ()
    return is_array, value.shape, value.size and [step for step, n in pairs if n > 1]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore")
def test_a_result_lies_in_memory_as_numpys(name):
    function, tried = FUNCTIONS[name], 0
    for (form, made), (other, plain), turned in itertools.product(
        TRACED.items(), PLAIN.items(), (0, 1)
    ):

        def program(x, made=made, plain=plain, turned=turned):
            a = made(x * 1.0)
            return function(plain, a) if turned else function(a, plain)

        try:
            wanted = lies(program(X))
        except (ValueError, TypeError):
            continue
        seen = []
        loss = lambda x, program=program, seen=seen: (seen.append(program(x)), np.sum(x))[1]
        try:
            ad.grad(loss)(X)
            ad.jvp(loss, (X,), (X,))
        except ad.AutodiffError:
            continue
        tried += 1
        assert [lies(value) for value in seen] == [wanted, wanted], (form, other, turned)
    assert tried > 5
