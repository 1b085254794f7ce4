"""The eager style: tensors, backward, tapes."""

import copy
import pickle

import numpy as np
import pytest

import autodiff as ad


def test_backward_sets_gradients():
    x = ad.Tensor([1.0, 2.0])
    y = (x**2).sum()
    assert x.grad is None
    y.backward()
    assert np.array_equal(x.grad, [2.0, 4.0])
    assert y.grad == 1.0


def test_a_second_backward_does_not_double():
    x = ad.Tensor(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 6.0
    y.backward(accumulate=True)
    assert x.grad == 12.0


def test_same_numbers_as_the_functional_style():
    rng = np.random.default_rng(0)
    W1, W2, x = rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), rng.normal(size=3)

    def f(W1, W2, x):
        return np.sum(np.tanh(W2 @ np.exp(-((W1 @ x) ** 2))) ** 2)

    tensors = [ad.Tensor(a) for a in (W1, W2, x)]
    f(*tensors).backward()
    for tensor, gradient in zip(tensors, ad.grad(f, (0, 1, 2))(W1, W2, x)):
        assert np.array_equal(tensor.grad, gradient)


def test_keep_gives_intermediate_gradients():
    x = ad.Tensor(2.0)
    h = np.sin(x)
    (h * 3.0).backward(keep=True)
    assert h.grad == 3.0


def test_not_a_scalar_and_not_connected():
    x = ad.Tensor([1.0, 2.0])
    with pytest.raises(ad.NonScalarError, match=r"shape \(2,\).*sum"):
        (x * 2).backward()
    (x * 2).backward(np.array([1.0, 10.0]))
    assert np.array_equal(x.grad, [2.0, 20.0])
    with pytest.raises(ad.DisconnectedError, match="cut at: floor"):
        np.floor(x).sum().backward()


def test_data_can_be_replaced_between_steps():
    w = ad.Tensor([1.0])
    y = (w * w).sum()
    w.data = np.array([5.0])
    y.backward()  # the old graph keeps the old value
    assert np.array_equal(w.grad, [2.0])
    with pytest.raises(ad.RuleError, match="shape"):
        w.data = np.ones(3)


def test_tape_records_and_prints():
    with ad.Tape() as tape:
        x = ad.Tensor(2.0, name="x")
        y = x * x + np.sin(x)
    assert [e.op.name for e in tape if e.op] == ["multiply", "sin", "add"]
    text = str(tape)
    assert "x * x" in text
    assert "sin(x)" in text
    assert "np.sin(x)" in text  # the user's line
    assert "<td style='text-align:left'>sin(x)</td>" in tape._repr_html_()
    ad.Tensor(1.0) * 2  # outside: not recorded
    assert len(tape) == 4
    y.backward()
    assert x.grad == pytest.approx(4 + np.cos(2))


def test_tape_of_a_function():
    tape = ad.Tape()
    tape(lambda p, x: p["w"] * x)({"w": 2.0}, 3.0)
    assert "p['w'] * x" in str(tape)


def test_dual_numbers_by_hand():
    x = ad.Dual(3.0, 1.0)
    y = x * x + 2 * x
    assert (y.primal, y.tangent) == (15.0, 8.0)
    z = np.exp(ad.Dual([0.0, 1.0], [1.0, 0.0]))
    assert np.allclose(z.tangent, [1.0, 0.0])
    assert repr(ad.Dual(1.0, 2.0) ** 2) == "Dual(1, 4)"
    assert (ad.Dual(1.0) + 1).tangent == 0.0
    assert np.stack([ad.Dual(1.0, 2.0), ad.Dual(3.0, 4.0)]).tangent.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_variable_can_be_copied_and_pickled(copied):
    params = {"w": ad.Tensor([1.0, 2.0], name="w")}
    best = copied(params)["w"]
    params["w"].data -= 1.0
    np.sum(best**2).backward()
    assert best.grad.tolist() == [2.0, 4.0]
    assert params["w"].grad is None
    assert best.node.name == "w"
    if copied is copy.deepcopy:
        np.sum(copied(best * 3)).backward()  # a copy of a result is one more operation
        assert best.grad.tolist() == [3.0, 3.0]
    else:
        with pytest.raises(ad.UnsupportedError, match=r"y.data"):
            copied(best * 2)
