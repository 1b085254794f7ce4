"""A traced result is what NumPy's is: number or array, dtype, order in memory, copy or view.

Each call of the recipes is made on arguments of many makes, by NumPy alone and in both modes.
"""

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.language.dispatch import ground, tracer_classes, window_classes
from autodiff.core.values.results import memory

FOREIGN_MEMORY = {"as_strided"}
"""Of an array made otherwise NumPy's own reads and writes memory that is not the array's."""
NAMES = [
    (family, name)
    for family, names in FAMILIES.items()
    for name in names
    if name not in FOREIGN_MEMORY
]


def number(x):
    """Its first element, as a number."""
    return np.float64(np.asarray(x).flat[0]) if np.size(x) else x


def between_others(x):
    """Every second element of a wider array."""
    return np.repeat(x, 2, axis=-1)[..., ::2] if np.ndim(x) else x


def backwards(x):
    """A view with a negative step."""
    return np.copy(x[..., ::-1])[..., ::-1] if np.ndim(x) else x


def reordered(x, first, second):
    """An array whose memory has two axes the other way round."""
    x = np.asarray(x)
    return np.swapaxes(np.swapaxes(x, first, second).copy(), first, second) if x.ndim > 2 else x


MAKES = {  # how the argument is given, and what is done with it inside of the function
    "as given": (np.asarray, lambda x: x * 1.0),
    "a number": (number, lambda x: x * 1.0),
    "an array without axes": (number, np.copy),
    "one element": (lambda x: np.full((1,) * np.ndim(x), number(x)), lambda x: x * 1.0),
    "float32": (lambda x: np.asarray(x, np.float32), lambda x: x * np.float32(1)),
    "complex": (lambda x: np.asarray(x + 0j), lambda x: x * 1.0),
    "Fortran order": (np.asfortranarray, lambda x: x * 1.0),
    "first axes swapped": (lambda x: reordered(x, 0, 1), lambda x: x * 1.0),
    "last axes swapped": (lambda x: reordered(x, -1, -2), lambda x: x * 1.0),
    "with gaps": (np.asarray, between_others),
    "backwards": (np.asarray, backwards),
}
REFUSED = {("put", "a number"), ("put", "an array without axes")}  # NumPy writes into a lost copy


def leaves(result):
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def steps(value):
    """The steps in memory along the axes where they matter."""
    if not isinstance(value, np.ndarray) or value.size == 0:
        return None
    return tuple(s if n > 1 else 0 for s, n in zip(value.strides, value.shape, strict=True))


def share(a, b):
    """Whether a change of one reaches the other."""
    if a.__class__ in tracer_classes:
        if memory(a) is not memory(b):
            return False
        a, b = (x.extent.places if x.__class__ in window_classes else ground(x) for x in (a, b))
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.shares_memory(a, b)


def facts(result, arguments):
    """Class, dtype, shape and steps of each part, and the arguments with which it shares memory."""
    values = [ground(leaf) for leaf in leaves(result)]
    return [
        (
            *(type(v), np.asarray(v).dtype, np.shape(v), steps(v)),
            *(share(leaf, a) for a in arguments),
        )
        for leaf, v in zip(leaves(result), values, strict=True)
    ]


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("family", "name"), NAMES)
def test_what_is_handed_back(family, name):
    for f, *arrays in FAMILIES[family][name]:
        for make, (given, inside) in MAKES.items():
            if (name, make) in REFUSED:
                continue
            seen = []

            def program(*xs, f=f, inside=inside, seen=seen):
                ys = [inside(x) for x in xs]
                seen.append(facts(f(*ys), ys))
                return sum(np.sum(x) for x in xs)

            xs = tuple(given(a)[()] for a in arrays)
            try:
                program(*xs)
            except Exception:  # NumPy has no answer for such arguments
                continue
            ad.vjp(program, *xs)
            ad.jvp(program, xs, xs)
            assert seen[1] == seen[0], (make, "reverse")
            assert seen[2] == seen[0], (make, "forward")


def test_a_number_is_rebound_and_an_array_without_axes_changed():
    """The difference that the class makes: total += x[k] may change what was read before."""

    def f(x):
        best = np.median(x)
        total = best
        for k in range(3):
            total += x[k]
        return total - best

    def g(x):
        best = np.where(x[0] > 0, x[0], x[1])
        total = best
        total += x[1]
        return total - best + x[2]

    x = np.array([0.3, -0.7, 1.1, 0.5])
    assert f(x) == pytest.approx(0.7)
    value, gradient = ad.value_and_grad(f)(x)
    assert value == pytest.approx(0.7)
    assert gradient.tolist() == [1, 1, 1, 0]
    assert ad.grad(g)(x).tolist() == [0, 0, 1, 0]


def inside(f, *xs):
    """The value of f as it is while a derivative is taken; a transform's own result is a copy."""
    seen = []

    def program(*xs):
        seen.append(ground(f(*xs)))
        return xs[0]

    ad.vjp(program, *xs)
    return seen[0]


@pytest.mark.parametrize("seed", range(4))
def test_einsum_lies_as_numpys(seed):
    draw = np.random.default_rng(seed)
    for _ in range(60):
        sizes = dict(zip("abcd", draw.integers(2, 4, 4), strict=True))
        terms = ["".join(draw.permutation(list("abcd"))[: draw.integers(0, 4)]) for _ in range(2)]
        used = sorted(set("".join(terms)))
        output = "".join(draw.permutation(used)[: draw.integers(0, len(used) + 1)])
        xs = []
        for term in terms:
            order = draw.permutation(len(term))
            x = draw.normal(size=[sizes[term[i]] for i in order])
            xs.append(np.transpose(x, np.argsort(order))[()])
        subscripts = f"{','.join(terms)}->{output}"
        seen = inside(lambda *xs, s=subscripts: np.einsum(s, *xs), *xs)
        plain = np.einsum(subscripts, *xs)
        np.testing.assert_allclose(seen, plain, atol=1e-14)
        assert (type(seen), steps(seen)) == (type(plain), steps(plain)), subscripts


@pytest.mark.parametrize("shape", [(900, 4), (30, 30, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_long_sums_lie_as_numpys(shape, order):
    x = np.asarray(np.random.default_rng(0).normal(size=shape), order=order)
    seen = inside(lambda x: np.sum(x, axis=-1), x)
    assert steps(seen) == steps(np.sum(x, axis=-1))


@pytest.mark.parametrize("written", [False, True])
def test_shared_memory_is_numpys_of_windows_too(written):
    """Also after a write, from which on an array and its views are places in a ledger."""
    found = []

    def f(x):
        a = x * 1.0
        first, last = a[:2], a[2:]
        if written:
            a[0] = 2.0
        pairs = [(a, first), (first, last), (a[1:], first), (a.T, a[::-1]), (a, a * 1.0), (a, x)]
        found.append([np.shares_memory(*pair) for pair in pairs])
        found.append([np.may_share_memory(*pair) for pair in pairs])
        return np.sum(a)

    x = np.arange(4.0)
    f(x), ad.grad(f)(x), ad.jvp(f, (x,), (x,))
    assert found[:2] == found[2:4] == found[4:]
