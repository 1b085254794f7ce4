"""The player tells which line of the written program makes each value and each adjoint."""

import numpy as np

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
