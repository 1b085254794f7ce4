"""Math by its 0.11 names: elementwise functions, products, reductions, Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.registry import registry
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.declaring.declare import named, node, scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    dims_of,
    dtype_of,
    packed,
    stage,
    stage_code,
    tensor,
    tensors,
)
from autodiff.frontends.tensorflow.ops.ties import maximum_op, minimum_op, sign_op

# -- elementwise ------------------------------------------------------------------------------

add = named("Add", np.add, "x y", "x + y.")
sub = named("Sub", np.subtract, "x y", "x - y (1.0: `subtract`).")
mul = named("Mul", np.multiply, "x y", "x * y, element by element (1.0: `multiply`).")
truediv = named("RealDiv", np.true_divide, "x y", "x / y, of integers too.")
floordiv = named("FloorDiv", np.floor_divide, "x y", "x / y rounded down.")
mod = named("Mod", np.remainder, "x y", "The remainder of x / y, with the sign of y.")
pow = named("Pow", np.power, "x y", "x ** y.")
maximum = named("Maximum", maximum_op, "x y", "The larger of x and y; a tie is x's.")
minimum = named("Minimum", minimum_op, "x y", "The smaller of x and y; a tie is x's.")

neg = named("Neg", np.negative, "x", "-x (1.0: `negative`).")
abs = named("Abs", np.absolute, "x", "|x|; its slope at 0 is 0.")
sign = named("Sign", sign_op, "x", "-1, 0 or 1, with slope 0.")
inv = named("Inv", np.reciprocal, "x", "1 / x (1.0: `reciprocal`).")
square = named("Square", np.square, "x", "x ** 2.")
sqrt = named("Sqrt", np.sqrt, "x", "The square root.")
exp = named("Exp", np.exp, "x", "e ** x.")
log = named("Log", np.log, "x", "The natural logarithm.")
sin = named("Sin", np.sin, "x", "The sine of an angle in radians.")
cos = named("Cos", np.cos, "x", "The cosine of an angle in radians.")
tan = named("Tan", np.tan, "x", "The tangent of an angle in radians.")
asin = named("Asin", np.arcsin, "x", "The inverse of sin.")
acos = named("Acos", np.arccos, "x", "The inverse of cos.")
atan = named("Atan", np.arctan, "x", "The inverse of tan.")
tanh = named("Tanh", np.tanh, "x", "The hyperbolic tangent.")
sigmoid = named("Sigmoid", registry["sigmoid"], "x", "1 / (1 + exp(-x)).")
ceil = named("Ceil", np.ceil, "x", "The next integer above; no derivative.")
floor = named("Floor", np.floor, "x", "The next integer below; no derivative.")
is_nan = named("IsNan", np.isnan, "x", "Where x is NaN.")
is_inf = named("IsInf", np.isinf, "x", "Where x is infinite.")
is_finite = named("IsFinite", np.isfinite, "x", "Where x is a finite number.")
real = named("Real", np.real, "x", "The real part.")
imag = named("Imag", np.imag, "x", "The imaginary part.")
conj = named("Conj", np.conjugate, "x", "The complex conjugate.")

equal = named("Equal", np.equal, "x y", "x == y; on tensors `==` means identity.")
not_equal = named("NotEqual", np.not_equal, "x y", "x != y.")
less = named("Less", np.less, "x y", "x < y.")
less_equal = named("LessEqual", np.less_equal, "x y", "x <= y.")
greater = named("Greater", np.greater, "x y", "x > y.")
greater_equal = named("GreaterEqual", np.greater_equal, "x y", "x >= y.")
logical_and = named("LogicalAnd", np.logical_and, "x y", "x and y.")
logical_or = named("LogicalOr", np.logical_or, "x y", "x or y.")
logical_xor = named("LogicalXor", np.logical_xor, "x y", "Either x or y.")
logical_not = named("LogicalNot", np.logical_not, "x", "not x.")

divide = named("RealDiv", np.true_divide, "x y", "x / y as Python 3 divides.")
realdiv = truediv


def div(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python 2 divides: of two integers the quotient rounded down (1.0: `divide`)."""
    if dtype_of(x).kind in "iu" and dtype_of(y).kind in "iu":
        return stage("floor_divide", x, y, name=name, type="Div")
    return stage("divide", x, y, name=name, type="Div")


@scoped("Rsqrt")
def rsqrt(x: Any) -> Any:
    """1 / sqrt(x)."""
    return inv(sqrt(x))


@scoped("Round")
def round(x: Any) -> Any:
    """The nearest integer, a half rounded up, as 0.11 documents: 2.5 gives 3, -2.5 gives -2."""
    x = tensor(x)
    return stage("positive", x) if dtype_of(x).kind in "iu" else floor(add(x, 0.5))


@scoped("SquaredDifference")
def squared_difference(x: Any, y: Any) -> Any:
    """(x - y) ** 2."""
    return square(sub(x, y))


@scoped("AddN")
def add_n(inputs: Any) -> Any:
    """The sum of a list of tensors of one shape."""
    first, *rest = tensors(inputs, "tf.add_n")
    total = first if rest else stage("positive", first)
    for term in rest:
        total = add(total, term)
    return total


