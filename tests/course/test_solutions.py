"""The solutions of exercises against what is known otherwise: the toolkit, NumPy, whole graphs."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.equation import Equation
from autodiff.course import exercises
from autodiff.course.helpers.counting import Counted


def solution(number):
    return exercises[number].solution


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-10)


def test_the_dual_number_of_lesson_3_is_the_toolkits():
    def f(x):
        return x * np.exp(x) / (2 + np.log(x) ** 2) + 1 / x

    mine, theirs = f(solution("3.1")(1.3, 0.7)), f(ad.Dual(1.3, 0.7))
    close([mine.primal, mine.tangent], [theirs.primal, theirs.tangent])


def test_seeding_gives_the_toolkits_jacobian():
    def f(x):
        return np.stack([x[0] * x[1], np.sin(x[2]), x[0] ** 3, x[1] / x[2]])

    x, t = np.array([1.0, 2.0, 0.5]), np.array([0.3, -1.0, 2.0])
    close(solution("3.3")(f, x), ad.jacobian(f)(x))
    close(solution("3.2")(f, x, t), ad.jacobian(f)(x) @ t)


@pytest.mark.parametrize("x", [0.5, 2.0])
def test_tagged_numbers_differentiate_nested_programs(x):
    from autodiff.course.exercises.lesson_03.nested import NESTED, derivative_with

    for program in NESTED.values():
        close(
            program(derivative_with(solution("3.4")), x),
            program(lambda f, at: ad.derivative(f)(at), x),
        )


def test_the_graph_order_and_sweep_of_lesson_4_give_the_gradient():
    """The three solutions together are a reverse mode; it agrees with the toolkit's."""
    Node, order, sweep = solution("4.1"), solution("4.2"), solution("4.3")

    def f(x, w):
        a = np.sin(x * w)
        return a * (a + w) * x

    inputs = Node(0.7), Node(-1.2)
    partials = {
        "input": lambda: (),
        "+": lambda u, v: (1.0, 1.0),
        "*": lambda u, v: (v.value, u.value),
        "sin": lambda u: (np.cos(u.value),),
    }
    rows = order(f(*inputs))
    for node in rows:
        node.adjoint, node.partials = None, partials[node.op](*node.parents)
    sweep(rows)
    close([node.adjoint for node in inputs], ad.grad(f, argnums=(0, 1))(0.7, -1.2))


@pytest.mark.parametrize(("n", "m"), [(1, 3), (3, 1), (2, 2), (5, 2)])
def test_the_plan_of_5_1_is_what_passes_over_a_real_graph_cost(n, m):
    """Both modes build the Jacobian; their passes are counted, and the edges on the tape."""

    def f(x):
        return np.stack([np.sin(np.prod(x) * (k + 1)) for k in range(m)])

    x = np.linspace(0.5, 1.5, n)
    forward, pullback = Counted(f), Counted(ad.vjp(f, x)[1])
    columns = np.stack([ad.jvp(forward, (x,), (seed,))[1] for seed in np.eye(n)], axis=1)
    rows = np.stack([pullback(seed)[0] for seed in np.eye(m)])
    close(columns, rows)
    tape = ad.Tape()
    tape(f)(x)
    edges = sum(isinstance(own, Equation) for equation in tape for own in equation.inputs)
    cost = {"forward": forward.calls * edges, "reverse": pullback.calls * edges}
    mode, least = solution("5.1")(n, m, edges)
    assert least == min(cost.values())
    assert mode == ("either" if n == m else min(cost, key=cost.get))


@pytest.mark.parametrize(("left", "right"), [((2, 3), (3,)), ((4, 1), (3,)), ((5, 1, 3), (4, 1))])
def test_the_rule_of_a_broadcast_product_is_the_toolkits(left, right):
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=left), rng.normal(size=right)
    out, pullback = ad.vjp(np.multiply, x, w)
    ct = rng.normal(size=out.shape)
    for mine, theirs in zip(solution("5.2")(ct, x, w), pullback(ct), strict=True):
        close(mine, theirs)


def test_the_rule_of_a_matrix_product_is_the_toolkits():
    rng = np.random.default_rng(4)
    X, W = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    out, pullback = ad.vjp(np.matmul, X, W)
    ct = rng.normal(size=out.shape)
    for mine, theirs in zip(solution("5.3")(ct, X, W), pullback(ct), strict=True):
        close(mine, theirs)


def test_a_hessian_times_a_vector_is_the_matrix_times_it():
    x, v = np.array([0.5, -0.3, 0.8]), np.array([1.0, -2.0, 0.5])

    def f(x):
        return np.sum(np.sin(x) * x**2) * x[0]

    close(solution("5.4")(f, x, v), ad.hessian(f)(x) @ v)
