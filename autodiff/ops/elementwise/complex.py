"""Complex numbers: parts, conjugate, angle.  All but the angle are linear over the reals."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, elementwise, linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import is_complex

real_op = linear(
    np.real, lambda ct, x: ct, binder=lambda val: ((val,), {}), cases=(case((3,)), case(()))
)
imag = linear(np.imag, lambda ct, x: -1j * ct, cases=(case((3,)), case(())))
conjugate = linear(np.conjugate, lambda ct, x: np.conj(ct), cases=(case((3,)), case(())))


@composite(np.real, result="view")
def real(val):
    """The real part; of real numbers the value itself, as NumPy has it."""
    return apply(real_op, (val,)) if is_complex(val) else val


def _turn(ans, z, deg=False):
    """The derivative of the angle: Im(dz / z); real numbers do not turn."""
    if not is_complex(z):
        return np.zeros_like(ground(z))
    return (-180j / np.pi if deg else -1j) / z


angle = elementwise(
    np.angle, _turn, keywords=("deg",), real=True, label="∠({})",
    cases=(case((3,)), case((3,), deg=True)),
)  # fmt: skip
