"""A product of matrices by BLAS, of operands where they lie: with gaps, and turned.

numba's `np.dot` takes arrays without gaps, so that each slice of a stack of matrices would be
copied first.  BLAS itself is told how far one row is from the next (the leading dimension), and
whether an operand is turned.
"""

# mypy: ignore-errors
from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.linalg import (
    check_blas_return,
    ensure_blas,
    get_blas_kind,
    make_constant_slot,
)

from autodiff.source.compiled.kernels.memory import pointer_to

CHAR, INDEX, ANY = ir.IntType(8), ir.IntType(64), ir.IntType(8).as_pointer()
GEMM = ir.FunctionType(
    ir.IntType(32),
    [CHAR, CHAR, CHAR, INDEX, INDEX, INDEX, ANY, ANY, INDEX, ANY, INDEX, ANY, ANY, INDEX],
)
"""kind, turned a, turned b, m, n, k, alpha, a, its leading dimension, b, its, beta, c, its."""


@intrinsic
def gemm(
    _context, out, at, m, n, k, a, first_a, ahead_a, turn_a, b, first_b, ahead_b, turn_b, adds
):  # fmt: skip
    """An m by n matrix at a place of `out` becomes that of a (m by k) times that of b (k by n).

    Where `adds` is 1 the product is added to it.

    `first` is the place of an operand's first element, `ahead` how far the next row is, or the
    next column where `turn` is 1.  BLAS goes by columns, to which the transpose of a matrix by
    rows is the matrix itself; so it is asked for b.T @ a.T.
    """
    ensure_blas()
    place, whole = types.intp, types.intp

    def generate(context, builder, signature, args):
        made, x, y = signature.args[0], signature.args[5], signature.args[9]
        one, zero = (make_constant_slot(context, builder, made.dtype, v) for v in (1.0, 0.0))
        c, p, q = (
            builder.bitcast(pointer_to(context, builder, kind, args[own], args[own + 1]), ANY)
            for own, kind in ((0, made), (5, x), (9, y))
        )
        letters = [
            builder.select(
                builder.icmp_signed("!=", turned, ir.Constant(INDEX, 0)),
                ir.Constant(CHAR, ord("t")), ir.Constant(CHAR, ord("n")),
            )
            for turned in (args[12], args[8])
        ]  # fmt: skip
        function = cgutils.get_or_insert_function(builder.module, GEMM, "numba_xxgemm")
        kind = ir.Constant(CHAR, ord(get_blas_kind(made.dtype)))
        rows, columns, inner = args[2:5]
        kept = builder.select(builder.icmp_signed("!=", args[13], ir.Constant(INDEX, 0)), one, zero)
        done = builder.call(function, [
            kind, *letters, columns, rows, inner, builder.bitcast(one, ANY), q, args[11],
            p, args[7], builder.bitcast(kept, ANY), c, columns,
        ])  # fmt: skip
        check_blas_return(context, builder, done)
        return ir.Constant(ANY, None)

    operand = (place, whole, whole)
    return types.none(out, place, whole, whole, whole, a, *operand, b, *operand, whole), generate
