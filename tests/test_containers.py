"""Arguments as nested containers: what comes back is of the classes that went in."""

import collections
import dataclasses
import functools
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten, map_tree, unflatten


class Point(NamedTuple):
    x: Any
    y: Any = 1.0


@dataclasses.dataclass
class Plain:
    first: Any
    second: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    value: Any
    name: str = "frozen"


@dataclasses.dataclass
class Doubling:
    """`__init__` changes what it is given: to call it on a finished object would do so twice."""

    value: Any
    scale: dataclasses.InitVar[float] = 2.0
    label: str = dataclasses.field(init=False, default="label")

    def __post_init__(self, scale):
        self.value = map_tree(
            lambda leaf: leaf * scale if isinstance(leaf, float) else leaf, self.value
        )
        self.count = 1


class Attributes(dict):
    """The usual dict whose keys are attributes too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self


class Row(list):
    """A list of the user's own."""


class Pair(tuple):
    """A tuple of the user's own, whose constructor takes two things."""

    __slots__ = ()

    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))


LEAVES = (
    lambda rng: float(rng.normal()),
    lambda rng: rng.normal(size=(2, 3)),
    lambda rng: rng.normal(size=2) + 1j * rng.normal(size=2),
    lambda rng: rng.normal(size=3).astype(np.float32),
    lambda rng: np.float64(rng.normal()),
    lambda rng: int(rng.integers(5)),
    lambda rng: "name",
    lambda rng: None,
    lambda rng: True,
)
CONTAINERS = (
    lambda a, b: [a, b],
    lambda a, b: (a, b),
    lambda a, b: {"a": a, "b": b},
    Point,
    Plain,
    lambda a, b: Frozen(a),
    lambda a, b: Doubling(a),
    lambda a, b: Attributes(a=a, b=b),
    lambda a, b: collections.OrderedDict(z=a, y=b),
    lambda a, b: collections.defaultdict(list, {1: a, 2: b}),
    lambda a, b: Row([a, b]),
    Pair,
    lambda a, b: {},
    lambda a, b: [],
)


