"""Products: matrix products and everything that einsum can say.  All of it is bilinear."""

import numpy as np

from autodiff.core.kinds import bilinear, composite
from autodiff.core.op import case
from autodiff.ops.shapes import shape_of


def flipped(x):
    """The last two axes swapped."""
    return np.swapaxes(x, -1, -2) if len(shape_of(x)) != 2 else np.transpose(x)


def _matmul_left(ct, x, y):
    m, n = len(shape_of(x)), len(shape_of(y))
    if m == 1 and n == 1:
        return ct * y
    if n == 1:
        return ct[..., None] * y
    if m == 1:
        return np.matmul(y, ct[..., None])[..., 0]
    return np.matmul(ct, flipped(y))


def _matmul_right(ct, x, y):
    m, n = len(shape_of(x)), len(shape_of(y))
    if m == 1 and n == 1:
        return ct * x
    if m == 1:
        return x[:, None] * ct[..., None, :]
    if n == 1:
        return np.matmul(flipped(x), ct[..., None])[..., 0]
    return np.matmul(flipped(x), ct)


matmul = bilinear(
    np.matmul,
    _matmul_left,
    _matmul_right,
    label="{} @ {}",
    cases=(
        case((2, 3), (3, 4)),
        case((3,), (3,)),
        case((2, 3), (3,)),
        case((3,), (3, 4)),
        case((5, 2, 3), (3, 4)),
        case((2, 3), (5, 3, 4)),
        case((5, 2, 3), (3,)),
        case((3,), (5, 3, 4)),
        case((5, 1, 2, 3), (4, 3, 2)),
    ),
)


def _dot_left(ct, x, y):
    m, n = len(shape_of(x)), len(shape_of(y))
    if n == 0:
        return ct * y
    if m == 0:
        return np.sum(ct * y)
    if n == 1:
        return ct[..., None] * y
    rest = n - 1
    return np.tensordot(ct, y, (tuple(range(m - 1, m - 1 + rest)), (*range(n - 2), n - 1)))


def _dot_right(ct, x, y):
    m, n = len(shape_of(x)), len(shape_of(y))
    if m == 0:
        return ct * x
    if n == 0:
        return np.sum(ct * x)
    total = np.tensordot(x, ct, (tuple(range(m - 1)), tuple(range(m - 1))))
    return total if n < 2 else np.moveaxis(total, 0, n - 2)


dot = bilinear(
    np.dot,
    _dot_left,
    _dot_right,
    label="{} · {}",
    cases=(
        case((3,), (3,)),
        case((2, 3), (3, 4)),
        case((), (2, 3)),
        case((2, 3), ()),
        case((2, 3), (3,)),
        case((3,), (3, 4)),
        case((2, 3), (5, 3, 4)),
        case((2, 5, 3), (4, 3, 2)),
    ),
)
inner = bilinear(
    np.inner,
    lambda ct, x, y: (
        ct * y
        if not shape_of(x) or not shape_of(y)
        else np.tensordot(
            ct,
            y,
            (
                tuple(range(len(shape_of(x)) - 1, len(shape_of(ct)))),
                tuple(range(len(shape_of(y)) - 1)),
            ),
        )
    ),
    lambda ct, x, y: (
        ct * x
        if not shape_of(x) or not shape_of(y)
        else np.tensordot(
            ct, x, (tuple(range(len(shape_of(x)) - 1)), tuple(range(len(shape_of(x)) - 1)))
        )
    ),
    cases=(
        case((3,), (3,)),
        case((2, 3), (4, 3)),
        case((2, 3), (3,)),
        case((), (2,)),
        case((2, 2, 3), (4, 3)),
    ),
)
outer = bilinear(
    np.outer,
    lambda ct, x, y: np.reshape(ct @ np.reshape(y, -1), shape_of(x)),
    lambda ct, x, y: np.reshape(np.reshape(x, -1) @ ct, shape_of(y)),
    label="{} ⊗ {}",
    cases=(case((2,), (3,)), case((2, 2), (3,))),
)


@composite(np.tensordot)
def tensordot(a, b, axes=2):
    """The sum of products over paired axes, as one matrix product."""
    if np.ndim(axes) == 0:
        left = list(range(len(shape_of(a)) - int(axes), len(shape_of(a))))
        right = list(range(int(axes)))
    else:
        left, right = (list(np.atleast_1d(side)) for side in axes)
    left = [int(i) % max(len(shape_of(a)), 1) for i in left]
    right = [int(i) % max(len(shape_of(b)), 1) for i in right]
    free_a = [i for i in range(len(shape_of(a))) if i not in left]
    free_b = [i for i in range(len(shape_of(b))) if i not in right]
    shape = (*(shape_of(a)[i] for i in free_a), *(shape_of(b)[i] for i in free_b))
    inside = int(np.prod([shape_of(a)[i] for i in left], dtype=int))
    rows = int(np.prod([shape_of(a)[i] for i in free_a], dtype=int))
    columns = int(np.prod([shape_of(b)[i] for i in free_b], dtype=int))
    a = np.reshape(np.transpose(a, (*free_a, *left)), (rows, inside))
    b = np.reshape(np.transpose(b, (*right, *free_b)), (inside, columns))
    return np.reshape(np.matmul(a, b), shape)


