"""The gradient checker: it passes what is right and, above all, rejects what is wrong."""

import numpy as np
import pytest

import autodiff as ad


def square_with(factor):
    return ad.custom_op(lambda x: x**2, partials=lambda ans, x: 2 * factor * x, name="square")


@pytest.mark.parametrize("factor", [1.00001, 0.999, -1.0, 0.0, 2.0])
def test_a_scaled_rule_is_rejected(factor):
    x = np.array([0.3, -1.0, 2.0])
    with pytest.raises(ad.GradientCheckError, match="WRONG"):
        ad.check_grad(square_with(factor), x)
    ad.check_grad(square_with(1.0), x, order=2)


def test_a_transposed_jacobian_is_rejected():
    a = np.random.default_rng(0).normal(size=(3, 3))
    wrong = ad.custom_op(
        lambda x: a @ x, vjp=lambda ct, ans, x: (a @ ct,), jvp=lambda t, ans, x: a @ t[0]
    )
    report = ad.check(wrong, np.ones(3))
    assert not report
    row = report.rows[0]
    assert not row.wrong("forward").any()
    assert row.wrong("reverse").any()


def test_only_one_mode_can_be_wrong():
    wrong = ad.custom_op(
        lambda x: x * x, vjp=lambda ct, ans, x: (2 * ct * x,), jvp=lambda t, ans, x: t[0] * x
    )
    ad.check_grad(wrong, 3.0, modes=("reverse",))
    with pytest.raises(ad.GradientCheckError, match="forward mode says"):
        ad.check_grad(wrong, 3.0)


def test_a_wrong_second_derivative_is_found_at_order_two():
    hidden = ad.custom_op(
        lambda x: x**3, partials=lambda ans, x: 3 * ad.stop_gradient(x) ** 2, name="cube"
    )
    ad.check_grad(hidden, np.array([1.0, 2.0]))
    with pytest.raises(ad.GradientCheckError, match="second order"):
        ad.check_grad(hidden, np.array([1.0, 2.0]), order=2)


def test_the_wrong_argument_and_element_are_named():
    def rule(ct, ans, x, y):
        bad = ct * x
        bad[1] *= 3
        return ct * y, bad

    wrong = ad.custom_op(lambda x, y: x * y, vjp=rule, jvp=lambda t, ans, x, y: t[0] * y + t[1] * x)
    report = ad.check(wrong, np.ones(3), np.ones(3))
    assert report.rows[0].passed
    assert "y[1]" in report.verdict


def test_the_report_opens_in_the_drawing_and_the_player():
    def f(x):
        y = np.sin(x)
        z = square_with(1.1)(y)
        return z * x

    report = ad.check(f, 0.7)
    assert report.kind == "wrong"
    assert "square" in report.verdict
    assert "wrong" in report.draw().outline()
    assert "wrong" in report.step().html()
    assert "wrong" not in ad.check(np.sin, 0.7).draw().outline()


def test_the_table_has_a_row_a_variable():
    report = ad.check(
        lambda p, x: np.sum(p["w"] @ x) * p["b"], {"w": np.ones((2, 3)), "b": 2.0}, np.ones(3)
    )
    text = str(report)
    for name in ("p['w']", "p['b']", "x ", "agrees", "right"):
        assert name in text
    assert "<pre>" in report._repr_html_()


def test_large_arrays_are_checked_along_random_directions():
    x = np.random.default_rng(0).normal(size=(40, 40))
    ad.check_grad(lambda x: np.tanh(x) @ x, x)
    with pytest.raises(ad.GradientCheckError, match="random direction"):
        ad.check_grad(square_with(1.001), x)


def test_a_registry_op_with_a_sabotaged_rule_is_rejected(monkeypatch):
    op = ad.ops["tanh"]
    original = op.vjp

    def sabotaged(index, ct, ans, primals, params):
        return original(index, ct, ans, primals, params) * 1.00001

    object.__setattr__(op, "vjp", sabotaged)
    try:
        with pytest.raises(ad.GradientCheckError):
            ad.check_grad(np.tanh, np.array([0.3, 0.6]))
    finally:
        object.__setattr__(op, "vjp", original)
    ad.check_grad(np.tanh, np.array([0.3, 0.6]), order=2)


def test_arrays_of_integers_beside_floats_are_labels():
    def loss(labels, W, x):
        z = x @ W
        logs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.sum(logs[np.arange(len(labels)), labels])

    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 1])
    report = ad.check(loss, labels, rng.normal(size=(2, 2)), rng.normal(size=(3, 2)))
    assert report
    assert [row.path for row in report.rows] == ["W", "x"]
    assert "labels: integers, which count as constants here." in str(report)

    def changes(labels, x):
        labels[0] = 2
        return np.sum(x[labels])

    assert ad.check(changes, labels, np.ones(3)).kind == "mutated"
    assert labels[0] == 0
    with pytest.warns(ad.PromotionNote):  # with nothing else to differentiate by
        assert [row.path for row in ad.check(lambda x: np.sum(x * x), labels).rows] == ["x"]
