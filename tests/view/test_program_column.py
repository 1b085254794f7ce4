"""The player tells which line of the written program makes each value and each adjoint."""

import inspect

import numpy as np
import pytest

import autodiff as ad
from autodiff.examples.lecture import example, network


def column(sweep):
    return {row["name"]: row["program"] for row in sweep.rows}


def test_the_lectures_network():
    (W1, W2, W3), v = example()
    forward, reverse = ad.steps(network, W1, W2, W3, v, sweeps=("forward", "reverse")).sweeps
    assert column(forward)["h2"] == "h2 = sigmoid(W2 @ h1)"
    told = column(reverse)
    assert told["h1"] == "d_h1 = t1 @ W2"
    assert told["W2"] == "d_W2 = t1[..., None] * h1"
    assert told["h2"] == "W3"


def test_the_lines_are_those_of_the_program():
    def loss(p, x):
        h = np.tanh(x @ p["W"] + p["b"])
        return np.mean(h**2)

    args = {"W": np.ones((2, 3)), "b": np.zeros(3)}, np.ones((4, 2))
    text = str(ad.source(ad.value_and_grad(loss, (0, 1)), *args))
    for sweep in ad.steps(loss, *args, sweeps=("forward", "reverse")).sweeps:
        lines = [line for line in column(sweep).values() if line]
        assert len(lines) >= 3
        assert all(line in text for line in lines)


def test_each_run_of_a_line_has_its_own():
    def f(x):
        for _ in range(3):
            x = np.sin(x)
        return x

    lines = [line for line in column(ad.steps(f, 0.5, sweeps="reverse").sweeps[0]).values() if line]
    assert len(lines) == len(set(lines)) >= 3


def test_what_has_no_program_has_no_column():
    rng = np.random.default_rng(0)
    (sweep,) = ad.steps(lambda x: x * rng.normal(), 2.0, sweeps="forward").sweeps
    assert not any(column_of.get("program") for column_of in sweep.rows)
    y = ad.Tensor(2.0) * 3.0
    assert not any(row.get("program") for row in ad.steps(y).sweeps[0].rows)


def shared(x, w):
    a = x * w
    b = a + w
    y = a * b
    return y


def handed_on_twice(x, w):
    s = x + w
    p = s * x
    q = s + p
    r = q - s
    y = r * q + w
    return y


def of_arrays(x, w):
    h = x * w
    k = h + x
    m = np.sin(k) + h
    n = m + k * h
    y = np.sum(n * m)
    return y


def added_in_place(x, w):
    a = np.sin(w)
    b = x + w
    e = b * 2
    g = a + w + e
    y = np.sum(g)
    return y


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (shared, (2.0, 3.0)),
        (handed_on_twice, (2.0, 3.0)),
        (added_in_place, (np.array([0.5, -1.0]), np.array([2.0, 0.25]))),
        (of_arrays, (np.array([0.5, -1.0]), np.array([2.0, 0.25]))),
    ],
)
def test_a_line_that_is_told_for_an_adjoint_makes_that_adjoint(f, args):
    """`+` hands its cotangent on as it is: whose sum a line makes shows in its numbers alone."""
    source = ad.source(ad.value_and_grad(f, (0, 1)), *args)
    *rest, _ = source.body.splitlines()
    space = {
        "np": np,
        "x": np.asarray(args[0]),
        "w": np.asarray(args[1]),
        "finite": lambda *_: None,
    }
    exec("\n".join(rest), space)
    (sweep,) = ad.steps(f, *args, sweeps="reverse").sweeps
    told = column(sweep)
    cuts = {
        row["name"]: ad.grad(lambda d, own=row["name"]: moved(f, args, own, d))
        for row in sweep.rows
    }
    compared = 0
    for name, text in told.items():
        if text:
            made = space[text.split()[0]] if "= " in text else eval(text, space)
            np.testing.assert_allclose(
                made, cuts[name](np.zeros(np.shape(made))), err_msg=f"{name}: {text}"
            )
            compared += 1
    assert compared >= 2
    for name, made in space.items():
        if name.startswith("d_") and name[2:] in cuts:
            np.testing.assert_allclose(made, cuts[name[2:]](np.zeros(np.shape(made))), err_msg=name)


def moved(f, args, name, by):
    """f with the value of one of its names moved: its slope there is the adjoint."""
    lines = inspect.getsource(f).splitlines()[1:]
    space = {"np": np, "x": args[0], "w": args[1], "by": by}
    if name in space:
        space[name] = space[name] + by
    for line in lines[:-1]:
        exec(line.strip(), space)
        if line.strip().startswith(f"{name} = "):
            space[name] = space[name] + by
    return space[lines[-1].split()[1]]
