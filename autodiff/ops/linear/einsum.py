"""einsum, in every form that NumPy takes: linear in each of its arguments."""

import string

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import bilinear, composite, linear
from autodiff.core.language.op import case
from autodiff.core.values.layout import laid_like
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import refuse, shape_of

LETTERS = string.ascii_uppercase + string.ascii_lowercase


def _letters(subscripts, ndims):
    """Inputs and output of the subscripts, with `...` written out as spare letters."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    spare = [c for c in LETTERS if c not in subscripts]
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
    texts = ["".join("..." if i is Ellipsis else LETTERS[i] for i in term) for term in lists]
    subscripts = ",".join(texts)
    if len(operands) % 2:
        last = operands[-1]
        subscripts += "->" + "".join("..." if i is Ellipsis else LETTERS[i] for i in last)
    return arrays, subscripts


def _parsed(operands):
    """The arrays of a call in either form, their subscripts, and those of the output."""
    if len(operands) == 0:
        refuse("np.einsum without operands")
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:
        arrays, subscripts = _from_lists(operands)
    return arrays, *_letters(subscripts, [len(shape_of(a)) for a in arrays])


def _bind_einsum(*operands, optimize=False):
    arrays, terms, output = _parsed(operands)
    params = {"subscripts": f"{','.join(terms)}->{output}"}
    return tuple(arrays), params | ({"optimize": optimize} if optimize else {})


def _summed(*xs, subscripts, optimize=False):
    """By matrix products where that is possible; lying in memory as without them, unless asked."""
    if optimize or len(xs) == 1:
        return np.einsum(subscripts, *xs, optimize=optimize)
    found = np.einsum(subscripts, *xs, optimize=True)
    return _laid_out(found, xs, subscripts) if np.ndim(found) else found[()]


def _laid_out(found, xs, subscripts):
    """The result in memory as NumPy's iterator lays it out beside the arguments.

    >>> x = np.ones((2, 3), order="F")
    >>> _laid_out(np.ones((2, 3)), (x, x), "ij,ij->ij").strides
    (8, 16)
    """
    terms, output = subscripts.split("->")
    terms = terms.split(",")
    letters = "".join(dict.fromkeys(output + "".join(terms)))
    axes, views = [], []
    for x, term in zip(xs, terms, strict=True):
        own = "".join(dict.fromkeys(term))
        views.append(x if own == term else np.einsum(f"{term}->{own}", x))
        axes.append([own.find(c) for c in letters])
    sides = np.nditer(
        [*views, None], ["reduce_ok", "zerosize_ok"],
        [["readonly"]] * len(views) + [["readwrite", "allocate"]],
        order="K", op_axes=[*axes, [output.find(c) for c in letters]],
    )  # fmt: skip
    return laid_like(found, sides.operands[-1])


def _einsum_transpose(index, ct, *xs, subscripts, optimize=False):
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
        grid = np.ogrid[tuple(slice(sizes[c]) for c in plain)]
        result = scatter(result, tuple(grid[plain.index(c)] for c in own), shape)
    return result


einsum_op = bilinear(
    _summed,
    _einsum_transpose,
    public=np.einsum,
    binder=_bind_einsum,
    arity=None,
    keywords=("subscripts", "optimize"),
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


diagonal_view = linear(
    lambda x, subscripts: np.einsum(subscripts, x),
    lambda ct, x, subscripts: _einsum_transpose(0, ct, x, subscripts=subscripts),
    name="einsum_view", keywords=("subscripts",),
    cases=(case((3, 3), subscripts="ii->i"), case((2, 3, 2, 3), subscripts="ijij->ji")),
)  # fmt: skip


@composite(np.einsum, result="view")
def einsum(*operands, optimize=False):
    """The sum of products that the subscripts say; of one array without a sum a view, as NumPy's.

    A diagonal as a view can be read, but not written to.
    """
    arrays, terms, output = _parsed(operands)
    term = terms[0]
    if len(arrays) > 1 or set(term) != set(output):
        arrays, params = _bind_einsum(*operands, optimize=optimize)
        return apply(einsum_op, arrays, params)
    if len(term) == len(output):
        return np.transpose(arrays[0], tuple(term.index(c) for c in output))
    return apply(diagonal_view, (arrays[0],), {"subscripts": f"{term}->{output}"})