accumulate_n = taking("shape tensor_dtype")(add_n)
"""The same sum; TensorFlow's kernel needs less memory for it."""


def scalar_mul(scalar: Any, x: Any) -> Any:
    """A number, or a tensor of shape (), times a tensor."""
    if dims_of(scalar) not in ((), None):
        raise ValueError(f"tf.scalar_mul takes a scalar, and got {dims_of(scalar)}.{here()}")
    return mul(scalar, x)


@node("Complex", tensors=2)
def complex(real: Any, imag: Any) -> Any:
    """real + i imag, from two floating point tensors."""
    return real + 1j * imag


def complex_abs(x: Any, name: str | None = None) -> Any:
    """The modulus of complex numbers."""
    return stage("absolute", x, name=name, type="ComplexAbs")


# -- products ---------------------------------------------------------------------------------


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
) -> Any:
    """The product of matrices, each transposed first where its flag says so.

    The flags about sparsity are hints about speed, and change nothing.
    """
    a, b = packed(a), packed(b)
    for what, x in (("first", a), ("second", b)):
        dims = dims_of(x)
        if dims is not None and len(dims) < 2:
            raise ValueError(
                f"tf.matmul multiplies matrices, and the {what} operand has shape {dims}. For a "
                "vector write tf.expand_dims(v, 1), for an inner product "
                f"tf.reduce_sum(tf.mul(a, b)), for a number tf.mul.{here()}"
            )
    a = _transposed(a) if transpose_a or adjoint_a else a
    b = _transposed(b) if transpose_b or adjoint_b else b
    found = stage("matmul", a, b, name=name, type="MatMul")
    own, other = dims_of(a), dims_of(b)
    if found.dims is None and (own or other) and len(own or other or ()) == 2:
        found.set_shape((own[0] if own else None, other[-1] if other else None))
    return found


def batch_matmul(
    x: Any, y: Any, adj_x: bool | None = None, adj_y: bool | None = None, name: str | None = None
) -> Any:
    """The products of matrices in the last two axes (1.0: `matmul`); `adj_` transposes."""
    x, y = packed(x), packed(y)
    x = _transposed(x) if adj_x else x
    y = _transposed(y) if adj_y else y
    return stage("matmul", x, y, name=name, type="BatchMatMul")


def _transposed(x: Any) -> Any:
    """The transpose of the last two axes, conjugated where complex."""
    dims = dims_of(x)
    flipped = (
        stage("transpose", x)
        if dims is not None and len(dims) == 2
        else stage("swapaxes", x, axis1=-1, axis2=-2)
    )
    return conj(flipped) if dtype_of(x).kind == "c" else flipped


matrix_inverse = named("MatrixInverse", np.linalg.inv, "x", "The inverse of a square matrix.")
cholesky = named(
    "Cholesky", np.linalg.cholesky, "x", "L with x = L L^T, for a positive definite x."
)


def matrix_determinant(input: Any, name: str | None = None) -> Any:
    """The determinant of the matrices in the last two axes."""
    dims = dims_of(input)
    return stage(
        "det", input, name=name, type="MatrixDeterminant", dims=None if dims is None else dims[:-2]
    )


def matrix_solve(
    matrix: Any, rhs: Any, adjoint: bool | None = None, name: str | None = None
) -> Any:
    """x with matrix @ x = rhs, for matrices rhs."""
    matrix = _transposed(matrix) if adjoint else matrix
    return stage("solve", matrix, rhs, name=name, type="MatrixSolve")


@node("Trace")
def trace(x: Any) -> Any:
    """The sum of the diagonal of a matrix."""
    return np.trace(x).astype(x.dtype)


@node("Diag")
def diag(diagonal: Any) -> Any:
    """The matrix with this diagonal, zeros elsewhere."""
    return np.diag(diagonal)


def diag_part(input: Any, name: str | None = None) -> Any:
    """The diagonal of a matrix."""
    return stage("diagonal", input, name=name, type="DiagPart", offset=0, axis1=0, axis2=1)


# -- Fourier transforms -----------------------------------------------------------------------


def _transform(function: Callable[..., Any], type: str, doc: str) -> Callable[..., Any]:
    def transform(input: Any, name: str | None = None) -> Any:
        if dtype_of(input).kind != "c":
            raise TypeError(
                f"tf.{type.lower()} takes complex numbers, and got {dtype_of(input)}. Write "
                f"tf.{type.lower()}(tf.complex(x, tf.zeros_like(x))).{here()}"
            )
        return stage_code(function, input, name=name, type=type, dims=dims_of(input))

    transform.__name__ = transform.__qualname__ = type.lower()
    transform.__doc__ = doc
    return transform


fft = _transform(np.fft.fft, "FFT", "The discrete Fourier transform along the last axis.")
ifft = _transform(np.fft.ifft, "IFFT", "The inverse of `fft`.")
fft2d = _transform(np.fft.fft2, "FFT2D", "The Fourier transform over the last two axes.")
ifft2d = _transform(np.fft.ifft2, "IFFT2D", "The inverse of `fft2d`.")