def random_tree(rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return LEAVES[rng.integers(len(LEAVES))](rng)
    make = CONTAINERS[rng.integers(len(CONTAINERS))]
    return make(random_tree(rng, depth - 1), random_tree(rng, depth - 1))


def same(a, b):
    """Whether two trees have the same classes everywhere, and the very same leaves."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a)]
        return all(same(getattr(a, n), getattr(b, n)) for n in names)
    return a is b


@pytest.mark.parametrize("seed", range(80))
def test_random_trees_come_back_with_their_classes(seed):
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, 4)
    leaves, structure = flatten(tree)
    assert same(tree, unflatten(structure, leaves))

    def norm(p):
        inner, its = flatten(p[0])
        assert its == structure
        total = 1.0
        for leaf in inner:
            if isinstance(leaf, ad.Tensor | ad.Dual):
                total = total + np.sum(np.abs(leaf) ** 2)
        return total

    if not any(map(ad.core.arguments.tree.is_variable, leaves)):
        with pytest.raises(ad.DisconnectedError, match="holds no variable"):
            ad.grad(norm)([tree])
        return
    slopes = [ad.grad(norm)([tree])]  # in a list, since a bare integer would be a variable
    if not any(map(np.iscomplexobj, leaves)):
        slopes += [ad.jacobian(norm, mode=mode)([tree]) for mode in ("forward", "reverse")]
    for (slope,) in slopes:
        found, its = flatten(slope)
        assert its == structure
        for leaf, own in zip(leaves, found, strict=True):
            if ad.core.arguments.tree.is_variable(leaf):
                np.testing.assert_allclose(own, 2 * np.asarray(leaf), rtol=1e-6)
                assert np.asarray(own).dtype == np.asarray(leaf).dtype
            else:
                assert own is None
    moved = map_tree(lambda leaf: leaf, tree)
    assert same(tree, moved)


def test_init_is_not_called_again():
    p = Doubling(3.0)
    assert p.value == 6.0
    value, gradient = ad.value_and_grad(lambda p: p.value**2 * p.count)(p)
    assert (value, gradient.value, gradient.label) == (36.0, 12.0, None)


def test_attributes_that_follow_from_fields_follow():
    @dataclasses.dataclass
    class Circle:
        radius: float

        @property
        def diameter(self):
            return 2 * self.radius

        @functools.cached_property
        def area(self):
            return np.pi * self.radius**2

    circle = Circle(3.0)
    assert circle.area == pytest.approx(9 * np.pi)  # kept from now on
    g = ad.grad(lambda c: c.area * c.diameter)(circle)
    assert g.radius == pytest.approx(6 * np.pi * 9)
    assert circle.area == pytest.approx(9 * np.pi)


def test_numbers_that_would_not_follow_are_refused():
    @dataclasses.dataclass
    class Derived:
        width: float

        def __post_init__(self):
            self.half = self.width / 2

    class Mirror(dict):
        def __init__(self, **items):
            super().__init__(items)
            vars(self).update(items)

    for argument in (Derived(3.0), Mirror(w=3.0)):
        with pytest.raises(ad.TreeError, match=r"has numbers in '(half|w)'|property"):
            ad.grad(lambda p: p.half)(argument)


def test_an_attribute_dict_is_seen_by_both_names():
    p = Attributes(w=3.0, inner=Attributes(v=np.array([1.0, 2.0])))
    g = ad.grad(lambda p: p.w**2 * p["w"] * np.sum(p.inner.v))(p)
    assert g.w == g["w"] == pytest.approx(81.0)
    assert g.inner.v.tolist() == [27.0, 27.0]


def test_containers_without_an_end_are_refused():
    cycle = [1.0]
    cycle.append(cycle)
    deep = [1.0]
    for _ in range(5000):
        deep = [deep]
    for argument in (cycle, deep, {"a": cycle}):
        for transform in (ad.grad, ad.jacobian):
            with pytest.raises(ad.TreeError, match=r"(?s)holds itself.*test_containers.py"):
                transform(lambda p: 1.0)(argument)
        with pytest.raises(ad.TreeError, match="holds itself"):
            ad.jvp(lambda p: 1.0, (argument,), (argument,))


def test_an_object_of_a_class_of_ones_own():
    class Net:
        def __init__(self):
            self.w = np.ones(2)

    with pytest.raises(ad.TreeError, match=r"(?s)what a Net holds, make it a dataclass.*at "):
        ad.grad(lambda net: np.sum(net.w))(Net())
    with pytest.raises(ad.TreeError, match="make a list"):
        ad.grad(np.sum)(iter([1.0]))


@pytest.mark.parametrize("nothing", [None, "abc", True, [1, 2], {"n": 3, "s": "abc"}, ()])
def test_arguments_without_a_variable(nothing):
    for transform in (ad.grad, ad.value_and_grad, ad.jacobian, ad.hessian):
        with pytest.raises(ad.DisconnectedError, match=r"p holds no variable"):
            transform(lambda p: p * 1.0)(nothing)


@pytest.mark.parametrize("nothing", [None, "abc", True])
def test_a_derivative_needs_a_number(nothing):
    with pytest.raises(ad.DisconnectedError, match="p holds no variable"):
        ad.derivative(lambda p: p * 1.0)(nothing)


class TestArgnums:
    f = staticmethod(lambda x, y, z: x**2 * y + z)

    @pytest.mark.parametrize("transform", [ad.grad, ad.jacobian, ad.hessian])
    @pytest.mark.parametrize("twice", [(0, 0), (0, -3), (2, 1, -1), [1, 1]])
    def test_each_argument_once(self, transform, twice):
        with pytest.raises(ad.TreeError, match=r"(?s)twice; name each once.*at "):
            transform(self.f, argnums=twice)(3.0, 2.0, 1.0)

    @pytest.mark.parametrize("transform", [ad.grad, ad.jacobian])
    def test_numbers_of_numpy(self, transform):
        assert transform(self.f, argnums=np.int64(1))(3.0, 2.0, 1.0) == 9.0
        assert transform(self.f, argnums=np.array([1, 0]).tolist())(3.0, 2.0, 1.0) == (9.0, 12.0)
        assert transform(self.f, argnums=[np.int8(-1)])(3.0, 2.0, 1.0) == (1.0,)

    @pytest.mark.parametrize("wrong", [1.5, "x", None, (0, "y")])
    def test_other_things(self, wrong):
        for transform in (ad.grad, ad.value_and_grad, ad.jacobian, ad.hessian):
            with pytest.raises(ad.TreeError, match=r"by number, from 0"):
                transform(self.f, argnums=wrong)

    def test_the_name_that_autograd_has(self):
        for transform in (ad.grad, ad.value_and_grad, ad.jacobian, ad.hessian):
            with pytest.warns(ad.AutodiffWarning, match="called argnums here") as notes:
                by_their_name = transform(self.f, argnum=1)
            assert notes[0].filename == __file__
            assert by_their_name(3.0, 2.0, 1.0) == transform(self.f, 1)(3.0, 2.0, 1.0)


@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 1, 1)])
def test_results_of_one_element_count_as_numbers(shape):
    x = np.array([0.5, -2.0])
    f = lambda x: np.reshape(np.sum(np.sin(x) * x), shape)
    expected = np.cos(x) * x + np.sin(x)
    value, gradient = ad.value_and_grad(f)(x)
    np.testing.assert_allclose(gradient, expected)
    np.testing.assert_allclose(ad.grad(f)(x), expected)
    assert value.shape == shape
    value[...] = 0.0  # it is an array of its own
    np.testing.assert_allclose(np.diag(ad.hessian(f)(x)), 2 * np.cos(x) - x * np.sin(x))
    t = np.full(shape, 0.5)
    np.testing.assert_allclose(ad.derivative(np.sin)(t), np.cos(t))
    with pytest.raises(ad.NonScalarError):
        ad.grad(lambda x: x[:0])(x)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    "f",
    [lambda M, x: np.matmul(M, x), lambda M, x: np.dot(x.T, M), lambda M, x: np.add(M, x),
     lambda M, x: np.multiply(x, M), lambda M, x: x @ M, lambda M, x: M * x],
)  # fmt: skip
def test_matrices_of_the_old_kind_are_refused_in_every_call(f, mode):
    M, x = np.matrix([[2.0, 1.0], [0.0, 3.0]]), np.array([[1.0, 0.5], [2.0, 1.0]])
    with pytest.raises(ad.TreeError, match=r"is a matrix.*np.asarray"):
        ad.jacobian(lambda x: f(M, x), mode=mode)(x)