# -- einsum ---------------------------------------------------------------------------------


def _letters(subscripts, ndims):
    """Inputs and output of the subscripts with `...` written out as capital letters."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    dots = [
        n - len(t.replace("...", "")) if "..." in t else 0
        for t, n in zip(terms, ndims, strict=True)
    ]
    wide = "".join(spare[: max(dots, default=0)])
    if not arrow:
        seen = inputs.replace(",", "").replace("...", "")
        output = "..." + "".join(sorted(c for c in set(seen) if seen.count(c) == 1))
    terms = [t.replace("...", wide[len(wide) - d :]) for t, d in zip(terms, dots, strict=True)]
    return terms, output.replace("...", wide)


def _from_lists(operands):
    """The subscripts of einsum's other calling form: array, list, array, list, ..., [list]."""
    arrays, lists = operands[0 : len(operands) - len(operands) % 2 : 2], operands[1::2]
    names = "abcdefghijklmnopqrstuvwxyz"
    texts = ["".join("..." if i is Ellipsis else names[i] for i in term) for term in lists]
    subscripts = ",".join(texts)
    if len(operands) % 2:
        last = operands[-1]
        subscripts += "->" + "".join("..." if i is Ellipsis else names[i] for i in last)
    return arrays, subscripts


def _bind_einsum(*operands, optimize=True, **refused):
    if refused:
        raise TypeError(
            f"np.einsum with {', '.join(refused)} has no derivative here; leave it out."
        )
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:
        arrays, subscripts = _from_lists(operands)
    terms, output = _letters(subscripts, [len(shape_of(a)) for a in arrays])
    return tuple(arrays), {"subscripts": f"{','.join(terms)}->{output}"}


def _einsum_transpose(index, ct, *xs, subscripts):
    terms, output = subscripts.split("->")
    terms = terms.split(",")
    own, shape = terms[index], shape_of(xs[index])
    rest = [t for i, t in enumerate(terms) if i != index]
    others = [x for i, x in enumerate(xs) if i != index]
    plain = "".join(dict.fromkeys(own))
    known = set(output).union(*rest)
    found = [c for c in plain if c in known]
    sizes = dict(zip(own, shape, strict=True))
    result = np.einsum(f"{','.join([output, *rest])}->{''.join(found)}", ct, *others)
    for c in found:  # an axis of length 1 that was broadcast against a longer one
        if sizes[c] == 1 and shape_of(result)[found.index(c)] != 1:
            result = np.sum(result, axis=found.index(c), keepdims=True)
    lengths = dict(zip(found, shape_of(result), strict=True))
    full = tuple(sizes[c] for c in plain)
    if tuple(lengths.get(c, 1) for c in plain) != full or found != list(plain):
        # letters that were summed away: the cotangent is constant along them
        kept = np.reshape(result, tuple(lengths.get(c, 1) for c in plain))
        result = np.broadcast_to(kept, full)
    if plain != own:  # a repeated letter reads a diagonal: write to the diagonal
        from autodiff.ops.indexing import scatter

        grid = np.ogrid[tuple(slice(sizes[c]) for c in plain)]
        result = scatter(result, tuple(grid[plain.index(c)] for c in own), shape)
    return result


einsum = bilinear(
    lambda *xs, subscripts: np.einsum(subscripts, *xs, optimize=len(xs) > 1),
    _einsum_transpose,
    public=np.einsum,
    binder=_bind_einsum,
    arity=None,
    keywords=("subscripts",),
    cases=(
        case("ij,jk->ik", (2, 3), (3, 4)),
        case("ij->j", (2, 3)),
        case("ii->i", (3, 3)),
        case("ii", (3, 3)),
        case("i,i", (3,), (3,)),
        case("bij,bjk->bik", (5, 2, 3), (5, 3, 2)),
        case("ij,kj,i->k", (2, 3), (4, 3), (2,)),
        case("...j,j->...", (2, 4, 3), (3,)),
        case("ij,ij->", (2, 3), (1, 3)),
        case("ba", (2, 3)),
    ),
)
